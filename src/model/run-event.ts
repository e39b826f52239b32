/** What a run tells programs: a line of `--json`, and an event of the library. Members are only ever added. */

import type { SaveReason, Verb } from "./action.ts";
import type { Rule } from "./decision.ts";
import type { ExitCode } from "./exit-code.ts";
import type { Refusal } from "./refusal.ts";
import type { RequestKind } from "./request-kind.ts";
import type { Side, Totals, Way } from "./totals.ts";

/** Discriminated by `type`. Of a map, they come in this order; only `note` may come at any time. */
export type RunEvent =
  | BeganEvent
  | NoteEvent
  | ActionEvent
  | RefusalEvent
  | OutcomeEvent
  | SummaryEvent
  | ExpiredEvent;

interface OfMap {
  /** The local directory. */
  readonly root: string;
  /** `s3://bucket/prefix` */
  readonly destination: string;
}

interface OfPath extends OfMap {
  /** Path below the directory, and name below the prefix. Only for reading where there is a `keyHex`. */
  readonly key: string;
  /** The bytes of a key that is not UTF-8, in hex. */
  readonly keyHex: string | undefined;
}

export interface BeganEvent extends OfMap {
  readonly type: "began";
}

/** For people who debug. */
export interface NoteEvent extends OfMap {
  readonly type: "note";
  readonly key: string | undefined;
  readonly keyHex: string | undefined;
  readonly text: string;
}

/** What a dry run says would be done; a run that acts tells outcomes instead. */
export interface ActionEvent extends OfPath {
  readonly type: "action";
  readonly verb: Verb;
  readonly rule: Rule;
  /** That it moves or removes. */
  readonly bytes: number | undefined;
  /** Why the version that goes is put into the backup first; undefined: it is not. */
  readonly saves: SaveReason | undefined;
  readonly note: string | undefined;
  /** Why nothing is done, where the verb is `leave`; so with the next two. */
  readonly why: string | undefined;
  /** The path does not get what it needs. */
  readonly reported: boolean | undefined;
  /** The run was asked for no more. */
  readonly byChoice: boolean | undefined;
  /** The old name, of a rename. */
  readonly from: string | undefined;
  /** The new name, of the deletion that ends a rename. */
  readonly movedTo: string | undefined;
  /** The name that the loser of a conflict gets, on both sides. */
  readonly keptAs: string | undefined;
  readonly conflict: WaitingConflict | undefined;
}

/** It is left for an answer. Times are in ms since 1970. */
export type WaitingConflict = {
  readonly [side in Side]: { readonly bytes: number; readonly mtimeMs: number };
} & {
  /** Undefined: neither, as far as the times can tell. */
  readonly newer: Side | undefined;
};

/** What a guard holds back, or `maxTransfer` leaves; the rest of the map goes on. */
export type RefusalEvent = OfMap & Refusal & { readonly type: "refusal" };

/** How an action ended. */
export interface OutcomeEvent extends OfPath {
  readonly type: "outcome";
  readonly verb: Verb;
  readonly rule: Rule;
  /** `stale`: the world moved under the action, and the next run sees it as it is then. */
  readonly end: "done" | "stale" | "failed" | "left";
  /** Of content, transferred. Undefined where it was not done. */
  readonly bytes: number | undefined;
  /** Undefined where it was done; so with the next one. */
  readonly why: string | undefined;
  /** The path did not get what it needs. */
  readonly reported: boolean | undefined;
  readonly note: string | undefined;
}

/** How a map ended. */
export interface SummaryEvent extends OfMap {
  readonly type: "summary";
  readonly exitCode: ExitCode;
  /** Why the map ended before its end: one sentence, and what to do. */
  readonly error: string | undefined;
  readonly hint: string | undefined;
  /** What the plan adds up to. Undefined where the map ended before its plan was complete. */
  readonly totals: Totals | undefined;
  /** Actions that ended done, and paths that did not get what they need. */
  readonly done: Readonly<Record<Verb | "failed", number>>;
  /** That were sent. */
  readonly requests: Readonly<Record<RequestKind, number>>;
  /** Of content, as it travelled. */
  readonly bytes: Readonly<Record<Way, number>>;
  /** Of the requests; undefined: the endpoint is not Amazon's. */
  readonly listPriceUsd: number | undefined;
  /** That the plan needs at least. */
  readonly requestsPlanned: Readonly<Record<RequestKind, number>> | undefined;
}

/** After all maps: the backups of this run are old enough, and removed; in a dry run, they would be. */
export interface ExpiredEvent {
  readonly type: "expired";
  readonly run: string;
}
