/** The rules of spec/reconcile.md in words. */

import type { Rule } from "../../model/decision.ts";

export const RULE_TEXTS: Readonly<Record<Rule, string>> = {
  R0: "on neither side",
  R1: "unchanged",
  R2: "changed in the bucket",
  R3: "deleted in the bucket",
  R4: "changed here",
  R5: "changed on both sides",
  R6: "changed here, deleted in the bucket: an edit outlives a deletion",
  R7: "deleted here",
  R8: "changed in the bucket, deleted here: an edit outlives a deletion",
  R9: "deleted on both sides",
  R10: "new in the bucket",
  R11: "new here",
  R12: "new on both sides",
  RU: "a side is unknown",
};
