/** Plays one workload: everybody takes a turn, then everybody takes the next one; what is asked of the server is counted apart. */

import { loadavg } from "node:os";
import { operationOf, recordingProxy } from "../support/recording-proxy.ts";
import type { Contender } from "./contenders.ts";
import { startHelper } from "./helper-server.ts";
import { type Figures, measured } from "./measured.ts";
import { Seats } from "./seats.ts";
import type { Stage } from "./stage.ts";
import type { TreeShape } from "./tree.ts";
import type { Workload } from "./workloads.ts";

export interface Row {
  readonly contender: Contender;
  readonly figures: Figures[];
  /** Of one run, by operation; undefined: not counted. */
  requests?: Readonly<Record<string, number>>;
  failed?: string;
}

/** One workload with answers that are late by so much. */
export interface Round {
  readonly workload: Workload;
  readonly shape: TreeShape;
  readonly latencyMs: number;
  readonly rows: readonly Row[];
  /** The day, and how busy the machine was. */
  readonly when: string;
}

/** Whoever takes longer takes one turn only. */
const PATIENCE_S = 60;

export async function play(workload: Workload, stage: Stage): Promise<readonly Round[]> {
  const { scale, latencyMs } = stage.options;
  const shape = workload.shapes[scale];
  const prefix = stage.prefix(workload.id);
  await using listing =
    workload.isListingOnly === true
      ? await disposable(startHelper("listing-server.ts", `${prefix}/`, String(shape.files)))
      : undefined;
  const direct = listing?.endpoint ?? stage.server.endpoint;
  const seats = new Seats(stage, workload, prefix);
  await seats.fill(direct);

  const contenders = workload.contenders.filter(({ peer }) => peer === undefined || stage.peers.has(peer));
  const rounds: Round[] = [];
  for (const delay of workload.delays) {
    if (delay === "late" && latencyMs === 0) continue;
    await using late =
      delay === "late" ? await disposable(startHelper("delay.ts", direct, String(latencyMs))) : undefined;
    const rows = contenders.map((contender): Row => ({ contender, figures: [] }));
    const loadBefore = loadNow();
    await takeTurns(rows, seats, late?.endpoint ?? direct, stage);
    const when = `${new Date().toISOString().slice(0, 10)}, load ${loadBefore} before and ${loadNow()} after`;
    rounds.push({ workload, shape, latencyMs: delay === "late" ? latencyMs : 0, rows, when });
  }
  if (workload.countsRequests !== false) await countRequests(rounds, seats, direct, stage);
  return rounds;
}

async function takeTurns(rows: readonly Row[], seats: Seats, endpoint: string, stage: Stage): Promise<void> {
  for (const row of rows) await orFails(row, () => seats.prepare(row.contender, endpoint));
  for (let turn = 0; turn < stage.options.repeats; turn++) {
    for (let at = 0; at < rows.length; at++) {
      const row = rows[(at + turn) % rows.length] as Row;
      if (row.failed !== undefined || (row.figures[0]?.wallS ?? 0) > PATIENCE_S) continue;
      await orFails(row, async () => {
        const seat = await seats.take(row.contender, endpoint);
        row.figures.push(await measured(stage.started(row.contender.run(seat), seat.env)));
        await seats.leave(seat);
      });
    }
  }
}

/** Through a proxy, which takes time of its own: so it is a turn that is not measured. */
async function countRequests(
  rounds: readonly Round[],
  seats: Seats,
  direct: string,
  stage: Stage,
): Promise<void> {
  await using proxy = await recordingProxy(direct);
  let counts: Record<string, number> = {};
  proxy.before = (request) => {
    const operation = operationOf(request);
    counts[operation] = (counts[operation] ?? 0) + 1;
    proxy.log.length = 0;
  };
  const [first, ...others] = rounds;
  for (const row of first?.rows ?? []) {
    if (row.failed !== undefined) continue;
    await orFails(row, async () => {
      await seats.prepare(row.contender, proxy.endpoint);
      const seat = await seats.take(row.contender, proxy.endpoint);
      counts = {};
      await measured(stage.started(row.contender.run(seat), seat.env));
      row.requests = { ...counts };
      await seats.leave(seat);
    });
    for (const { rows } of others)
      for (const other of rows)
        if (other.contender === row.contender && row.requests !== undefined) other.requests = row.requests;
  }
}

/** Of the last minute. */
function loadNow(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

async function orFails(row: Row, task: () => Promise<unknown>): Promise<void> {
  try {
    await task();
  } catch (error) {
    row.failed = (error as Error).message;
  }
}

async function disposable<T extends { stop(): Promise<void> }>(
  starting: Promise<T>,
): Promise<T & AsyncDisposable> {
  const started = await starting;
  return Object.assign(started, { [Symbol.asyncDispose]: () => started.stop() });
}
