/** A run is killed, and before the next one comes the records or the journal are lost, or are those of another time. */

import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  assertMerges,
  assertRecovers,
  assertRecoversFromEdits,
  assertWhole,
} from "../support/crash/aftermath.ts";
import { BUSY_SCENE, type Scene } from "../support/crash/busy-scene.ts";
import { type CrashWorld, privateBuild } from "../support/crash/crash-world.ts";
import { drawing, sampled, SEED } from "../support/crash/long-mode.ts";
import { killedAt, pointsOf } from "../support/crash/points.ts";
import { Slots } from "../support/crash/slots.ts";
import { canTrace, NO_STRACE } from "../support/crash/strace.ts";
import { telling } from "../support/crash/sweep.ts";

const skip = canTrace() ? false : NO_STRACE;
const POINTS = 7;

/** Kills runs of the scene at some of its points. @param then what comes after, and what must hold */
async function afterKills(
  then: (world: CrashWorld) => Promise<void>,
  prepare = BUSY_SCENE.prepare,
): Promise<void> {
  using build = privateBuild();
  await using slots = await Slots.open(build.main, { ...BUSY_SCENE, prepare });
  const points = sampled(await pointsOf(slots.first), POINTS);
  let withJournal = 0;
  await slots.each(points, async (world, point) => {
    const killed = await killedAt(world.command(), point);
    await world.settled();
    if (killed === undefined) return;
    if (world.journals().length > 0) withJournal++;
    await telling([killed], async () => {
      await assertWhole(world, BUSY_SCENE);
      await then(world);
    });
  });
  assert.ok(withJournal > points.length / 3, "journals lay there");
}

test(
  "G1, G9: a journal beside a new state file only clears away, and both sides are merged",
  { skip },
  async () => {
    await afterKills(async (world) => {
      rmSync(world.stateFile);
      await world.init();
      await assertMerges(world, BUSY_SCENE);
    });
  },
);

test(
  "G1, G9: a journal beside a state file of an earlier time only clears away, and both sides are merged",
  { skip },
  async () => {
    const kept = (world: CrashWorld): string => join(world.home, "kept-state");
    const prepare: Scene["prepare"] = async (world) => {
      copyFileSync(world.stateFile, kept(world));
      await BUSY_SCENE.prepare(world);
    };
    await afterKills(async (world) => {
      copyFileSync(kept(world), world.stateFile);
      await assertMerges(world, BUSY_SCENE);
    }, prepare);
  },
);

test(
  "G1: where all but the backups beside the state file is lost, both sides are merged",
  { skip },
  async () => {
    await afterKills(async (world) => {
      for (const name of readdirSync(world.companion)) {
        if (name !== "backups") rmSync(join(world.companion, name), { recursive: true });
      }
      await assertMerges(world, BUSY_SCENE, { journalIsLost: true });
    });
  },
);

test(
  "G1, G9, G25: a journal that is torn, or damaged anywhere, is believed no further than that",
  { skip },
  async (t) => {
    t.diagnostic(`seed ${SEED} (S3_BSYNC_SEED)`);
    const draw = drawing(SEED);
    await afterKills(async (world) => {
      for (const path of world.journals()) {
        const bytes = readFileSync(path);
        const at = Math.floor(draw() * bytes.length);
        if (draw() < 0.5) writeFileSync(path, bytes.subarray(0, at));
        else writeFileSync(path, bytes.fill((bytes[at] ?? 0) ^ 0x10, at, at + 1));
      }
      await assertMerges(world, BUSY_SCENE, { journalIsLost: true });
    });
  },
);

test(
  "G9, G13: a journal outlives runs in which its map cannot be synced and another one is",
  { skip },
  async () => {
    const otherRoot = ({ home }: CrashWorld): string => join(home, "other");
    const prepare: Scene["prepare"] = async (world) => {
      mkdirSync(otherRoot(world));
      await world.init(otherRoot(world), "q");
      await BUSY_SCENE.prepare(world);
    };
    let turn = 0;
    await afterKills(async (world) => {
      const followUp = [assertRecovers, assertRecoversFromEdits][turn++ % 2];
      renameSync(world.local.root, `${world.local.root}-away`);
      writeFileSync(join(otherRoot(world), "file"), "of the other map");
      const { code, stderr } = await world.run();
      assert.equal(code, 4, stderr);
      assert.match(stderr, /^s3-bsync: [^\n]*\/tree/);
      renameSync(`${world.local.root}-away`, world.local.root);
      await followUp?.(world, BUSY_SCENE);
    }, prepare);
  },
);
