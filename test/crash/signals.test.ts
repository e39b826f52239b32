/** Signals that ask a run to end, at any of its system calls. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { assertNothingLies, assertRecovers, assertWhole } from "../support/crash/aftermath.ts";
import { BUSY_SCENE } from "../support/crash/busy-scene.ts";
import { type CrashWorld, privateBuild } from "../support/crash/crash-world.ts";
import { sampled } from "../support/crash/long-mode.ts";
import { idOf, type Point, pointsOf } from "../support/crash/points.ts";
import { Slots } from "../support/crash/slots.ts";
import { canTrace, NO_STRACE, watched, type Watched } from "../support/crash/strace.ts";

const skip = canTrace() ? false : NO_STRACE;
const SIGNALS = [
  { name: "SIGTERM", code: 143 },
  { name: "SIGINT", code: 130 },
] as const;
const POINTS = 24;
const PATIENCE_MS = 10_000;

test(
  "X10, G21: a signal at any system call ends a run within ten seconds, with what was done recorded",
  {
    skip,
  },
  async (t) => {
    using build = privateBuild();
    await using slots = await Slots.open(build.main);
    const points = sampled(await pointsOf(slots.first), POINTS);
    let interrupted = 0;
    await slots.each(points.entries(), async (world, [index, point]) => {
      const { name, code } = SIGNALS[index % 2] ?? SIGNALS[0];
      const began = Date.now();
      const run = await signalled(world, point, `signal=${name}:when=${point.nth}`);
      const where = `${name} before ${idOf(point)}`;
      assert.ok(Date.now() - began < PATIENCE_MS, `${where}: it took too long`);
      assert.equal(run.stderr, "", where);
      assert.ok(run.code === code || run.code === 0, `${where}: ended with ${run.code ?? run.signal}`);
      if (run.code === code) interrupted++;
      assertNothingLies(world);
      await assertWhole(world, BUSY_SCENE);
      await assertRecovers(world, BUSY_SCENE);
    });
    t.diagnostic(`${interrupted} of ${points.length} runs were interrupted`);
    assert.ok(interrupted > points.length / 2, "most runs heard the signal before they ended");
  },
);

test("G9, G21: a second signal ends a run at once, as safe as a kill", { skip }, async () => {
  using build = privateBuild();
  await using slots = await Slots.open(build.main);
  const points = sampled(await pointsOf(slots.first), POINTS / 2);
  let atOnce = 0;
  await slots.each(points, async (world, point) => {
    const run = await signalled(world, point, `signal=SIGTERM:when=${point.nth}..${point.nth + 1}`);
    assert.ok(run.code === 143 || run.code === 0, `${idOf(point)}: ended with ${run.code ?? run.signal}`);
    if (readdirSync(world.companion).includes("lock")) atOnce++;
    await assertWhole(world, BUSY_SCENE);
    await assertRecovers(world, BUSY_SCENE);
  });
  assert.ok(atOnce > 0, "some run ended where it stood");
});

async function signalled(world: CrashWorld, { thread, name }: Point, does: string): Promise<Watched> {
  const run = await watched(world.command(), { thread, call: name, does });
  await world.settled();
  return run;
}
