/** A disk that refuses: one system call, all that need room, or all that need one more descriptor. */

import assert from "node:assert/strict";
import { chmodSync, existsSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { boundByModes, NOT_BOUND } from "../support/bound-by-modes.ts";
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
import type { Ran } from "../support/world.ts";

const skip = canTrace() ? false : NO_STRACE;

test(
  "G1, G6, G7, G26: one system call that is refused loses nothing; what it leaves undone is named, and done next",
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
      if (run.code !== 0) named++;
      try {
        assert.ok(run.calls.some((call) => call.name === name && call.nth === nth));
        await assertEndedWell(world, run);
        if (!/unlink|rename|rmdir/.test(name)) assert.deepEqual(setAside(world), []);
        await assertRecovers(world, BUSY_SCENE);
      } catch (thrown) {
        const where = `${error} for ${idOf(point)}: ${run.code} ${run.stderr}`;
        throw new Error(`${where}${(thrown as Error).message}`, { cause: thrown });
      }
    });
    t.diagnostic(`${tried.length} calls were refused, ${named} runs said so`);
    assert.ok(named > tried.length / 2, "most of them matter");
  },
);

/** All is done, or what is not is named and not recorded as done. */
async function assertEndedWell(
  world: CrashWorld,
  { code, stderr }: Pick<Ran, "code" | "stderr">,
): Promise<void> {
  await assertWhole(world, BUSY_SCENE);
  if (code === 0) {
    assertBothHold(world, BUSY_SCENE.final);
    return;
  }
  assert.ok(code === 1 || code === 3, `ended with ${code}`);
  assert.match(stderr, /^s3-bsync: /);
  const records = world.records();
  for (const [path, content] of Object.entries(BUSY_SCENE.final)) {
    if (!stderr.includes(`${world.local.path(path)}: download: `)) continue;
    assert.notEqual(records[path]?.etag, md5(Buffer.from(content)), `${path} is not recorded`);
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
    await assertEndedWell(world, run);
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

test("G12: what cannot be taken away from a read-only directory does not come back", async (t) => {
  const bound = boundByModes();
  if (bound === undefined) return t.skip(NOT_BOUND);
  using build = privateBuild();
  await using world = await CrashWorld.start(build.main);
  await BUSY_SCENE.prepare(world);
  const directory = world.local.path("moved");
  world.local.write("moved/stays", "so that the directory is needed", 1);
  chmodSync(directory, 0o555);
  for (const _ of [1, 2]) {
    const { code, stderr } = await world.process(...bound);
    assert.equal(code, 3, stderr);
    assert.equal("moved/there" in world.objects(), false, "it is not back");
    assert.ok("moved-there/by name" in world.local.files(), "it is here under its new name");
  }
  chmodSync(directory, 0o755);
  await world.sync();
  assert.deepEqual(Object.keys(world.local.files()).toSorted(), Object.keys(world.objects()).toSorted());
  assert.equal("moved/there" in world.local.files(), false);
});
