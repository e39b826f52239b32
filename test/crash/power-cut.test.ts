/** The power fails while a run goes on, and the disk forgets what it had not written yet. */

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { md5 } from "../support/content.ts";
import { assertRecovers, assertWhole } from "../support/crash/aftermath.ts";
import { BUSY_SCENE } from "../support/crash/busy-scene.ts";
import { CrashWorld, privateBuild } from "../support/crash/crash-world.ts";
import { sampled } from "../support/crash/long-mode.ts";
import { idOf, type Point, pointsOf } from "../support/crash/points.ts";
import { type Kind, KINDS, NO_POWER_CUT, PowerDisk } from "../support/crash/power-cut.ts";
import { canTrace, type Fault, NO_STRACE, watched } from "../support/crash/strace.ts";

const skip = canTrace() ? false : NO_STRACE;
/** On each kind of disk. */
const CUTS = 8;

describe("a power cut", { skip }, () => {
  for (const kind of KINDS) {
    test(`G1, G6, G7, G8: at any system call, on ${kind.name}, leaves what the state file says, and loses nothing`, async (t) => {
      await onDisk(kind, t, async ({ world, points, cutAfter }) => {
        const some = sampled(points, CUTS);
        for (const point of some) {
          await cutAfter({
            thread: point.thread,
            call: point.name,
            does: `signal=SIGKILL:when=${point.nth}`,
          });
          try {
            assertRecordsHold(world);
            await assertWhole(world, BUSY_SCENE);
            await assertRecovers(world, BUSY_SCENE);
          } catch (error) {
            throw new Error(`cut before ${idOf(point)}: ${(error as Error).message}`, { cause: error });
          }
        }
        t.diagnostic(`${some.length} cuts`);
      });
    });
  }

  test("does harm where files are not flushed before they are recorded: the tests above would see it", async (t) => {
    const [kind] = KINDS;
    if (kind === undefined) return;
    await onDisk(kind, t, async ({ world, cutAfter }) => {
      // Content is flushed in the pool, the state file is not.
      await cutAfter({ thread: "pool", call: "fsync,fdatasync", does: "retval=0" });
      await assert.rejects(async () => {
        assertRecordsHold(world);
        await assertWhole(world, BUSY_SCENE);
      });
    });
  });
});

interface Parts {
  readonly world: CrashWorld;
  readonly points: readonly Point[];
  /** A run with this fault, from the same beginning, and the cut right after its end. */
  readonly cutAfter: (fault: Fault) => Promise<void>;
}

async function onDisk(kind: Kind, t: TestContext, play: (parts: Parts) => Promise<void>): Promise<void> {
  using disk = await PowerDisk.make(kind);
  if (disk === undefined) return t.skip(NO_POWER_CUT);
  using build = privateBuild();
  const home = join(disk.path, "home");
  mkdirSync(home);
  await using world = await CrashWorld.start(build.main, {
    path: home,
    remove: () => {},
    [Symbol.dispose]() {},
  });
  await BUSY_SCENE.prepare(world);
  world.remember();
  await disk.keep();
  const begin = async (): Promise<void> => {
    await disk.rewind();
    world.rewindBucket();
  };
  const cutAfter = async (fault: Fault): Promise<void> => {
    await begin();
    await watched(world.command(), fault);
    await world.settled();
    assert.ok(await disk.cut());
  };
  const points = await pointsOf(world, begin);
  await play({ world, points, cutAfter });
}

/** A record that says that a path is synced in its last version is true of the file. */
function assertRecordsHold(world: CrashWorld): void {
  const files = world.local.files();
  const records = world.records();
  for (const [path, content] of Object.entries(BUSY_SCENE.final)) {
    if (records[path]?.etag === md5(Buffer.from(content)))
      assert.equal(files[path], content, `${path} is recorded`);
  }
}
