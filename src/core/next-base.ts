/** What the state file must say of a path after an outcome. */

import type { Action } from "../model/action.ts";
import { isUntracked } from "../model/decision.ts";
import { forgotten } from "../model/observation.ts";
import type { BaseEdit, Outcome } from "../model/outcome.ts";
import type { Fate } from "./resolve-intent.ts";

/** @returns undefined: the record stays as it is */
export function nextBase({ key, belied }: Action, outcome: Outcome): BaseEdit | undefined {
  if (outcome.end === "done") return { key, record: outcome.base };
  return belied === undefined ? undefined : { key, record: { ...belied, mtimeMs: 0 } };
}

/** The same after an action that failed in the middle: its effect may have landed all the same. */
export function baseAfterFailure(action: Action, outcome: Outcome, fate: Fate): BaseEdit | undefined {
  const { key, verb, rule } = action;
  if (fate === "never landed") return nextBase(action, outcome);
  // A file whose directory could not be made durable is compared again, and so is what nobody knows.
  const doubtful = fate === "unknown" || verb === "download" || verb === "rename-local";
  if (!doubtful) return fate;
  return isUntracked(rule) ? undefined : { key, record: forgotten(key) };
}
