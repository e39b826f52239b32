/** Runs on a file system of which only the root and the folder of the state file can be written. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertBothHold, assertRecovers } from "../support/crash/aftermath.ts";
import { BUSY_SCENE } from "../support/crash/busy-scene.ts";
import { CrashWorld, privateBuild } from "../support/crash/crash-world.ts";
import { snapshotOf } from "../support/stand-still.ts";
import { tempDir } from "../support/temp-dir.ts";

/** Every mount but the one on `$1` becomes read-only, in a namespace of its own; the rest is the command. */
const JAIL = `
  mount --make-rprivate / && mount --bind "$1" "$1" || exit 99
  home=$1; shift
  while read -r _ point _; do
    case $point in "$home"|/proc*|/sys*|/dev*) ;; *) mount -o remount,bind,ro "$point" || exit 99 ;; esac
  done </proc/self/mounts
  touch /tmp/s3-bsync-escape 2>/dev/null && exit 99
  exec "$@"`;

const jailed = (home: string): readonly string[] => ["unshare", "--mount", "sh", "-c", JAIL, "sh", home];
const canJail = (): boolean => {
  using dir = tempDir("jail");
  const [command = "", ...words] = jailed(dir.path);
  return spawnSync(command, [...words, "true"], { stdio: "ignore" }).status === 0;
};
const skip = canJail() ? false : "a part of the file system cannot be made read-only here: this needs root";

test(
  "G19: a whole run needs to write nowhere but in the root and beside the state file",
  { skip },
  async () => {
    using build = privateBuild();
    await using world = await CrashWorld.start(build.main);
    await BUSY_SCENE.prepare(world);
    assert.deepEqual(await world.process(...jailed(world.home)), { code: 0, stdout: "", stderr: "" });
    assertBothHold(world, BUSY_SCENE.final);
    await assertRecovers(world, BUSY_SCENE);
  },
);

test("G19: keys and symlinks that lead out are not even tried", { skip }, async () => {
  using build = privateBuild();
  using outside = tempDir("outside");
  mkdirSync(join(outside.path, "deep"));
  await using world = await CrashWorld.start(build.main);
  symlinkSync(outside.path, world.local.path("link"));
  symlinkSync("..", world.local.path("up"));
  const hostile = [
    "../escape",
    "a/../../escape",
    "./escape",
    "/escape",
    "//escape",
    "link/escape",
    "link/deep/escape",
  ];
  for (const name of [...hostile, "up/escape", "link", "fine"]) world.putObject(name, name, 1);
  const before = snapshotOf(outside.path);

  const { code, stderr } = await world.process(...jailed(world.home));

  assert.equal(code, 3);
  assert.doesNotMatch(stderr, /read-only|EROFS/, "nothing was tried");
  assert.deepEqual(world.local.files(), { fine: "fine" });
  assert.deepEqual(snapshotOf(outside.path), before);
});
