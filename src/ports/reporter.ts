/** What a run tells while it goes. Every call is a fact, none is a question; each is awaited, so that output is never ahead of its reader. */

import type { Action } from "../model/action.ts";
import type { BsyncError } from "../model/errors.ts";
import type { ExitCode } from "../model/exit-code.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Refusal } from "../model/refusal.ts";
import type { Tally, Totals, Way } from "../model/totals.ts";
import type { RequestKind } from "../model/request-kind.ts";

export interface Reporter {
  /** Whether anybody reads `noted`: what is told there may cost a walk over all records. */
  readonly wantsNotes: boolean;
  began(map: DirectoryMap): Promise<void>;
  /** For people who debug; `key` where it is about one path. */
  noted(map: DirectoryMap, text: string, key?: ObjectKey): Promise<void>;
  planned(map: DirectoryMap, action: Action): Promise<void>;
  held(map: DirectoryMap, refusal: Refusal): Promise<void>;
  ended(map: DirectoryMap, outcome: Outcome): Promise<void>;
  finished(map: DirectoryMap, result: MapResult): Promise<void>;
  /** After all maps: the backups of this run are old enough, and removed; in a dry run, they would be. */
  expired(run: string): Promise<void>;
}

export interface MapResult {
  readonly exitCode: ExitCode;
  /** Why the map ended before its end. */
  readonly error: BsyncError | undefined;
  /** Undefined where the map ended before its plan was complete. */
  readonly totals: Totals | undefined;
  readonly done: Tally;
  readonly requests: Readonly<Record<RequestKind, number>>;
  /** Content that went to the server and came from it. */
  readonly traffic: Readonly<Record<Way, number>>;
  /** URL that the requests went to; undefined: none was sent. */
  readonly endpoint: string | undefined;
}
