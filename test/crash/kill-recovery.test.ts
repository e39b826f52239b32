/** A run that is killed, and the run that recovers from that killed in its turn. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead } from "../support/ahead.ts";
import { assertRecovers, assertRecoversFromEdits, assertWhole } from "../support/crash/aftermath.ts";
import { BUSY_SCENE } from "../support/crash/busy-scene.ts";
import { type CrashWorld, privateBuild } from "../support/crash/crash-world.ts";
import { drawing, drawn, LONG, sampled, SEED } from "../support/crash/long-mode.ts";
import { killedAt, type Killed, type Point, pointsOf } from "../support/crash/points.ts";
import { Slots } from "../support/crash/slots.ts";
import { canTrace, NO_STRACE } from "../support/crash/strace.ts";
import { telling } from "../support/crash/sweep.ts";

const PAIRS = 200;
const followUps = [assertRecovers, assertRecoversFromEdits] as const;

type Pair = readonly [first: Point, second: Point];

const hit = canTrace() ? await ahead(killTwiceEach) : undefined;

test("G1, G9, G13: killed, and killed again while it recovers, a run loses nothing, and the next one ends its work", (t) =>
  hit === undefined ? t.skip(NO_STRACE) : hit(t));

async function killTwiceEach(say: (line: string) => void): Promise<void> {
  using build = privateBuild();
  await using slots = await Slots.open(build.main);
  const began = Date.now();
  let [tried, killedTwice] = [0, 0];
  say(`seed ${SEED} (S3_BSYNC_SEED)`);
  for await (const pairs of pairsToTry(slots.first, await pointsOf(slots.first))) {
    await slots.each(pairs, async (world, pair) => {
      const followUp = followUps[tried++ % 2];
      const kills = await killTwice(world, pair);
      if (kills.length === 2) killedTwice++;
      await telling(kills, async () => {
        await assertWhole(world, BUSY_SCENE);
        await followUp?.(world, BUSY_SCENE);
      });
    });
  }
  const seconds = Math.round((Date.now() - began) / 1000);
  say(`${tried} pairs, ${killedTwice} of them killed twice, ${seconds} s`);
  assert.ok(killedTwice >= tried / 2, "most runs were killed twice");
}

/** Drawn from a few recoveries; in the long mode all that there are. */
async function* pairsToTry(world: CrashWorld, points: readonly Point[]): AsyncGenerator<readonly Pair[]> {
  const pairsAfter = async (first: Point): Promise<readonly Pair[]> =>
    (await recoveryAfter(world, first)).map((second) => [first, second]);
  if (LONG) {
    for (const first of points) yield await pairsAfter(first);
    return;
  }
  const seconds: Point[] = [];
  for (const first of sampled(points, 3)) seconds.push(...(await recoveryAfter(world, first)));
  const draw = drawing(SEED);
  yield Array.from({ length: PAIRS }, () => [drawn(points, draw), drawn(seconds, draw)]);
}

/** What a run does that comes after a kill at this point. */
function recoveryAfter(world: CrashWorld, first: Point): Promise<readonly Point[]> {
  return pointsOf(world, async () => {
    world.rewind();
    await killOnce(world, first);
  });
}

async function killTwice(world: CrashWorld, [first, second]: Pair): Promise<readonly Killed[]> {
  const once = await killOnce(world, first);
  if (once === undefined) return [];
  const twice = await killOnce(world, second);
  return twice === undefined ? [once] : [once, twice];
}

async function killOnce(world: CrashWorld, point: Point): Promise<Killed | undefined> {
  const killed = await killedAt(world.command(), point);
  await world.settled();
  return killed;
}
