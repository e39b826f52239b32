/** Renames, and what killed runs leave, on a real file system. */

import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { directory } from "../../../src/local/directory.ts";
import { keyOfText as key } from "../../../src/model/object-key.ts";
import { foldingDisk, NO_MOUNT, smallDisk } from "../../support/disks.ts";
import { asNobody, chunks, observed, realTree } from "../../support/real-tree.ts";

const stale = { name: "Stale" };
const NOBODY = 65534;
const isRoot = process.geteuid?.() === 0;
const OURS = `.s3-bsync-${"0123456789abcdef".repeat(2)}`;

test("X13: what a rename empties goes, what it needs comes, and the inode and mode stay", async () => {
  using world = realTree();
  for (const each of ["a/b/c/x", "a/keep"]) world.put(each);
  chmodSync(world.at("a/b/c/x"), 0o750);
  const { ino } = statSync(world.at("a/b/c/x"));
  await world.tree.rename(world.seen("a/b/c/x"), key("e/f/y"));
  assert.deepEqual(world.entries(), ["a/", "a/keep", "e/", "e/f/", "e/f/y"]);
  assert.equal(statSync(world.at("e/f/y")).ino, ino);
  assert.equal(statSync(world.at("e/f/y")).mode & 0o777, 0o750);
  await world.tree.rename(world.seen("e/f/y"), key("e/y"));
  await world.tree.rename(world.seen("e/y"), key("y"));
  assert.deepEqual(world.entries(), ["a/", "a/keep", "y"]);
});

test("X13: a rename that is refused leaves no directory behind", async () => {
  using world = realTree();
  world.put("a", "one");
  const seen = world.seen("a");
  world.put("a", "other");
  await assert.rejects(world.tree.rename(seen, key("d/e/f/a")), stale);
  assert.deepEqual(world.entries(), ["a"]);
});

test("X13: a second name of the same file is something else in the place, and stays", async () => {
  using world = realTree();
  world.put("a");
  linkSync(world.at("a"), world.at("b"));
  await assert.rejects(world.tree.rename(world.seen("a"), key("b")), stale);
  assert.deepEqual(world.entries(), ["a", "b"]);
  await world.tree.rename(world.seen("a"), key("c"));
  assert.deepEqual(world.entries(), ["b", "c"]);
});

test("E103, G19, X13: nothing is renamed out of, into or through a symlink", async () => {
  using world = realTree();
  const outside = `${world.root}-outside`;
  mkdirSync(`${outside}/d`, { recursive: true });
  for (const each of ["a", "d/a"]) world.put(each);
  const inside = world.seen("d/a");
  symlinkSync(`${outside}/d`, world.at("link"));
  for (const each of ["link/a", "link/e/a", "link"])
    await assert.rejects(world.tree.rename(world.seen("a"), key(each)), stale, each);
  renameSync(world.at("d"), `${outside}/moved`);
  symlinkSync(`${outside}/moved`, world.at("d")); // the same file, so that only the way to it differs
  await assert.rejects(world.tree.rename(inside, key("b")), stale);
  assert.deepEqual(readdirSync(outside, { recursive: true }).toSorted(), ["d", "moved", "moved/a"]);
  assert.deepEqual(world.entries(), ["a", "d", "link"]);
});

test("X13: a file that cannot leave its directory keeps its name, and has no other", async () => {
  using world = realTree();
  for (const each of ["closed/a", "open/x"]) world.put(each);
  chmodSync(dirname(world.root), 0o755);
  chmodSync(world.at("open"), 0o777);
  chmodSync(world.at("closed"), 0o555);
  if (isRoot) chownSync(world.at("closed/a"), NOBODY, NOBODY);
  await asNobody(async () => {
    const denied = (name: string) => ({ name, message: "cannot be renamed: permission is denied (EACCES)" });
    const renamed = world.tree.rename(world.seen("closed/a"), key("open/a"));
    await assert.rejects(renamed, denied("NotRenamed"));
    await assert.rejects(renamed, { file: world.seen("closed/a") });
    await assert.rejects(world.tree.rename(world.seen("open/x"), key("closed/x")), denied("PathError"));
  });
  chmodSync(world.at("closed"), 0o755);
  assert.deepEqual(world.entries(), ["closed/", "closed/a", "open/", "open/x"]);
});

