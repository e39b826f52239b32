/** Carries a plan out, in walks over the whole of it. The only place with side effects on the two sides. */

import { backedUp } from "../core/backed-up.ts";
import { inOrder } from "../core/in-order.ts";
import { baseAfterFailure, nextBase } from "../core/next-base.ts";
import { isMoved } from "../core/totals.ts";
import type { Action, Download, Leave, Upload, Verb } from "../model/action.ts";
import { prerequisite } from "../model/action.ts";
import type { Intent } from "../model/intent.ts";
import type { BackupPolicy } from "../model/backup-policy.ts";
import { PathError, Stale } from "../model/errors.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { BaseEdit, Done, Outcome } from "../model/outcome.ts";
import { copyRemote } from "./actions/copy-remote.ts";
import { deleteLocal } from "./actions/delete-local.ts";
import { deleteRemote } from "./actions/delete-remote.ts";
import { download } from "./actions/download.ts";
import { renameLocal } from "./actions/rename-local.ts";
import { setBeside } from "./actions/set-beside.ts";
import { upload } from "./actions/upload.ts";
import type { ActionPorts } from "./map-ports.ts";
import type { Plan } from "./plan.ts";
import { resolveIntent } from "./resolve.ts";

/** What gives content another name; other actions wait for it. */
const MOVES: readonly Verb[] = ["copy-remote", "rename-local", "set-beside"];

/** What a file that is not as it was seen keeps from being done. */
const BEFORE_STALE: readonly Intent["does"][] = ["delete-file", "place-file"];

/** Which actions a walk takes. */
export type Walk = (action: Action) => boolean;

/**
 * Each walk goes in key order; no key acts in two. What is forgotten goes first: a name that new ignore rules
 * match must be out of the records before those rules arrive, however the run ends. Then content gets its new
 * names, before anything that held it goes. Local deletions clear the way for a file that takes a directory's name
 * and free space; then what is new; then what replaces something, which may by now lie under a new name; remote
 * deletions last.
 */
const WALKS: readonly Walk[] = [
  ({ verb }) => verb === "forget",
  ({ verb }) => MOVES.includes(verb),
  ({ verb }) => verb === "delete-local",
  (action) => isTransfer(action) && action.replaces === undefined,
  (action) =>
    (isTransfer(action) && action.replaces !== undefined) ||
    action.verb === "adopt" ||
    action.verb === "leave",
  ({ verb }) => verb === "delete-remote",
];

/** Those that have anything to do: each one reads the whole plan. */
export function walksFor(actions: Iterable<Action>): readonly Walk[] {
  const idle = new Set(WALKS);
  for (const action of actions) {
    for (const walk of idle) if (walk(action)) idle.delete(walk);
    if (idle.size === 0) break;
  }
  return WALKS.filter((walk) => !idle.has(walk));
}

function isTransfer(action: Action): action is Upload | Download {
  return action.verb === "upload" || action.verb === "download";
}

export interface Execution {
  /** Actions that a guard holds. */
  readonly isHeld: (action: Action) => boolean;
  /** New names that have got their content in this run: what would take it away elsewhere waits for that. */
  readonly moved: Set<ObjectKey>;
  readonly backup: BackupPolicy;
  /** Actions at one time. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

export interface Ended {
  readonly outcome: Outcome;
  readonly edit: BaseEdit | undefined;
  /** A name whose file the action has taken away: without its record that must not read as a deletion by the user. */
  readonly left?: ObjectKey;
}

/**
 * Ascending by key. Stops taking actions when the signal is aborted, or when one ends the map: those under way
 * end, and what they did counts.
 *
 * @throws what ended the map, after all that was done is given out
 */
