/** What a run of one map is doing, durable as it goes, so that a run that is cut off can be settled. */

import type { Intent } from "../model/intent.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { BaseEdit } from "../model/outcome.ts";

export interface Journal {
  /** Durable when it resolves: nothing of it is done before. A later intent of the same key takes the place of an earlier one. */
  intend(intent: Intent): Promise<void>;
  /** The last intent of this key that is not settled. */
  open(key: ObjectKey): Intent | undefined;
  /** Ends the intents of a key, if it has any. `edit`: what its record must say. Durable together with what comes next. */
  settle(key: ObjectKey, edit: BaseEdit | undefined): void;
}

/** A line of a journal, in the order of writing. */
export type JournalEntry =
  | { readonly intent: Intent }
  | { readonly settled: ObjectKey; readonly edit: BaseEdit | undefined };

/** The journal of a run that was cut off. */
export interface Leftover {
  readonly state:
    /** The state file is the one that the run began on: nothing of it is recorded. */
    | "begun"
    /** All of it is recorded: only what lies about must be cleared away. */
    | "recorded"
    /** Another one: nobody knows what its records rest on. */
    | "other";
  /** May be read more than once. */
  entries(): Iterable<JournalEntry>;
  /** It is settled, recorded and cleared away. */
  remove(): void;
}
