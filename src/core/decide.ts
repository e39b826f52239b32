/** The rules: what to do at one path. The tables are those of spec/reconcile.md. */

import type { Situation, TrackedChange, UntrackedChange } from "../model/change.ts";
import type { Decision } from "../model/decision.ts";

const UNKNOWN = { rule: "RU", verdict: "leave" } as const;

/** Rows: local. Columns: remote. An edit on one side outlives a deletion on the other. */
const TRACKED = {
  unchanged: {
    unchanged: { rule: "R1", verdict: "keep" },
    modified: { rule: "R2", verdict: "download" },
    deleted: { rule: "R3", verdict: "delete-local" },
    unknown: UNKNOWN,
  },
  modified: {
    unchanged: { rule: "R4", verdict: "upload" },
    modified: { rule: "R5", verdict: "compare" },
    deleted: { rule: "R6", verdict: "upload" },
    unknown: UNKNOWN,
  },
  deleted: {
    unchanged: { rule: "R7", verdict: "delete-remote" },
    modified: { rule: "R8", verdict: "download" },
    deleted: { rule: "R9", verdict: "forget" },
    unknown: UNKNOWN,
  },
  unknown: { unchanged: UNKNOWN, modified: UNKNOWN, deleted: UNKNOWN, unknown: UNKNOWN },
} as const satisfies Record<TrackedChange, Record<TrackedChange, Decision>>;

const UNTRACKED = {
  absent: {
    absent: { rule: "R0", verdict: "keep" },
    created: { rule: "R10", verdict: "download" },
    unknown: UNKNOWN,
  },
  created: {
    absent: { rule: "R11", verdict: "upload" },
    created: { rule: "R12", verdict: "compare" },
    unknown: UNKNOWN,
  },
  unknown: { absent: UNKNOWN, created: UNKNOWN, unknown: UNKNOWN },
} as const satisfies Record<UntrackedChange, Record<UntrackedChange, Decision>>;

/** Total: every situation has exactly one rule. */
export function decide(situation: Situation): Decision {
  return situation.tracked
    ? TRACKED[situation.local][situation.remote]
    : UNTRACKED[situation.local][situation.remote];
}
