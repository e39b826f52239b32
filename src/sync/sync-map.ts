/** One map, from preflight to record: the page to read first. */

import { backedUp } from "../core/backed-up.ts";
import { emptySide, looksForeign, refusals } from "../core/guard.ts";
import { mergeSorted } from "../core/merge-sorted.ts";
import { deletes, overwrites } from "../core/totals.ts";
import type { Action } from "../model/action.ts";
import { BsyncError, GuardError, InterruptedError } from "../model/errors.ts";
import { ExitCode, worstOf } from "../model/exit-code.ts";
import { destinationOf } from "../model/map.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { BaseEdit } from "../model/outcome.ts";
import type { PairIdentity } from "../model/pair.ts";
import type { Refusal } from "../model/refusal.ts";
import type { Totals } from "../model/totals.ts";
import type { Spool } from "../ports/spool.ts";
import { execute, WALKS } from "./execute.ts";
import type { ActionPorts, MapOrder, MapPorts } from "./map-ports.ts";
import { type Plan, plan } from "./plan.ts";
import { preflight, stillThere } from "./preflight.ts";
import { recover, recovered, settleLeftover } from "./recover.ts";

/** Never throws for a reason that is this map's own: other maps go on. @returns how it ended */
export async function syncMap(ports: MapPorts, order: MapOrder): Promise<ExitCode> {
  const { map, objects, reporter } = ports;
  await reporter.began(map);
  const progress: Progress = { totals: undefined, codes: new Set() };
  let error: BsyncError | undefined;
  try {
    await run(ports, order, progress);
  } catch (thrown) {
    if (!(thrown instanceof BsyncError)) throw thrown;
    error = thrown;
    progress.codes.add(thrown.exitCode);
  }
  if (order.signal.aborted) progress.codes.add(new InterruptedError(order.signal).exitCode);
  const exitCode = worstOf([...progress.codes]);
  await reporter.finished(map, {
    exitCode,
    error,
    totals: progress.totals,
    requests: { ...objects.requests },
  });
  return exitCode;
}

/** What is known of a run so far, however it ends. */
interface Progress {
  totals: Totals | undefined;
  readonly codes: Set<ExitCode>;
}

async function run(ports: MapPorts, order: MapOrder, progress: Progress): Promise<void> {
  const { map, files, state, reporter } = ports;
  const memory = state.memory(map);
  const { identity, rootIsNew } = preflight(map, ports, memory, order.acceptIdentity);

  const recovery = await recover(ports);
  const planned = await plan(
    recovery === undefined ? ports : { ...ports, snapshot: recovered(ports.snapshot, recovery) },
    order,
  );
  const { actions, totals } = planned;
  try {
    stillThere(map, files, identity);
    guardSides(ports, order, totals, rootIsNew);
    progress.totals = totals;
    if (totals.waiting > 0) progress.codes.add(ExitCode.conflicts);
    if (totals.reported > 0) progress.codes.add(ExitCode.incomplete);
    const held = refusals(totals, order.limits);
    for (const refusal of held) await reporter.held(map, refusal);
    if (held.length > 0) progress.codes.add(ExitCode.guarded);

    if (order.dryRun) {
      for (const action of actions) {
        const isHeld = held.some((refusal) => holds(refusal, action));
        const kept = { policy: order.backup, rolledBack: totals.rolledBack > 0 };
        await reporter.planned(
          map,
          isHeld ? { ...action, note: "held back by a guard" } : backedUp(action, kept),
        );
      }
      return;
    }
    if (recovery !== undefined)
      await settleLeftover(ports, recovery, { momentMs: memory.momentMs, identity });
    const journal = state.journal(map);
    await carryOut({ ...ports, journal }, order, planned, { identity, held, moved: new Set(), progress });
  } finally {
    actions.close();
    recovery?.edits.close();
  }
}

/** Guards about a whole side: the map stops, in both directions. @throws {GuardError} that names every flag that is needed */
function guardSides(
  { map }: MapPorts,
  { allowEmpty, limits }: MapOrder,
  totals: Totals,
  rootIsNew: boolean,
): void {
  const { seen, trackedGone, trackedChanged } = totals;
  const reasons: string[] = [];
  const flags: string[] = [];
  const empty = allowEmpty ? undefined : emptySide(totals);
  if (empty !== undefined) {
    reasons.push(
      `${empty === "local" ? map.root : destinationOf(map)} is empty, while ${seen.base} paths are tracked`,
    );
    flags.push("--allow-empty");
  }
  if (rootIsNew && looksForeign(totals, limits)) {
    const missing = `${trackedGone} of ${seen.base} tracked files are gone and ${trackedChanged} changed`;
    reasons.push(`${map.root} is not the directory that was synced before: ${missing}`);
    flags.push("--accept-identity");
  }
  if (reasons.length === 0) return;
  for (const { what } of refusals(totals, limits))
    flags.push(what === "deletions" ? "--max-delete all" : "--max-overwrite all");
  throw new GuardError(
    `${reasons.join("; ")}: nothing is done, lest it read as a deletion`,
    `see that the right disk is mounted and the right bucket reached; if this is meant: ${[...new Set(flags)].join(" ")}`,
  );
}

interface Carrying {
  readonly identity: PairIdentity;
  readonly held: readonly Refusal[];
  readonly moved: Set<ObjectKey>;
  readonly progress: Progress;
}

/** Executes, and records whatever was done, even where the map cannot go on. */
async function carryOut(
  ports: ActionPorts,
  order: MapOrder,
  planned: Plan,
  carrying: Carrying,
): Promise<void> {
  const { map, state, newSpool } = ports;
  const { identity, held } = carrying;
  const edits: Spool<BaseEdit>[] = WALKS.map(() => newSpool<BaseEdit>());
  let complete = false;
  try {
    for (const [index, walk] of WALKS.entries()) {
      await walkOnce(ports, order, planned, { ...carrying, walk, edits: edits[index] as Spool<BaseEdit> });
    }
    complete = held.length === 0 && !order.signal.aborted;
  } finally {
    // What was not tried must be seen again as it was: the moment moves on only where all was.
    const memory = { momentMs: complete ? order.times.startMs : state.memory(map).momentMs, identity };
    if (edits.some(({ length }) => length > 0)) state.record(map, mergeSorted(edits), memory);
    else state.unchanged(map, memory);
    for (const spool of edits) spool.close();
  }
}

async function walkOnce(
  ports: ActionPorts,
  { backup, signal }: MapOrder,
  planned: Plan,
  { identity, held, moved, progress, walk, edits }: Carrying & Walk,
): Promise<void> {
  const { map, files, reporter } = ports;
  const isHeld = (action: Action): boolean => held.some((refusal) => holds(refusal, action));
  if (planned.actions.length > 0) stillThere(map, files, identity);
  for await (const { outcome, edit } of execute(ports, planned, walk, { isHeld, moved, backup, signal })) {
    if (edit !== undefined) edits.add(edit);
    if (outcome === undefined) continue;
    if (outcome.end !== "done" && outcome.reported) progress.codes.add(ExitCode.incomplete);
    await reporter.ended(map, outcome);
  }
}

interface Walk {
  readonly walk: (typeof WALKS)[number];
  readonly edits: Spool<BaseEdit>;
}

function holds({ what, side }: Refusal, action: Action): boolean {
  return (what === "deletions" ? deletes(action) : overwrites(action)) === side;
}
