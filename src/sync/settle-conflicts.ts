/** Puts conflicts that wait to the user, and finds names for losers that are kept beside their winners. Changes nothing. */

import { settleConflict } from "../core/answer.ts";
import { conflictName, isConflictName } from "../core/conflict-name.ts";
import { mergeSorted } from "../core/merge-sorted.ts";
import { nameFault } from "../core/usable-names.ts";
import type { Action, SetBeside } from "../model/action.ts";
import type { ConflictPolicy } from "../model/conflict-policy.ts";
import { PathError } from "../model/errors.ts";
import { isIgnoreFile, keyPrefix, keyText, type ObjectKey } from "../model/object-key.ts";
import type { Spool } from "../ports/spool.ts";
import type { MapOrder, MapPorts } from "./map-ports.ts";

export interface Settled {
  /** Ascending; may be read more than once. */
  readonly actions: Iterable<Action>;
  close(): void;
}

/** Takes `looked` over. */
export async function settleConflicts(
  ports: MapPorts,
  order: MapOrder,
  looked: Spool<Action>,
): Promise<Settled> {
  const { onConflict, arbiter } = order;
  const nothingToDo = onConflict === "ask" ? arbiter === undefined : onConflict !== "both";
  if (nothingToDo) return { actions: looked, close: () => looked.close() };
  const settled = ports.newSpool<Action>();
  const besides: SetBeside[] = [];
  const taken = new Set(forgottenIn(looked));
  for (const action of looked) {
    // Rules that win by an answer would be no news to the next run, which then would not spare what they match.
    const waiting = action.verb === "leave" && !isIgnoreFile(action.key) ? action.conflict : undefined;
    const answer = waiting === undefined ? undefined : await arbiter?.(waiting);
    const decided = waiting === undefined || answer === undefined ? action : settleConflict(waiting, answer);
    const policy: ConflictPolicy = answer ?? onConflict;
    const beside = policy === "both" ? await setBeside(ports, order, decided, taken) : undefined;
    if (beside !== undefined) besides.push(beside);
    settled.add(beside === undefined ? decided : winning(decided, beside.key));
  }
  looked.close();
  besides.sort((a, b) => (a.key < b.key ? -1 : 1));
  const actions = { [Symbol.iterator]: () => mergeSorted<Action>([settled, besides]) };
  return { actions, close: () => settled.close() };
}

/** Names that are free on both sides, but still have a record, and an action in this plan. */
function* forgottenIn(looked: Iterable<Action>): Generator<ObjectKey, void, undefined> {
  for (const { verb, key } of looked) if (verb === "forget" && isConflictName(key)) yield key;
}

/** @returns undefined: there is no loser here, or no name for it, and it goes into the backup */
async function setBeside(
  ports: MapPorts,
  order: MapOrder,
  action: Action,
  taken: Set<ObjectKey>,
): Promise<SetBeside | undefined> {
  const loser = loserOf(action);
  if (loser === undefined) return undefined;
  const isSealed = loser.side === "remote" && ports.map.gpg && !ports.envelope.canDecode("openpgp");
  if (isSealed) return undefined;
  const { key, rule } = action;
  const name = await freeName(ports, key, stampOf(order.times.startMs), taken).catch((error: unknown) => {
    if (error instanceof PathError) return undefined; // nobody can tell which names are free
    throw error;
  });
  if (name === undefined) return undefined;
  const note = `the loser of ${JSON.stringify(keyText(key))}`;
  return { verb: "set-beside", key: name, rule, loser, note };
}

function loserOf(action: Action): SetBeside["loser"] | undefined {
  if (action.verb === "download" && action.saves === "conflict" && action.replaces !== undefined)
    return { side: "local", version: action.replaces };
  if (action.verb === "upload" && action.saves === "conflict" && action.replaces !== undefined)
    return { side: "remote", version: action.replaces };
  return undefined;
}

function winning(action: Action, keptAs: ObjectKey): Action {
  if (action.verb !== "upload" && action.verb !== "download") return action;
  const { saves: _, note = "", ...rest } = action;
  return { ...rest, keptAs, note: `${note}; the other is kept as ${JSON.stringify(keyText(keptAs))}` };
}

/** One that is free on both sides, and given to nobody else in this run. */
async function freeName(
  { files, objects, map }: MapPorts,
  key: ObjectKey,
  stamp: string,
  taken: Set<ObjectKey>,
): Promise<ObjectKey | undefined> {
  for (let nth = 1; ; nth++) {
    const name = conflictName(key, stamp, nth);
    if (nameFault(name, keyPrefix(map.prefix).length + name.length) !== undefined) return undefined;
    if (taken.has(name) || files.isTaken(name) || (await objects.head(name)) !== undefined) continue;
    taken.add(name);
    return name;
  }
}

/** YYYYMMDD-HHMMSS, in UTC. */
function stampOf(ms: number): string {
  const [date = "", time = ""] = new Date(ms).toISOString().split("T");
  return `${date.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}`;
}
