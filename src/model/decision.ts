/** What a rule says of a path. */

/** Numbers of the rules in spec/reconcile.md. RU is every cell with an unknown side. */
export type Rule =
  | "R0"
  | "R1"
  | "R2"
  | "R3"
  | "R4"
  | "R5"
  | "R6"
  | "R7"
  | "R8"
  | "R9"
  | "R10"
  | "R11"
  | "R12"
  | "RU";

export type Verdict =
  | "keep" // nothing differs from the base
  | "upload"
  | "download"
  | "delete-local"
  | "delete-remote"
  | "forget" // both sides are gone: drop the record
  | "compare" // both sides hold new content: equal is adopted, different is a conflict
  | "leave"; // a side is unknown

export interface Decision {
  readonly rule: Rule;
  readonly verdict: Verdict;
}

/** Rules of names that have no record. */
export function isUntracked(rule: Rule): boolean {
  return rule === "R0" || rule === "R10" || rule === "R11" || rule === "R12";
}
