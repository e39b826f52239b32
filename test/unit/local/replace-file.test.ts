/** Downloads into place, and removals, on a real file system. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { directory } from "../../../src/local/directory.ts";
import type { StageOptions } from "../../../src/ports/file-tree.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import { asNobody, chunks, realTree } from "../../support/real-tree.ts";

const NEW: StageOptions = {
  mtimeNs: 1_700_000_000_000_000_000n,
  replaces: undefined,
  announce: async () => {},
};
const stale = { name: "Stale" };
const isRoot = process.geteuid?.() === 0;
const key = keyOfText;

async function put(world: ReturnType<typeof realTree>, path: string, ...parts: string[]): Promise<void> {
  const seen = world.tree.observe(key(path));
  const replaces = seen === undefined ? undefined : world.seen(path);
  await (await world.tree.stage(key(path), chunks(...parts), { ...NEW, replaces })).commit();
}

test("E110: a file that is replaced hands on its mode, but never set-user-id", async () => {
  using world = realTree();
  for (const [mode, expected] of [
    [0o755, 0o755],
    [0o600, 0o600],
    [0o4755, 0o755],
    [0o2750, 0o750],
    [0o444, 0o444],
  ] as const) {
    world.put("a", "old");
    chmodSync(world.at("a"), mode);
    await put(world, "a", "new");
    assert.equal(statSync(world.at("a")).mode & 0o7777, expected);
    rmSync(world.at("a"));
  }
});

test("a new file has the user's default mode, and is private to nobody else while it comes", async () => {
  using world = realTree();
  const umask = process.umask(0o027);
  try {
    await put(world, "d/a", "x");
  } finally {
    process.umask(umask);
  }
  assert.equal(statSync(world.at("d/a")).mode & 0o777, 0o640);
  assert.equal(statSync(world.at("d")).mode & 0o777, 0o750);
});

test("content that replaces a private file is private from its first byte", async () => {
  using world = realTree();
  world.put("a", "secret");
  chmodSync(world.at("a"), 0o600);
  let mode = 0;
  const watched = async function* (): AsyncGenerator<Uint8Array> {
    const temporary = readdirSync(world.root).find((name) => name.startsWith(".s3-bsync-"));
    mode = statSync(world.at(temporary ?? "none")).mode & 0o777;
    yield Buffer.from("new");
  };
  await (await world.tree.stage(key("a"), watched(), { ...NEW, replaces: world.seen("a") })).commit();
  assert.equal(mode, 0o600);
});

test("run as root, a replaced file stays its owner's", { skip: !isRoot && "not root" }, async () => {
  using world = realTree();
  world.put("a", "old");
  chownSync(world.at("a"), 1234, 4321);
  await put(world, "a", "new");
  const { uid, gid } = statSync(world.at("a"));
  assert.deepEqual([uid, gid], [1234, 4321]);
});

test("E111: whoever has the old file open keeps reading it whole", async () => {
  using world = realTree();
  world.put("a", "the old content");
  const reader = openSync(world.at("a"), "r");
  await put(world, "a", "new");
  assert.equal(readFileSync(reader, "utf8"), "the old content");
  closeSync(reader);
  assert.equal(world.text("a"), "new");
});

for (const [what, mtimeNs, expectedMs] of [
  ["the epoch", 0n, 0],
  ["a nanosecond after it", 1n, 0],
  ["1969", -1_500_000_000n, -1500],
  ["1901", -2_147_483_648_000_000_000n, -2_147_483_648_000],
  ["2001 with all its digits", 1_000_000_000_123_456_789n, 1_000_000_000_123.456],
  ["2038, past 32 bits", 2_147_483_648_999_999_999n, 2_147_483_648_999.999],
  ["2100", 4_102_444_800_000_000_000n, 4_102_444_800_000],
  ["2445", 15_000_000_000_000_000_000n, 15_000_000_000_000],
] as const) {
  test(`C54: a file gets the time of ${what}`, async () => {
    using world = realTree();
    const local = await (await world.tree.stage(key("a"), chunks("x"), { ...NEW, mtimeNs })).commit();
    assert.ok(Math.abs(local.mtimeMs - expectedMs) < 0.003, `${local.mtimeMs} is not ${expectedMs}`);
    assert.deepEqual(world.seen("a"), local, "what is returned is what the file system really has");
  });
}

test("C54: a time that no file system can hold is left, and the file arrives", async () => {
  using world = realTree();
  for (const mtimeNs of [10n ** 30n, -(10n ** 30n), 15_032_385_536n * 10n ** 9n]) {
    const before = Date.now() - 10_000;
    const staged = await world.tree.stage(key(`f${mtimeNs}`), chunks("x"), { ...NEW, mtimeNs });
    assert.ok((await staged.commit()).mtimeMs >= before);
  }
});

test("C54: of four thousand random times none is off by more than the file system's microsecond", async () => {
  using world = realTree();
  const { setFileTime } = await import("../../../src/local/file-attributes.ts");
  world.put("a");
  const fd = openSync(world.at("a"), "r+");
  for (let round = 0n; round < 4000n; round++) {
    const mtimeNs =
      1_000_000_000_000_000_000n + ((round * 7_919_333_777_777_777n) % 1_000_000_000_000_000_000n);
    setFileTime(fd, mtimeNs);
    assert.equal(statSync(world.at("a"), { bigint: true }).mtimeNs / 1000n, mtimeNs / 1000n);
  }
  closeSync(fd);
});

test("E103, G19: nothing is read, written or removed through a directory that became a symlink", async () => {
  using world = realTree();
  world.put("d/a", "inside");
  const outside = `${world.root}-outside`;
  mkdirSync(outside);
  const seen = world.seen("d/a");
  renameSync(world.at("d"), `${outside}/d`); // the same file, so that only the way to it differs
  symlinkSync(`${outside}/d`, world.at("d"));
  await assert.rejects(world.tree.open(seen), stale);
  await assert.rejects(world.tree.remove(seen), stale);
  await assert.rejects(world.tree.stage(key("d/b"), chunks("x"), NEW), stale);
  await assert.rejects(world.tree.stage(key("d/e/f/b"), chunks("x"), NEW), stale);
  assert.deepEqual(readdirSync(`${outside}/d`), ["a"]);
  for (const each of ["d/a", "d/b", "d"]) {
    const unknown = "a symbolic link, never followed";
    assert.deepEqual(world.tree.observe(key(each)), { key: each, unknown, reported: false, below: false });
  }
});

test("E103, G19: a directory that becomes a symlink while content comes takes it nowhere", async () => {
  using world = realTree();
  world.put("d/old");
  const staged = await world.tree.stage(key("d/a"), chunks("x"), NEW);
  const outside = `${world.root}-outside`;
  mkdirSync(outside);
  renameSync(world.at("d"), `${world.root}-moved`);
  symlinkSync(outside, world.at("d"));
  await assert.rejects(staged.commit(), stale);
  assert.deepEqual(readdirSync(outside), []);
  assert.deepEqual(readdirSync(`${world.root}-moved`), ["old"], "the staged file is gone from where it was");
});

test("a directory that was replaced by another while content came is stale", async () => {
  using world = realTree();
  world.put("d/old");
  const staged = await world.tree.stage(key("d/a"), chunks("x"), NEW);
  renameSync(world.at("d"), world.at("moved"));
  mkdirSync(world.at("d"));
  await assert.rejects(staged.commit(), stale);
  assert.deepEqual(world.entries(), ["d/", "moved/", "moved/old"]);
});

test("E106, L8: what took the place of an observed file is not opened, replaced or removed, and nothing waits", async () => {
  using world = realTree();
  for (const make of [
    (path: string) => execFileSync("mkfifo", [path]),
    (path: string) => symlinkSync("other", path),
    (path: string) => mkdirSync(path),
  ]) {
    world.put("other", "x");
    world.put("a", "x");
    const seen = world.seen("a");
    rmSync(world.at("a"));
    make(world.at("a"));
    await assert.rejects(world.tree.open(seen), stale);
    await assert.rejects(world.tree.remove(seen), stale);
    await assert.rejects(world.tree.stage(key("a"), chunks("y"), { ...NEW, replaces: seen }), stale);
    await assert.rejects(world.tree.stage(key("a"), chunks("y"), NEW), stale);
    assert.deepEqual(
      world.entries().map((each) => each.replace("/", "")),
      ["a", "other"],
    );
    rmSync(world.at("a"), { recursive: true });
  }
});

test("E109: a directory that may not be written fails this file only, in plain words", async () => {
  using world = realTree();
  for (const each of ["closed/a", "open/a"]) world.put(each);
  chmodSync(dirname(world.root), 0o755);
  chmodSync(world.at("closed"), 0o555);
  chmodSync(world.at("open"), 0o777);
  await asNobody(async () => {
    const denied = { name: "PathError", message: "cannot be written: permission is denied (EACCES)" };
    await assert.rejects(world.tree.stage(key("closed/b"), chunks("x"), NEW), denied);
    const removal = { name: "PathError", message: "cannot be removed: permission is denied (EACCES)" };
    await assert.rejects(world.tree.remove(world.seen("closed/a")), removal);
    await (await world.tree.stage(key("open/b"), chunks("x"), NEW)).commit();
  });
  assert.deepEqual(readdirSync(world.at("closed")), ["a"]);
  chmodSync(world.at("closed"), 0o755);
});

test("E107: a file that may not be read says so", async () => {
  using world = realTree();
  world.put("a");
  chmodSync(dirname(world.root), 0o755);
  chmodSync(world.at("a"), 0o000);
  const denied = { name: "PathError", message: "cannot be read: permission is denied (EACCES)" };
  await asNobody(async () => assert.rejects(world.tree.open(world.seen("a")), denied));
});

test("L1: a full disk fails this file only, in plain words, and leaves nothing behind", async (context) => {
  using world = realTree();
  mkdirSync(world.at("small"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", world.at("small")], { stdio: "ignore" });
  } catch {
    context.skip("no file system can be mounted here");
    return;
  }
  try {
    const full = { name: "PathError", message: "cannot be written: no space is left on the disk (ENOSPC)" };
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 100; count++) yield Buffer.alloc(300_000);
    };
    await assert.rejects(world.tree.stage(key("small/d/large"), endless(), NEW), full);
    assert.deepEqual(readdirSync(world.at("small")), []);
    writeFileSync(world.at("small/filler"), Buffer.alloc(2_900_000));
    await assert.rejects(world.tree.stage(key("small/few"), chunks(Buffer.alloc(500_000)), NEW), full);
    assert.deepEqual(readdirSync(world.at("small")), ["filler"]);
    await (await world.tree.stage(key("small/tiny"), chunks("x"), NEW)).commit();
  } finally {
    execFileSync("umount", [world.at("small")]);
  }
});

test("where the source of the content fails while a write is under way, its error comes out and nothing is left", async () => {
  using world = realTree();
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    for (let count = 0; count < 5; count++) yield Buffer.alloc(1024 * 1024);
    throw new Error("cut");
  };
  await assert.rejects(world.tree.stage(key("d/e/a"), broken(), NEW), { message: "cut" });
  assert.deepEqual(world.entries(), [], "the directories that were made for it are gone, too");
});

test("directories made for content that is discarded go only as far as nothing else is in them", async () => {
  using world = realTree();
  const staged = await world.tree.stage(key("d/e/f/a"), chunks("x"), NEW);
  world.put("d/e/user");
  staged.discard();
  assert.deepEqual(world.entries(), ["d/", "d/e/", "d/e/user"]);
});

test("E100, G143: a directory goes with its last file only if this removal emptied it", async () => {
  using world = realTree();
  for (const each of ["a/b/c/d/x", "a/keep", "e/f/x", "g/x"]) world.put(each);
  mkdirSync(world.at("g/empty"));
  for (const each of ["a/b/c/d/x", "e/f/x", "g/x"]) await world.tree.remove(world.seen(each));
  assert.deepEqual(world.entries(), ["a/", "a/keep", "g/", "g/empty/"]);
  await world.tree.remove(world.seen("a/keep"));
  assert.deepEqual(world.entries(), ["g/", "g/empty/"], "and never the root");
});

test("the last file of the tree goes, the root stays", async () => {
  using world = realTree();
  world.put("a");
  await world.tree.remove(world.seen("a"));
  assert.ok(statSync(world.root).isDirectory());
});

test("an edit in the very moment of the commit is never recorded as what was written", async () => {
  using world = realTree();
  const staged = await world.tree.stage(key("a"), chunks("ours"), NEW);
  const temporary = readdirSync(world.root).find((name) => name.startsWith(".s3-bsync-")) ?? "";
  writeFileSync(world.at(temporary), "somebody else's");
  // Not stale: it has taken its place.
  await assert.rejects(staged.commit(), { name: "PathError", message: /as soon as it was written/ });
});

test("names of any bytes are written, seen, read, renamed and removed", async () => {
  using world = realTree();
  for (const name of ["\n", " a ", "é", "\u{1f600}", "\\", "%2F", "-n", "'\"", "\u0001", "x".repeat(255)]) {
    const at = key(`${name}/${name}`);
    const local = await (await world.tree.stage(at, chunks(name), NEW)).commit();
    assert.deepEqual((await world.scan()).at(0), local);
    const file = await world.tree.open(local);
    assert.equal(Buffer.from(await file.read(0, file.file.size)).toString(), name);
    file.close();
    const renamed = await world.tree.rename(local, key(`d/${[...name].slice(1).join("")}-`));
    assert.deepEqual(await world.scan(), [renamed]);
    await world.tree.remove(renamed);
    assert.deepEqual(world.entries(), []);
  }
});

test("nothing is left open: files come and go on few handles", async () => {
  using world = realTree();
  const open = (): number => readdirSync("/proc/self/fd").length;
  const before = open();
  for (let index = 0; index < 60; index++) {
    const name = `d${index % 7}/e/${index}`;
    await put(world, name, "x");
    const file = await world.tree.open(world.seen(name));
    file.close();
    file.close();
    await assert.rejects(world.tree.stage(key(`${name}/below`), chunks("x"), NEW), stale);
    await assert.rejects(world.tree.stage(key(name), chunks("x"), NEW), stale);
    (await world.tree.stage(key(`d${index}/new/x`), chunks("x"), NEW)).discard();
    const moved = await world.tree.rename(world.seen(name), key(`${name}-moved`));
    await assert.rejects(world.tree.rename(moved, key(`${name}-moved/below`)), stale);
    world.tree.sweep(key(name), `.s3-bsync-${"0".repeat(32)}`);
    world.tree.sweep(key(`${name}/x/y`), `.s3-bsync-${"0".repeat(32)}`);
    await world.tree.remove(moved);
    world.tree.observe(key(`${name}/x/y`));
    world.tree.isTaken(key(name));
  }
  assert.ok(open() <= before + 1, `${open()} handles after, ${before} before`);
});

test("a tree below a symlinked root is written where the link leads", async () => {
  using world = realTree();
  symlinkSync(world.root, `${world.root}-link`);
  const tree = directory(`${world.root}-link`, { keyPrefix: "", hidden: [] });
  await (await tree.stage(key("d/a"), chunks("x"), NEW)).commit();
  assert.equal(world.text("d/a"), "x");
});
