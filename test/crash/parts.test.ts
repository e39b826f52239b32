/** An upload in parts that is cut off. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { assertNothingLies, assertRecovers, assertWhole } from "../support/crash/aftermath.ts";
import { privateBuild } from "../support/crash/crash-world.ts";
import { LARGE_SCENE } from "../support/crash/large-scene.ts";
import { sampled } from "../support/crash/long-mode.ts";
import { idOf, killedAt, pointsOf } from "../support/crash/points.ts";
import { Slots } from "../support/crash/slots.ts";
import { canTrace, NO_STRACE, watched } from "../support/crash/strace.ts";
import { telling } from "../support/crash/sweep.ts";

const skip = canTrace() ? false : NO_STRACE;
const POINTS = 10;

test("G1, G9: after a kill no part of an upload stays, and the file is sent anew", { skip }, async (t) => {
  using build = privateBuild();
  await using slots = await Slots.open(build.main, LARGE_SCENE);
  const points = sampled(await pointsOf(slots.first), POINTS);
  let open = 0;
  await slots.each(points, async (world, point) => {
    const killed = await killedAt(world.command(), point);
    await world.settled();
    if (killed === undefined) return;
    const { uploads } = world.bucket;
    if (uploads.size > 0) open++;
    // An upload is named before its first part; of one that is not yet, nobody can know.
    const journals = world.journals().map((path) => readFileSync(path, "utf8"));
    for (const [id, { parts }] of uploads) {
      if (parts.size === 0 && !journals.some((text) => text.includes(id))) uploads.delete(id);
    }
    await telling([killed], async () => {
      await assertWhole(world, LARGE_SCENE);
      await assertRecovers(world, LARGE_SCENE);
    });
  });
  t.diagnostic(`${points.length} kills, ${open} of them with an upload open`);
  assert.ok(open > points.length / 3, "uploads were open");
});

test("X10, G21: a signal ends an upload in parts within ten seconds, or gives it up", { skip }, async () => {
  using build = privateBuild();
  await using slots = await Slots.open(build.main, LARGE_SCENE);
  await slots.each(sampled(await pointsOf(slots.first), POINTS / 2), async (world, point) => {
    const began = Date.now();
    const run = await watched(world.command(), {
      thread: point.thread,
      call: point.name,
      does: `signal=SIGTERM:when=${point.nth}`,
    });
    await world.settled();
    assert.ok(Date.now() - began < 10_000, `${idOf(point)}: it took too long`);
    assert.ok(run.code === 143 || run.code === 0, `${idOf(point)}: ended with ${run.code ?? run.signal}`);
    assertNothingLies(world);
    await assertRecovers(world, LARGE_SCENE);
  });
});
