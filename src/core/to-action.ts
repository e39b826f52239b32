/** Turns a decision and its row into an action; what only a look inside can settle becomes a question. */

import type { Action, SaveReason } from "../model/action.ts";
import type { Situation } from "../model/change.ts";
import type { Rule } from "../model/decision.ts";
import {
  type BaseRecord,
  isUnknown,
  type LocalFile,
  recordedTime,
  type RemoteObject,
} from "../model/observation.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { Question } from "../model/question.ts";
import { decide } from "./decide.ts";
import type { Row } from "./merge-join.ts";

/** @returns undefined: nothing to do at this path */
export function toAction(row: Row, situation: Situation): Action | Question | undefined {
  const { key, local, remote, base } = row;
  const decision = decide(situation);
  const { rule, verdict } = decision;
  if (verdict === "leave") return leaveUnknown(row);
  if (local !== undefined && isUnknown(local)) throw new Error("an unknown side has one rule only");
  if (remote !== undefined && isUnknown(remote)) throw new Error("an unknown side has one rule only");

  // Only content can tell a touch from an edit, and only content that is known may be destroyed.
  const touched = situation.tracked && situation.touched;
  if (
    local !== undefined &&
    base !== undefined &&
    (touched || verdict === "download" || verdict === "delete-local")
  ) {
    return {
      verb: "ask",
      ask: "recorded",
      key,
      rule,
      local,
      remote,
      base,
      touched,
    };
  }
  return act(key, decision, { local, remote, base });
}

/** The sides of a row of which none is unknown. */
interface Sides {
  readonly local: LocalFile | undefined;
  readonly remote: RemoteObject | undefined;
  readonly base: BaseRecord | undefined;
}

/** @param more what the answer to a question adds */
export function act(
  key: ObjectKey,
  { rule, verdict }: ReturnType<typeof decide>,
  { local, remote, base }: Sides,
  more: { readonly saves?: SaveReason; readonly belied?: BaseRecord } = {},
): Action | Question | undefined {
  switch (verdict) {
    case "keep":
      return undefined;
    case "upload":
      return {
        verb: "upload",
        key,
        rule,
        local: present(local),
        replaces: remote,
        ...rolledBack(rule, local, base),
        ...more,
      };
    case "download":
      if (present(remote).archived)
        return { verb: "leave", key, rule: "RU", why: ARCHIVED, reported: true, ...more };
      return { verb: "download", key, rule, remote: present(remote), replaces: local, ...more };
    case "delete-local":
      return { verb: "delete-local", key, rule, local: present(local), ...more };
    case "delete-remote":
      return {
        verb: "delete-remote",
        key,
        rule,
        remote: present(remote),
        size: base?.size ?? present(remote).size,
        ...more,
      };
    case "forget":
      return { verb: "forget", key, rule };
    case "compare":
      return {
        verb: "ask",
        ask: "equal",
        key,
        rule,
        local: present(local),
        remote: present(remote),
        ...more,
      };
    case "leave":
      throw new Error("only an unknown side is left");
  }
}

export const ARCHIVED = "the object is archived and must be restored before it can be read";

/** A file that comes with an older time than the recorded one: perhaps the whole tree went back in time. */
function rolledBack(
  rule: Rule,
  local: LocalFile | undefined,
  base: BaseRecord | undefined,
): { readonly saves?: SaveReason } {
  if (rule !== "R4" || local === undefined || base === undefined) return {};
  return recordedTime(local.mtimeMs) < base.mtimeMs ? { saves: "rolled-back" } : {};
}

function leaveUnknown({ key, local, remote }: Row): Action {
  const unknowns = [local, remote].filter((side) => side !== undefined && isUnknown(side));
  return {
    verb: "leave",
    key,
    rule: "RU",
    why: unknowns.map(({ unknown }) => unknown).join("; "),
    reported: unknowns.some(({ reported }) => reported),
  };
}

function present<T>(side: T | undefined): T {
  if (side === undefined) throw new Error("a rule named a side that its row does not have");
  return side;
}
