/** One map, from preflight to record: the page to read first. */

import { backedUp } from "../core/backed-up.ts";
import { refusals } from "../core/guard.ts";
import { EditSorter } from "../core/sort-edits.ts";
import { Score } from "../core/totals.ts";
import type { Action } from "../model/action.ts";
import { BsyncError, InterruptedError } from "../model/errors.ts";
import { ExitCode, worstOf } from "../model/exit-code.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { PairIdentity } from "../model/pair.ts";
import type { HeldAmount } from "../model/refusal.ts";
import type { Totals } from "../model/totals.ts";
import { execute, type Walk, walksFor } from "./execute.ts";
import { guardSides, isHeldBy } from "./guards.ts";
import { limitTransfers } from "./limit-transfers.ts";
import type { ActionPorts, MapOrder, MapPorts } from "./map-ports.ts";
import { type Plan, plan } from "./plan.ts";
import { preflight, stillThere } from "./preflight.ts";
import { recover, recovered, settleLeftover } from "./recover.ts";

/** Never throws for a reason that is this map's own: other maps go on. @returns how it ended */
export async function syncMap(ports: MapPorts, order: MapOrder): Promise<ExitCode> {
  const { map, objects, reporter } = ports;
  await reporter.began(map);
  const progress: Progress = { totals: undefined, done: new Score(), codes: new Set(), isLost: false };
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
    done: progress.done,
    requests: { ...objects.requests },
    traffic: { ...objects.traffic },
    endpoint: objects.endpoint,
  });
  return exitCode;
}

/** What is known of a run so far, however it ends. */
interface Progress {
  totals: Totals | undefined;
  readonly done: Score;
  readonly codes: Set<ExitCode>;
  /** An edit could not be taken down, such as on a full disk. */
  isLost: boolean;
}

async function run(ports: MapPorts, order: MapOrder, progress: Progress): Promise<void> {
  const { map, files, state, reporter } = ports;
  const memory = state.memory(map);
  const { identity, rootIsNew } = preflight(map, ports, memory, order.acceptIdentity);

  const recovery = await recover(ports);
  let planned = await plan(
    recovery === undefined ? ports : { ...ports, snapshot: recovered(ports.snapshot, recovery) },
    order,
  );
  try {
    stillThere(map, files, identity);
    guardSides(ports, order, planned.totals, rootIsNew);
    const held = refusals(planned.totals, order.limits);
    const limited = limitTransfers(ports, order, planned, held);
    planned = limited.plan;
    const { waiting, reported } = (progress.totals = planned.totals);
    if (waiting > 0) progress.codes.add(ExitCode.conflicts);
    if (reported > 0) progress.codes.add(ExitCode.incomplete);
    for (const refusal of [...held, ...limited.refusals]) {
      progress.codes.add(ExitCode.guarded);
      await reporter.held(map, refusal);
    }

    if (order.dryRun) return await preview(ports, order, planned, held);
    if (recovery !== undefined)
      await settleLeftover(ports, recovery, { momentMs: memory.momentMs, identity });
    const journal = state.journal(map);
    ports.watcher?.planned(map, planned.totals);
    await carryOut({ ...ports, journal }, order, planned, { identity, held, moved: new Set(), progress });
  } finally {
    planned.actions.close();
    recovery?.edits.close();
  }
}

async function preview(
  { map, reporter }: MapPorts,
  { backup }: MapOrder,
  { actions, totals }: Plan,
  held: readonly HeldAmount[],
): Promise<void> {
  const kept = { policy: backup, rolledBack: totals.rolledBack > 0 };
  for (const action of actions) {
    const isHeld = isHeldBy(held, action);
    await reporter.planned(
      map,
      isHeld ? { ...action, note: "held back by a guard" } : backedUp(action, kept),
    );
  }
}

interface Carrying {
  readonly identity: PairIdentity;
  readonly held: readonly HeldAmount[];
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
  const { map, objects, state, newSpool } = ports;
  const { held } = carrying;
  const edits = new EditSorter(newSpool);
  let complete = false;
  try {
    for (const walk of walksFor(planned.actions))
      await walkOnce(ports, order, planned, { ...carrying, walk, edits });
    complete = held.length === 0 && planned.totals.unsettled === 0 && !order.signal.aborted;
  } finally {
    // What was not tried must be seen again as it was: the moment moves on only where all was.
    const momentMs = complete ? order.times.startMs : state.memory(map).momentMs;
    const identity = {
      ...carrying.identity,
      ...(objects.sawEnvelopes ? { hadEnvelopes: true as const } : {}),
    };
    const memory = { momentMs, identity };
    // What was done and not taken down stands in the journal: the next run takes it from there.
    if (!carrying.progress.isLost) {
      if (edits.isEmpty) state.unchanged(map, memory);
      else state.record(map, edits, memory);
    }
    edits.close();
  }
}

async function walkOnce(
  ports: ActionPorts,
  { backup, concurrency, signal }: MapOrder,
  planned: Plan,
  { identity, held, moved, progress, walk, edits }: Carrying & Walking,
): Promise<void> {
  const { map, files, reporter } = ports;
  const isHeld = (action: Action): boolean => isHeldBy(held, action);
  stillThere(map, files, identity);
  for await (const { outcome, edit, left } of execute(ports, planned, walk, {
    isHeld,
    moved,
    backup,
    concurrency,
    signal,
  })) {
    progress.isLost = true;
    if (edit !== undefined) edits.add(edit);
    if (left !== undefined) edits.add({ key: left, record: undefined });
    progress.isLost = false;
    progress.done.ended(outcome);
    if (outcome.end !== "done" && outcome.reported) progress.codes.add(ExitCode.incomplete);
    await reporter.ended(map, outcome);
  }
}

interface Walking {
  readonly walk: Walk;
  readonly edits: EditSorter;
}