export async function* execute(
  ports: ActionPorts,
  { actions, totals }: Plan,
  walk: Walk,
  { isHeld, moved, backup, concurrency, signal }: Execution,
): AsyncGenerator<Ended, void, undefined> {
  let fatal: { readonly error: unknown } | undefined;
  const wanted = function* (): Generator<Action> {
    for (const action of actions) {
      if (signal.aborted || fatal !== undefined) return;
      if (!walk(action) || isHeld(action)) continue;
      const first = prerequisite(action);
      if (first !== undefined && !moved.has(first)) {
        if (action.belied !== undefined) yield putOff(action);
        continue;
      }
      yield backedUp(action, { policy: backup, rolledBack: totals.rolledBack > 0 });
    }
  };
  /** Where the plan cannot be read to its end, what was done still counts. */
  const mine = function* (): Generator<Action> {
    try {
      yield* wanted();
    } catch (error) {
      fatal ??= { error };
    }
  };
  /** @returns undefined: the map cannot go on. An intent that is open then stays so: the next run looks what became of it. */
  const attempt = async (action: Action): Promise<Ended | undefined> => {
    ports.watcher?.began(action);
    try {
      const ended = await attemptOne(ports, action);
      if (ended.outcome.end === "done" && MOVES.includes(action.verb)) moved.add(action.key);
      if (!ended.untold) ports.journal.settle(action.key, ended.edit);
      const isRenamed = action.verb === "rename-local" && ended.outcome.end === "done";
      return isRenamed ? { ...ended, left: action.from.key } : ended;
    } catch (error) {
      fatal ??= { error };
      return undefined;
    } finally {
      ports.watcher?.ended(action);
    }
  };
  for await (const ended of inOrder(mine(), attempt, { concurrency, window: 4096 })) {
    if (ended !== undefined) yield ended;
  }
  if (fatal !== undefined) throw fatal.error;
}

/** An edit that keeps size and time must be seen by the next run, although nothing was tried. */
function putOff({ key, rule, belied }: Action): Leave {
  const why = "what it waits for was not done";
  return { verb: "leave", key, rule, why, reported: true, ...(belied === undefined ? {} : { belied }) };
}

/** `untold`: it failed in the middle, and so did the look at what became of it: its intent stays open. */
async function attemptOne(ports: ActionPorts, action: Action): Promise<Ended & { readonly untold: boolean }> {
  const outcome = await perform(ports, action);
  const intent = outcome.end === "done" ? undefined : ports.journal.open(action.key);
  if (intent === undefined) return { outcome, edit: nextBase(action, outcome), untold: false };
  // A file is stale before it is removed or replaced, and never after: a touch at that moment is no reason to forget its record.
  const isUndone = BEFORE_STALE.includes(intent.does) && outcome.end === "stale";
  const fate = isUndone ? "never landed" : await resolveIntent(ports, intent);
  if (fate === "untold") return { outcome, edit: nextBase(action, outcome), untold: true };
  return { outcome, edit: baseAfterFailure(action, outcome, fate), untold: false };
}

/** Never rejects for a reason that is one path's own. */
async function perform(ports: ActionPorts, action: Action): Promise<Outcome> {
  const { key, rule, verb, note } = action;
  const common = {
    key,
    rule,
    verb,
    ...(note === undefined ? {} : { note }),
    ...(isMoved(action) ? { isMoved: true as const } : {}),
  };
  if (action.verb === "leave") return { ...common, end: "left", why: action.why, reported: action.reported };
  try {
    return { ...common, end: "done", ...(await act(ports, action)) };
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    return {
      ...common,
      end: error instanceof Stale ? "stale" : "failed",
      why: error.message,
      reported: true,
    };
  }
}

type Result = Pick<Done, "base" | "bytes">;

function act(ports: ActionPorts, action: Exclude<Action, { verb: "leave" }>): Promise<Result> | Result {
  switch (action.verb) {
    case "upload":
      return upload(ports, action);
    case "download":
      return download(ports, action);
    case "copy-remote":
      return copyRemote(ports, action);
    case "rename-local":
      return renameLocal(ports, action);
    case "set-beside":
      return setBeside(ports, action);
    case "delete-local":
      return deleteLocal(ports, action);
    case "delete-remote":
      return deleteRemote(ports, action);
    case "adopt":
      return { base: action.record, bytes: 0 };
    case "forget":
      return { base: undefined, bytes: 0 };
  }
}
