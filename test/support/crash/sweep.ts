/** Hits a run at every one of its points, whatever the order in which they come this time. */

import type { CrashWorld } from "./crash-world.ts";
import { idOf, kindOf, type Killed, killedAt, type Point } from "./points.ts";
import type { Slots } from "./slots.ts";

/** Steps of a run that wait for each other's replies change places, so that a point is found by its number only mostly. */
const ROUNDS = 8;

export interface Sweep {
  readonly kills: number;
  readonly missed: readonly Point[];
  /** Of which none was hit. */
  readonly missedKinds: readonly string[];
}

/** @param then is told which one of all kills it is, from 0. What it throws is said with the point */
export async function killEverywhere(
  slots: Slots,
  points: readonly Point[],
  then: (world: CrashWorld, kill: number) => Promise<void>,
): Promise<Sweep> {
  const where = new Map(points.map((point) => [idOf(point), point]));
  const hit = new Map<string, Point>();
  const missing = (): readonly Point[] => [...where.values()].filter((point) => !hit.has(idOf(point)));
  let kills = 0;
  const killOnce = async (world: CrashWorld, point: Point): Promise<void> => {
    const killed = await killedAt(world.command(), point);
    if (killed === undefined) return;
    for (const each of killed.seen) if (where.has(idOf(each))) where.set(idOf(each), each);
    if (killed.at !== undefined) hit.set(idOf(killed.at), killed.at);
    await world.settled();
    await telling([killed], () => then(world, kills++));
  };
  for (let round = 0; round < ROUNDS; round++) await slots.each(missing(), killOnce);
  const kinds = new Set([...hit.values()].map(kindOf));
  return {
    kills,
    missed: missing(),
    missedKinds: [...new Set(missing().map(kindOf))].filter((kind) => !kinds.has(kind)),
  };
}

/** @throws what `check` throws, with the points at which it was killed before */
export async function telling(kills: readonly Killed[], check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    const points = kills.map(({ at }) => (at === undefined ? "nothing" : idOf(at))).join(", then before ");
    throw new Error(`killed before ${points}: ${(error as Error).message.slice(0, 2000)}`, { cause: error });
  }
}
