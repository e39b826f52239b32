/** A disk that refuses: one system call, all that need room, or all that need one more descriptor. */

import assert from "node:assert/strict";
import { existsSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { md5 } from "../support/content.ts";
import { assertBothHold, assertRecovers, assertWhole, setAside } from "../support/crash/aftermath.ts";
import { BUSY_SCENE } from "../support/crash/busy-scene.ts";
import { CrashWorld, privateBuild } from "../support/crash/crash-world.ts";
import { LONG } from "../support/crash/long-mode.ts";
import { idOf, kindOf, type Point, pointsOf } from "../support/crash/points.ts";
import { Slots } from "../support/crash/slots.ts";
import { canTrace, NO_STRACE, watched } from "../support/crash/strace.ts";
import { NO_MOUNT, smallDisk } from "../support/disks.ts";
import { tempDir } from "../support/temp-dir.ts";

const skip = canTrace() ? false : NO_STRACE;

test(
  "G1, G6, G7, G26: where one system call is refused, nothing is lost, what is left undone is named, and the next run does it",
  {
    skip,
  },
  async (t) => {
    using build = privateBuild();
    await using slots = await Slots.open(build.main);
    const points = (await pointsOf(slots.first)).filter(({ target }) => /^(?:~|fd)/.test(target ?? ""));
    const tried = LONG ? points : firstOfEachKind(points);
    let named = 0;
    await slots.each(tried, async (world, point) => {
      const { thread, name, nth } = point;
      // The ways in which a disk is full, and in which it is broken.
      const error = name.includes("sync") ? "EIO" : "ENOSPC";
      const run = await watched(world.command(), { thread, call: name, does: `error=${error}:when=${nth}` });
      await world.settled();
      const where = `${error} for ${idOf(point)}: ${run.stderr}`;
      assert.ok(
        run.calls.some((call) => call.name === name && call.nth === nth),
        `${where}: it was called`,
      );
      await assertWhole(world, BUSY_SCENE);
      if (run.code === 0) assertBothHold(world, BUSY_SCENE.final);
      else assertNamed(world, run, where);
      if (run.code !== 0) named++;
      if (!/unlink|rename|rmdir/.test(name)) assert.deepEqual(setAside(world), [], where);
      await assertRecovers(world, BUSY_SCENE);
    });
    t.diagnostic(`${tried.length} calls were refused, ${named} runs said so`);
    assert.ok(named > tried.length / 2, "most of them matter");
  },
);

/** It ends with 1 or 3 and says why; what it says it could not do is not recorded as done. */
function assertNamed(
  world: CrashWorld,
  run: { readonly code: number | null; readonly stderr: string },
  where: string,
): void {
  assert.ok(run.code === 1 || run.code === 3, where);
  assert.match(run.stderr, /^s3-bsync: /, where);
  const records = world.records();
  for (const [path, content] of Object.entries(BUSY_SCENE.final)) {
    if (!run.stderr.includes(`${world.local.path(path)}: download: `)) continue;
    assert.notEqual(records[path]?.etag, md5(Buffer.from(content)), `${where}: ${path} is not recorded`);
  }
}

function firstOfEachKind(points: readonly Point[]): readonly Point[] {
  return [...new Map(points.toReversed().map((point) => [kindOf(point), point])).values()].toReversed();
}

/** KiB that are left; the run of the scene needs somewhat more than a MiB. */
const ROOM = [0, 4, 16, 40, 100, 300, 400, 700, 1000];

test("G1, G7, G26: on a disk that fills up nothing is lost, and with room again the next run ends the work", async (t) => {
  using folder = tempDir("full");
  using disk = smallDisk(folder.path, 4 * 1024 * 1024);
  if (disk === undefined) return t.skip(NO_MOUNT);
  using build = privateBuild();
  await using world = await CrashWorld.start(build.main, { ...folder, remove: () => {} });
  await BUSY_SCENE.prepare(world);
  world.remember();
  const codes: (number | null)[] = [];
  for (const room of ROOM) {
    world.rewind();
    const filler = join(world.home, "filler");
    const { bavail, bsize } = statfsSync(world.home);
    writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - room * 1024)));
    const run = await world.process();
    codes.push(run.code);
    rmSync(filler);
    await assertWhole(world, BUSY_SCENE);
    if (run.code !== 0) assertNamed(world, run, `${room} KiB are left: ${run.stderr}`);
    assert.deepEqual(setAside(world), []);
    await assertRecovers(world, BUSY_SCENE);
  }
  t.diagnostic(`exit codes with more and more room: ${codes.join(" ")}`);
  assert.ok(codes.includes(1) && codes.includes(3), "some runs could not begin, and some not end");
});

test("G1, G26: with too few descriptors, or files that may not grow, nothing is lost", async (t) => {
  using build = privateBuild();
  await using world = await CrashWorld.start(build.main);
  await BUSY_SCENE.prepare(world);
  world.remember();
  const codes: (number | null)[] = [];
  for (const limit of ["-n 24", "-n 28", "-n 32", "-n 36", "-n 40", "-n 48", "-f 1", "-f 100"]) {
    world.rewind();
    const run = await world.process("sh", "-c", `ulimit ${limit} && exec "$@"`, "sh");
    codes.push(run.code);
    await assertWhole(world, BUSY_SCENE);
    if (run.code !== 0) assert.match(run.stderr, /\S/, limit);
    assert.ok(existsSync(world.stateFile));
    await assertRecovers(world, BUSY_SCENE);
  }
  t.diagnostic(`exit codes: ${codes.join(" ")}`);
  assert.ok(
    codes.some((code) => code !== 0),
    "some limit was too narrow",
  );
});
