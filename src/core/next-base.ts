/** What the state file must say of a path after an outcome. */

import type { Action } from "../model/action.ts";
import type { BaseEdit, Outcome } from "../model/outcome.ts";

/** @returns undefined: the record stays as it is */
export function nextBase({ key, belied }: Action, outcome: Outcome): BaseEdit | undefined {
  if (outcome.end === "done") return { key, record: outcome.base };
  return belied === undefined ? undefined : { key, record: { ...belied, mtimeMs: 0 } };
}
