/** A run that is killed before any one of its system calls, and what comes after. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead } from "../support/ahead.ts";
import { assertRecovers, assertRecoversFromEdits, assertWhole } from "../support/crash/aftermath.ts";
import { BUSY_SCENE } from "../support/crash/busy-scene.ts";
import { privateBuild } from "../support/crash/crash-world.ts";
import { LONG } from "../support/crash/long-mode.ts";
import { idOf, pointsOf } from "../support/crash/points.ts";
import { Slots } from "../support/crash/slots.ts";
import { canTrace, NO_STRACE } from "../support/crash/strace.ts";
import { killEverywhere } from "../support/crash/sweep.ts";

const followUps = [assertRecovers, assertRecoversFromEdits] as const;

const hit = canTrace() ? await ahead(everywhere) : undefined;

test("G1, G6, G9, G13: killed before any system call, a run loses nothing, and the next one ends its work", (t) =>
  hit === undefined ? t.skip(NO_STRACE) : hit(t));

async function everywhere(say: (line: string) => void): Promise<void> {
  using build = privateBuild();
  await using slots = await Slots.open(build.main);
  const points = await pointsOf(slots.first);
  const began = Date.now();
  // By turns; in the long mode each call meets both.
  for (const turn of LONG ? [0, 1] : [0]) {
    const { kills, missed, missedKinds } = await killEverywhere(slots, points, async (world, kill) => {
      await assertWhole(world, BUSY_SCENE);
      await followUps[(kill + turn) % 2]?.(world, BUSY_SCENE);
    });
    const seconds = Math.round((Date.now() - began) / 1000);
    say(`${kills} kills at ${points.length - missed.length} of ${points.length} points, ${seconds} s`);
    if (missed.length > 0) say(`not hit: ${missed.map(idOf).join("; ")}`);
    assert.deepEqual(missedKinds, [], "kinds of calls that no kill has hit");
    assert.ok(missed.length <= points.length / 20, "nearly every call was hit");
  }
}
