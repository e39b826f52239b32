/** How an action ended, and what the state file must say after it. */

import type { Verb } from "./action.ts";
import type { Rule } from "./decision.ts";
import type { BaseRecord } from "./observation.ts";
import type { ObjectKey } from "./object-key.ts";

interface Common {
  readonly key: ObjectKey;
  readonly rule: Rule;
  readonly verb: Verb;
  readonly note?: string;
  /** The content lives on under another name: this ends a rename, and is no deletion. */
  readonly isMoved?: true;
}

/** `base` is the record from now on; undefined: no record. */
export interface Done extends Common {
  readonly end: "done";
  readonly base: BaseRecord | undefined;
  /** Content bytes transferred. */
  readonly bytes: number;
}

/** Not done; the record stays as it was. */
export interface NotDone extends Common {
  readonly end:
    | "stale" // the world moved under the action; the next run sees it as it is then
    | "failed"
    | "left"; // the plan said so
  readonly why: string;
  readonly reported: boolean;
}

export type Outcome = Done | NotDone;

/** A change of one record of the state file. */
export interface BaseEdit {
  readonly key: ObjectKey;
  readonly record: BaseRecord | undefined;
}
