/** Carries a plan out, in walks over the whole of it. The only place with side effects on the two sides. */

import { inOrder } from "../core/in-order.ts";
import { nextBase } from "../core/next-base.ts";
import type { Action, Verb } from "../model/action.ts";
import { PathError, Stale } from "../model/errors.ts";
import type { BaseEdit, Done, Outcome } from "../model/outcome.ts";
import { deleteLocal } from "./actions/delete-local.ts";
import { deleteRemote } from "./actions/delete-remote.ts";
import { download } from "./actions/download.ts";
import { upload } from "./actions/upload.ts";
import type { MapPorts } from "./map-ports.ts";
import type { Plan } from "./plan.ts";

/**
 * Each walk goes in key order; no key acts in two. What is forgotten goes first: a name that new ignore rules
 * match must be out of the records before those rules arrive, however the run ends. Local deletions clear the
 * way for a file that takes a directory's name and free space; then what brings content; remote deletions last.
 */
export const WALKS: readonly (readonly Verb[])[] = [
  ["forget"],
  ["delete-local"],
  ["upload", "download", "adopt", "leave"],
  ["delete-remote"],
];

export interface Execution {
  /** Actions that a guard holds. */
  readonly isHeld: (action: Action) => boolean;
  readonly signal: AbortSignal;
}

export interface Ended {
  readonly outcome: Outcome;
  readonly edit: BaseEdit | undefined;
}

/**
 * Ascending by key. Stops taking actions when the signal is aborted, or when one ends the map: those under way
 * end, and what they did counts.
 *
 * @throws what ended the map, after all that was done is given out
 */
export async function* execute(
  ports: MapPorts,
  { actions, totals }: Plan,
  walk: readonly Verb[],
  { isHeld, signal }: Execution,
): AsyncGenerator<Ended, void, undefined> {
  let fatal: { readonly error: unknown } | undefined;
  const mine = function* (): Generator<Action> {
    for (const action of actions) {
      if (signal.aborted || fatal !== undefined) return;
      if (!walk.includes(action.verb) || isHeld(action)) continue;
      // In a tree that went back in time, a file may be gone for no other reason.
      const doubtful = action.verb === "delete-remote" && totals.rolledBack > 0;
      yield doubtful ? { ...action, saves: "rolled-back" } : action;
    }
  };
  const attempt = async (action: Action): Promise<Ended | undefined> => {
    try {
      const outcome = await perform(ports, action);
      return { outcome, edit: nextBase(action, outcome) };
    } catch (error) {
      fatal ??= { error };
      return undefined;
    }
  };
  for await (const ended of inOrder(mine(), attempt, { concurrency: 64, window: 4096 })) {
    if (ended !== undefined) yield ended;
  }
  if (fatal !== undefined) throw fatal.error;
}

/** Never rejects for a reason that is one path's own. */
async function perform(ports: MapPorts, action: Action): Promise<Outcome> {
  const { key, rule, verb, note } = action;
  const common = { key, rule, verb, ...(note === undefined ? {} : { note }) };
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

function act(ports: MapPorts, action: Exclude<Action, { verb: "leave" }>): Promise<Result> | Result {
  switch (action.verb) {
    case "upload":
      return upload(ports, action);
    case "download":
      return download(ports, action);
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