test("X13: where a file may not be linked it is renamed all the same", async (context) => {
  // The system keeps users from linking what is not theirs.
  const guard = "/proc/sys/fs/protected_hardlinks";
  if (!isRoot || !existsSync(guard) || readFileSync(guard, "utf8").trim() !== "1")
    return context.skip("every file may be linked here");
  using world = realTree();
  world.put("d/a", "x");
  chmodSync(dirname(world.root), 0o755);
  chmodSync(world.at("d"), 0o777);
  await asNobody(async () => {
    assert.throws(() => linkSync(world.at("d/a"), world.at("d/b")), { code: "EPERM" });
    const before = world.seen("d/a");
    const renamed = await world.tree.rename(before, key("d/b"));
    assert.deepEqual(renamed, world.seen("d/b"));
    assert.equal(renamed.ino, before.ino);
  });
  assert.deepEqual(world.entries(), ["d/", "d/b"]);
});

test("X13: a file is not renamed to another file system: it keeps its name", async (context) => {
  using world = realTree();
  world.put("a");
  mkdirSync(world.at("disk"));
  using disk = smallDisk(world.at("disk"), 256 * 1024);
  if (disk === undefined) return context.skip(NO_MOUNT);
  await assert.rejects(world.tree.rename(world.seen("a"), key("disk/e/a")), { name: "PathError" });
  assert.deepEqual(world.entries(), ["a", "disk/"]);
});

test("F118, X13: where case does not count, a new spelling is a rename, or is refused", async (context) => {
  using world = realTree();
  mkdirSync(world.at("disk"));
  using disk = foldingDisk(world.at("disk"), `${world.root}.image`);
  if (disk === undefined) return context.skip(NO_MOUNT);
  const tree = directory(disk.path, { keyPrefix: "", hidden: [] });
  await (
    await tree.stage(key("name"), chunks("x"), {
      mtimeNs: 0n,
      replaces: undefined,
      announce: async () => {},
    })
  ).commit();
  const respelled = tree.rename(observed(tree, key("name")), key("Name"));
  // Not every file system that folds names can change the spelling of one: then it says so.
  await respelled.catch((error: unknown) => assert.ok(error instanceof Error && error.name === "PathError"));
  assert.equal(readdirSync(disk.path).length, 1);
  assert.equal(readFileSync(join(disk.path, "NAME"), "utf8"), "x");
});

test("X12: the hidden name is announced before any directory is made, and none is made beyond that", async () => {
  using world = realTree();
  const staged = await world.tree.stage(key("d/e/a"), chunks("x"), {
    mtimeNs: 0n,
    replaces: undefined,
    announce: async () => assert.deepEqual(world.entries(), []),
  });
  staged.discard();
  assert.deepEqual(world.entries(), []);
});

test("G19, X12: a sweep follows no symlink and takes no directory, link or file of another name", async () => {
  using world = realTree();
  const outside = `${world.root}-outside`;
  mkdirSync(outside);
  for (const each of [`d/${OURS}`, `e/${OURS}/x`, "user"]) world.put(each);
  renameSync(world.at("d"), `${outside}/d`);
  symlinkSync(`${outside}/d`, world.at("d"));
  symlinkSync("user", world.at(OURS));
  for (const each of ["a", "d/a", "e/a", "missing/a", "user/a"]) world.tree.sweep(key(each), OURS);
  world.tree.sweep(key("a"), `d/${OURS}`);
  world.tree.sweep(key("a"), `${outside}/d/${OURS}`);
  assert.deepEqual(readdirSync(`${outside}/d`), [OURS]);
  assert.deepEqual(world.entries(), [OURS, "d", "e/", `e/${OURS}/`, `e/${OURS}/x`, "user"]);
  rmSync(world.at("d"));
  renameSync(`${outside}/d`, world.at("d"));
  world.tree.sweep(key("d/a"), OURS);
  assert.deepEqual(readdirSync(world.at("d")), [], "its own it takes, and leaves the directory");
});

test("X12: what may not be cleared away is said", async () => {
  using world = realTree();
  world.put(`closed/${OURS}`);
  chmodSync(dirname(world.root), 0o755);
  chmodSync(world.at("closed"), 0o555);
  const denied = { name: "PathError", message: "cannot be cleared away: permission is denied (EACCES)" };
  await asNobody(async () => assert.throws(() => world.tree.sweep(key("closed/a"), OURS), denied));
  chmodSync(world.at("closed"), 0o755);
});
