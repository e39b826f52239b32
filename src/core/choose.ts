/** Which actions of a plan a run is about: those of chosen names, in its direction. Rules CH4, CH5, CH8 and CH9. */

import type { Action, Leave, Verb } from "../model/action.ts";
import type { Choice, Direction } from "../model/choice.ts";
import type { Question } from "../model/question.ts";
import type { Side } from "../model/totals.ts";
import { isMoved } from "./totals.ts";

/** The sides that an action changes; undefined: none, it only records. */
const CHANGES: Readonly<Record<Verb, Side | "both" | undefined>> = {
  upload: "remote",
  "copy-remote": "remote",
  "delete-remote": "remote",
  download: "local",
  "rename-local": "local",
  "delete-local": "local",
  "set-beside": "both",
  adopt: undefined,
  forget: undefined,
  leave: undefined,
};

/** Renames are paired before: what is one half of a rename is never judged alone. @returns undefined: the name is no part of the run */
export function choose(action: Action, { names, direction }: Choice): Action | undefined {
  // A loser that is kept beside its winner gets a name that nobody had: it goes where the winner goes.
  if (action.verb !== "set-beside" && names !== undefined && !names(action.key)) return undefined;
  const newName = isMoved(action) && "movedTo" in action ? action.movedTo : undefined;
  if (newName !== undefined && names !== undefined && !names(newName))
    return left(action, "its new name is no part of this run");
  return direction === "both" ? action : inDirection(action, direction);
}

/**
 * What a run in one direction leaves before anything is looked at: whatever the look finds, the run would not carry it.
 * So what it leaves day after day costs neither a request nor the reading of a file.
 */
export function leftUnseen(item: Action | Question, direction: Direction): Action | undefined {
  if (direction === "both") return undefined;
  if (item.verb === "ask") {
    // An unchanged file is about to be replaced or deleted.
    const isSettled = direction === "up" && item.ask === "recorded" && !item.touched;
    return isSettled ? left(item, onlyGoes(direction)) : undefined;
  }
  const chosen = inDirection(item, direction);
  return chosen === item ? undefined : chosen;
}

function inDirection(action: Action, direction: Exclude<Direction, "both">): Action | undefined {
  const changes = CHANGES[action.verb];
  const keepsBoth = "keptAs" in action && action.keptAs !== undefined;
  const isMine = changes === undefined || changes === (direction === "up" ? "remote" : "local");
  if (isMine && !keepsBoth) return action;
  if (action.verb === "set-beside") return undefined;
  if (keepsBoth || ("saves" in action && action.saves === "conflict"))
    return conflictLeft(action, direction, keepsBoth);
  return left(action, onlyGoes(direction));
}

function onlyGoes(direction: Direction): string {
  return `the run goes ${direction} only (--direction ${direction})`;
}

/** A change that the run should carry, and does not: that is told. */
function conflictLeft(action: Action, direction: Exclude<Direction, "both">, keepsBoth: boolean): Leave {
  const winner = direction === "up" ? "the bucket" : "the file here";
  const why = keepsBoth
    ? `both sides changed, and --direction ${direction} cannot keep both`
    : `both sides changed, and --direction ${direction} cannot carry what wins, which is ${winner}`;
  const how = `--on-conflict ${direction === "up" ? "local" : "remote"}`;
  const { key, rule } = action;
  return { verb: "leave", key, rule, why: `${why}: ${how}, or --direction both`, reported: true };
}

/** The record stays as it is, byte for byte: so `belied` does not go with it. */
export function left({ key, rule, ...item }: Action | Question, why: string): Leave {
  const note = "note" in item ? item.note : undefined;
  return {
    verb: "leave",
    key,
    rule,
    why,
    reported: false,
    byChoice: true,
    ...(note === undefined ? {} : { note }),
  };
}
