/** What a plan adds up to. */

import type { Verb } from "./action.ts";

export type Side = "local" | "remote";

export interface Totals {
  readonly actions: Readonly<Record<Verb, number>>;
  /** Files and objects seen, and records read. */
  readonly seen: Readonly<Record<Side | "base", number>>;
  /** Tracked files that are gone locally, and that are changed: what a wrong root would show. */
  readonly trackedGone: number;
  readonly trackedChanged: number;
  /** Deletions on a side; a remote version that a local tree rolled back in time would overwrite counts as one. */
  readonly deletions: Readonly<Record<Side, number>>;
  /** Overwrites of tracked names on a side. */
  readonly overwrites: Readonly<Record<Side, number>>;
  readonly rolledBack: number;
  /** That this run settles. */
  readonly conflicts: number;
  /** Conflicts that are left for an answer: exit code 6. */
  readonly waiting: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Paths that cannot be handled: exit code 3. */
  readonly reported: number;
  /** Names at which there is something to do, and which are no part of the run. */
  readonly notChosen: number;
  /** Actions that are left because the run goes one way only, or has a new name left out. */
  readonly leftByChoice: number;
  /** Files of those that may hold an edit which only a look inside shows: the moment must not move on past it. */
  readonly unsettled: number;
}

/** What was done of a plan. */
export interface Tally {
  /** That ended done; a rename counts once. */
  readonly actions: Readonly<Record<Verb, number>>;
  /** Paths that did not get what they need. */
  readonly failed: number;
}

/** Up to the bucket, or down from it. */
export type Way = "up" | "down";
