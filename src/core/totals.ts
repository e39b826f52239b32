/** Counts a plan, and what was done of it. */

import type { Action, Verb } from "../model/action.ts";
import { recordedTime } from "../model/observation.ts";
import type { Question } from "../model/question.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Side, Totals } from "../model/totals.ts";
import type { Row } from "./merge-join.ts";

type Counts<K extends string> = Record<K, number>;

const NONE: Readonly<Counts<Verb>> = {
  upload: 0,
  download: 0,
  "copy-remote": 0,
  "rename-local": 0,
  "set-beside": 0,
  "delete-local": 0,
  "delete-remote": 0,
  adopt: 0,
  forget: 0,
  leave: 0,
};

/** Counts what was done. */
export class Score {
  readonly actions: Counts<Verb> = { ...NONE };
  failed = 0;

  ended(outcome: Outcome): void {
    if (outcome.end !== "done") this.failed += outcome.reported ? 1 : 0;
    else if (outcome.isMoved === undefined) this.actions[outcome.verb]++;
  }
}

export class Counter {
  readonly #seen: Counts<Side | "base"> = { local: 0, remote: 0, base: 0 };
  readonly #actions: Counts<Verb> = { ...NONE };
  readonly #deletions: Counts<Side> = { local: 0, remote: 0 };
  readonly #overwrites: Counts<Side> = { local: 0, remote: 0 };
  #trackedGone = 0;
  #trackedChanged = 0;
  #rolledBack = 0;
  #conflicts = 0;
  #waiting = 0;
  #bytesUp = 0;
  #bytesDown = 0;
  #reported = 0;
  #notChosen = 0;
  #leftByChoice = 0;
  #unsettled = 0;

  row({ local, remote, base }: Row): void {
    if (local !== undefined) this.#seen.local++;
    if (remote !== undefined) this.#seen.remote++;
    if (base !== undefined) this.#seen.base++;
  }

  /** What is ignored does not show that a side is the right one. */
  ignored({ rule }: Pick<Action, "rule">): void {
    if (rule !== "R10") this.#seen.local--;
    if (rule !== "R11") this.#seen.remote--;
  }

  /** No part of the run; but what it tells of the directory counts, at its worst. */
  leftOut(item: Action | Question): void {
    const isNothing = item.verb === "leave" || (item.verb === "ask" && item.ask === "encoding");
    if (isNothing || item.verb === "set-beside") return; // the latter is counted with its winner
    this.#notChosen++;
    this.#tracked(item);
    if (isRolledBack(item)) this.#rolledBack++;
  }

  /** Something is left that may be an edit which keeps size and time. */
  keepMoment(): void {
    this.#unsettled++;
  }

  action(action: Action): void {
    if (isMoved(action)) return; // counted where its content gets the new name
    const { verb } = action;
    this.#actions[verb]++;
    this.#tracked(action);
    const overwritten = overwrites(action);
    if (overwritten !== undefined && verb !== "set-beside") this.#overwrites[overwritten]++;
    const deleted = deletes(action);
    if (deleted !== undefined) this.#deletions[deleted]++;
    if ("saves" in action) {
      if (action.saves === "rolled-back") this.#rolledBack++;
      if (action.saves === "conflict") this.#conflicts++;
    }
    if ("keptAs" in action) this.#conflicts++;
    if (verb === "leave" && action.conflict !== undefined) this.#waiting++;
    if (verb === "leave" && action.byChoice === true) this.#leftByChoice++;
    if (verb === "set-beside") {
      const { side, version } = action.loser;
      if (side === "local") this.#bytesUp += version.size;
      else this.#bytesDown += version.size;
    }
    if (verb === "upload") this.#bytesUp += action.local.size;
    if (verb === "download") this.#bytesDown += action.remote.size;
    if (isReported(action)) this.#reported++;
  }

  #tracked({ rule }: Pick<Action, "rule">): void {
    if (rule === "R7" || rule === "R8" || rule === "R9") this.#trackedGone++;
    if (rule === "R4" || rule === "R5" || rule === "R6") this.#trackedChanged++;
  }

  totals(): Totals {
    return {
      actions: this.#actions,
      seen: this.#seen,
      trackedGone: this.#trackedGone,
      trackedChanged: this.#trackedChanged,
      deletions: this.#deletions,
      overwrites: this.#overwrites,
      rolledBack: this.#rolledBack,
      conflicts: this.#conflicts,
      waiting: this.#waiting,
      bytesUp: this.#bytesUp,
      bytesDown: this.#bytesDown,
      reported: this.#reported,
      notChosen: this.#notChosen,
      leftByChoice: this.#leftByChoice,
      unsettled: this.#unsettled,
    };
  }
}

/** What is done of a plan without the transfers that are left of it. What the guards were asked stays. */
export function lessened(totals: Totals, left: Totals): Totals {
  const { upload, download, "set-beside": beside } = left.actions;
  const { actions } = totals;
  return {
    ...totals,
    actions: {
      ...actions,
      upload: actions.upload - upload,
      download: actions.download - download,
      "set-beside": actions["set-beside"] - beside,
      leave: actions.leave + upload + download,
    },
    conflicts: totals.conflicts - left.conflicts,
    bytesUp: totals.bytesUp - left.bytesUp,
    bytesDown: totals.bytesDown - left.bytesDown,
    unsettled: totals.unsettled + left.unsettled,
  };
}

/** A file that comes with an older time than the recorded one, as far as is known without a look inside. */
function isRolledBack(item: Action | Question): boolean {
  if (item.verb === "upload") return item.saves === "rolled-back";
  if (item.verb !== "ask" || item.ask !== "recorded" || item.rule !== "R4") return false;
  return recordedTime(item.local.mtimeMs) < item.base.mtimeMs;
}

/** The side on which this action takes away a version that is tracked, for the guard about deletions. */
export function deletes(action: Action): Side | undefined {
  if (isMoved(action)) return undefined;
  if (action.verb === "delete-local") return "local";
  if (action.verb === "delete-remote") return "remote";
  return action.verb === "upload" && action.saves === "rolled-back" ? "remote" : undefined;
}

/** The side on which this action overwrites a tracked name, or gets ready for that, for the guard about overwrites. */
export function overwrites(action: Action): Side | undefined {
  const { verb, rule } = action;
  if (verb === "set-beside") return rule === "R5" ? action.loser.side : undefined;
  if (verb === "download" && (rule === "R2" || rule === "R5")) return "local";
  if (verb === "upload" && (rule === "R4" || rule === "R5")) return "remote";
  return undefined;
}

/** A path that does not get what it needs: exit code 3. */
export function isReported(action: Action): boolean {
  if (action.verb === "leave") return action.reported;
  return action.verb === "forget" && action.note !== undefined;
}

/** The deletion that is one half of a move. */
export function isMoved(action: Action): boolean {
  return "movedTo" in action && action.movedTo !== undefined;
}
