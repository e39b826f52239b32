/** Where a run can be interfered with, and how. */

import type { RequestKind } from "../../../src/model/request-kind.ts";
import type { Step } from "../../support/memory-file-tree.ts";
import type { JournalStep } from "../../support/memory-journal.ts";
import type { StateStep } from "../../support/memory-state-store.ts";
import type { Edit } from "./edit.ts";

/** Right before a step. */
type Act = RequestKind | "abort" | "copy" | Step | JournalStep | StateStep | "save" | "clear";

/**
 * One moment of a run: before a request, a step on the disk or a write of the state; `… done`: it has happened, and
 * the program does not know yet.
 */
export type Point = Act | `${Act} done`;

export type Fault = {
  /** The n-th point of its kind, or of all, counted from 0. */
  readonly nth: number;
  readonly at: Point | "any";
} & Deed;

export type Deed =
  /** The process is no more: nothing that it does from then on has any effect. */
  | { readonly does: "kill" }
  /** This one step fails. After the effect: the answer is lost. */
  | { readonly does: "fail" }
  /** So does the whole map: no answer from the store, no room for the state. */
  | { readonly does: "end" }
  /** SIGTERM. */
  | { readonly does: "signal" }
  /** The user does something. */
  | { readonly does: "edit"; readonly edit: Edit }
  /** The other machine runs from its beginning to its end. */
  | { readonly does: "meet" };

/** Thrown into a process that is dead, to stop it. */
export class Killed extends Error {}

/** Steps that can fail for one path. */
const FAILING: ReadonlySet<Point | "any"> = new Set<Point>([
  "head",
  "get",
  "put",
  "delete",
  "copy",
  "open",
  "read",
  "stage",
  "commit",
  "remove",
  "rename",
  "save",
  "put done",
  "copy done",
  "delete done",
  "commit done",
  "remove done",
  "rename done",
]);

/** Steps that can end a map. */
const ENDING: ReadonlySet<Point | "any"> = new Set<Point>([
  "list",
  "head",
  "get",
  "put",
  "delete",
  "copy",
  "intend",
  "record",
  "put done",
  "copy done",
  "delete done",
]);

/** Whether the world can do this at that point; if not, it waits for the next one. */
export function isPossible({ does }: Deed, point: Point): boolean {
  switch (does) {
    case "fail":
      return FAILING.has(point);
    case "end":
      return ENDING.has(point);
    case "meet":
      return false; // where there is time for it: see Life.pause
    case "edit":
    case "signal":
      return point !== "halfway"; // within one step of the program
    case "kill":
      return true;
  }
}
