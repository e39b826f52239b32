/** The scan of a real directory: what is odd, unreadable, ours or ignored. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { directory } from "../../../src/local/directory.ts";
import { MAX_IGNORE_BYTES } from "../../../src/model/ignoring.ts";
import { isUnknown, type LocalFile, type Unknown } from "../../../src/model/observation.ts";
import { IGNORE_FILE, keyOfText } from "../../../src/model/object-key.ts";
import { asNobody, realTree, scanned } from "../../support/real-tree.ts";

/** `?` marks an unknown, `!` one that is reported, and a final `/` one that stands for all below it. */
function shown(seen: readonly (LocalFile | Unknown)[]): string[] {
  for (const each of seen)
    if (isUnknown(each)) assert.equal(each.below, each.key === "" || each.key.endsWith("/"));
  return seen.map((each) => each.key + (isUnknown(each) ? (each.reported ? " !" : " ?") : ""));
}

test("E101: a symlink is never followed: it and all below it are unknown, each in its place, and not reported", async () => {
  using world = realTree();
  world.put("dir/x");
  world.put("a-b");
  world.put("a0");
  symlinkSync("dir", world.at("a"));
  symlinkSync("a-b", world.at("b"));
  symlinkSync("..", world.at("up"));
  symlinkSync("nowhere", world.at("z"));
  const expected = ["a ?", "a-b", "a/ ?", "a0", "b ?", "b/ ?", "dir/x", "up ?", "up/ ?", "z ?", "z/ ?"];
  assert.deepEqual(shown(await world.scan()), expected);
});

test("O3: a directory with very many names, which are read one by one, is scanned as any other", async () => {
  using world = realTree();
  const long = "n".repeat(240); // with 5000 of them most file systems call the directory itself a MiB long
  const names = Array.from({ length: 5000 }, (_, index) => `many-\u00e9/${index}-${long}`);
  for (const name of [...names, "many-\u00e9/a/x", "many-\u00e9/a-b"]) world.put(name);
  symlinkSync("a-b", world.at("many-\u00e9/link"));
  const others = ["many-\u00e9/a-b", "many-\u00e9/a/x"].map(keyOfText);
  const expected = [
    ...names.map(keyOfText).toSorted(),
    ...others,
    ...["link ?", "link/ ?"].map((each) => keyOfText("many-\u00e9/") + each),
  ];
  assert.deepEqual(shown(await world.scan()), expected);
});

test("E106: a FIFO or a socket is skipped without waiting for it", async () => {
  using world = realTree();
  world.put("a");
  execFileSync("mkfifo", [world.at("fifo")]);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(world.at("socket"), resolve));
  try {
    assert.deepEqual(shown(await world.scan()), ["a", "fifo ?", "fifo/ ?", "socket ?", "socket/ ?"]);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test("E104: a root that is a symlink works, and its identity is its real path", async () => {
  using world = realTree();
  world.put("a");
  const link = `${world.root}-link`;
  symlinkSync(world.root, link);
  const tree = directory(link, { keyPrefix: "", hidden: [] });
  assert.deepEqual(shown(await scanned(tree)), ["a"]);
  assert.deepEqual(tree.identity(), world.tree.identity());
});

test("E107, G16: what cannot be read is unknown and reported; a directory with all below it", async () => {
  using world = realTree();
  for (const each of ["a", "closed/x", "listed/x", "z"]) world.put(each);
  chmodSync(dirname(world.root), 0o755);
  chmodSync(world.at("closed"), 0o000);
  chmodSync(world.at("listed"), 0o444); // its names can be read, what they name cannot
  try {
    assert.deepEqual(shown(await asNobody(() => world.scan())), ["a", "closed/ !", "listed/x !", "z"]);
  } finally {
    chmodSync(world.at("closed"), 0o700);
  }
});

test("a root that is gone, or no directory, is unknown as a whole, and has no identity", async () => {
  using world = realTree();
  rmSync(world.root, { recursive: true });
  assert.deepEqual(shown(await world.scan()), [" !"]);
  assert.equal(world.tree.identity(), undefined);
  writeFileSync(world.root, "x");
  assert.deepEqual(shown(await world.scan()), [" !"]);
  assert.equal(world.tree.identity(), undefined);
});

test("F120: a name that is not UTF-8 is reported, a directory of such a name with all below it", async () => {
  using world = realTree();
  world.put("é");
  writeFileSync(Buffer.concat([Buffer.from(`${world.root}/a`), Buffer.of(0xff)]), "x");
  mkdirSync(Buffer.concat([Buffer.from(`${world.root}/d`), Buffer.of(0xc3)]));
  assert.deepEqual(shown(await world.scan()), ["a\xff !", "d\xc3/ !", keyOfText("é")]);
});

test("F119: a key that with the prefix is longer than S3 can hold is reported, one that just fits is not", async () => {
  const deep = Array.from({ length: 4 }, () => "d".repeat(200)).join("/");
  const name = "n".repeat(200);
  const fits = 1024 - `${deep}/${name}`.length - 1;
  for (const [prefixBytes, expected] of [
    [fits + 1, [`${deep}/${name}`]],
    [fits + 2, [`${deep}/${name} !`]],
    [1024 - deep.length, [`${deep}/ !`]],
  ] as const) {
    using world = realTree({ keyPrefix: "p".repeat(prefixBytes) });
    world.put(`${deep}/${name}`);
    assert.deepEqual(shown(await world.scan()), expected);
  }
});

test("F128: our temporary files are not seen wherever they lie; a user's files like them are", async () => {
  using world = realTree();
  const ours = `.s3-bsync-${"0123456789abcdef".repeat(2)}`;
  const like = [`${ours}0`, `.s3-bsync-${"G".repeat(32)}`, ".s3-bsync-notes", `${ours}.txt`, `x${ours}`];
  for (const each of [ours, `d/${ours}`, ...like]) world.put(each);
  world.put(`dir/${ours}/inside`);
  assert.deepEqual(shown(await world.scan()), [...like, `dir/${ours}/inside`].toSorted());
});

test("F128: the state file and its companion folder are left alone wherever they lie", async () => {
  using outer = realTree();
  const stateFile = join(outer.root, "sub/state");
  const link = `${outer.root}-link`;
  symlinkSync(outer.root, link);
  for (const hidden of [
    [stateFile, `${stateFile}.d`],
    [`${link}/sub/state`, `${link}/sub/state.d`],
  ]) {
    const tree = directory(outer.root, { keyPrefix: "", hidden });
    for (const each of ["sub/state", "sub/state.d/lock", "sub/state.data", "sub/state.d-x"]) outer.put(each);
    const expected = ["sub/state ?", "sub/state.d-x", "sub/state.d/ ?", "sub/state.data"];
    assert.deepEqual(shown(await scanned(tree)), expected);
    for (const each of ["sub/state", "sub/state.d/lock"]) {
      const refused = tree.stage(keyOfText(each), (async function* () {})(), {
        mtimeNs: 0n,
        replaces: undefined,
        announce: async () => {},
      });
      await assert.rejects(refused, { name: "PathError" });
    }
  }
});

for (const [what, spoil] of [
  ["too large", (path: string) => writeFileSync(path, "#".repeat(MAX_IGNORE_BYTES + 1))],
  ["a symlink", (path: string) => symlinkSync("/dev/null", path)],
  ["a FIFO", (path: string) => execFileSync("mkfifo", [path])],
] as const) {
  test(`IG12 G137: an ignore file that is ${what} makes its directory unknown, and only that`, async () => {
    using world = realTree();
    for (const each of ["a", "d/x", "d/e/y", "z"]) world.put(each);
    spoil(world.at(`d/${IGNORE_FILE}`));
    assert.deepEqual(shown(await world.scan()), ["a", "d/ !", "z"]);
    const overrides = new Map([[keyOfText("d/"), "e/"]]);
    const known = shown(await world.scan({ overrides }));
    assert.deepEqual(
      known.filter((each) => !each.includes(IGNORE_FILE)),
      ["a", "d/x", "z"],
      "where it is known what it says, it is not read",
    );
  });
}

test("IG12 G137: an ignore file that may not be read makes its directory unknown", async () => {
  using world = realTree();
  for (const each of ["a", IGNORE_FILE]) world.put(each);
  chmodSync(dirname(world.root), 0o755);
  chmodSync(world.at(IGNORE_FILE), 0o000);
  assert.deepEqual(shown(await asNobody(() => world.scan())), [" !"]);
});

test("IG12 G137: an ignore file of exactly the largest size counts, and a directory of that name is none", async () => {
  using world = realTree();
  world.put(IGNORE_FILE, "b/\n".padEnd(MAX_IGNORE_BYTES, "#"));
  for (const each of ["b/x", `c/${IGNORE_FILE}/x`]) world.put(each);
  assert.deepEqual(shown(await world.scan()), [IGNORE_FILE, `c/${IGNORE_FILE}/x`]);
});

test("IG8: in an ignored directory odd things count only where something tracked is concerned", async () => {
  using world = realTree();
  world.put(IGNORE_FILE, "out/\n");
  for (const each of ["out/a/x", "out/b/x"]) world.put(each);
  symlinkSync("a", world.at("out/link"));
  symlinkSync("a", world.at("out/was"));
  const keys = ["out/b/x", "out/was", "out/was/x"].map(keyOfText);
  const tracked = (at: string) => keys.find((each) => each >= at);
  assert.deepEqual(shown(await world.scan({ tracked })), [IGNORE_FILE, "out/b/x", "out/was ?", "out/was/ ?"]);
});

test("a directory 200 levels deep and one of 10,000 files are walked in order, with turns for others", async () => {
  using world = realTree();
  const deep = `${"d/".repeat(200)}x`;
  world.put(deep);
  for (let index = 0; index < 10_000; index++) linkSync(world.at(deep), world.at(`f${index}`)); // cheaper than new files
  let turns = 0;
  let done = false;
  const turn = (): void => {
    turns++;
    if (!done) setImmediate(turn);
  };
  setImmediate(turn);
  const keys = (await world.scan()).map((each) => each.key);
  done = true;
  assert.equal(keys.length, 10_001);
  assert.deepEqual(keys, keys.toSorted());
  assert.equal(keys[0], deep);
  assert.ok(turns > 2, `${turns} turns`);
});

test("a file that changes its kind while it is looked at is unknown with all below it, in order", async () => {
  using world = realTree();
  for (let index = 0; index < 600; index++) world.put(`f${index}`);
  for (const each of ["g", "g-1", "g0", "h"]) world.put(each);
  const seen: (LocalFile | Unknown)[] = [];
  for await (const batch of world.tree.scan({
    recursive: true,
    overrides: new Map(),
    tracked: () => undefined,
  }).batches) {
    if (seen.length === 0) {
      // The names are read by now; only the first batch was looked at.
      renameSync(world.at("g"), world.at("moved"));
      symlinkSync("moved", world.at("g"));
      rmSync(world.at("h"));
    }
    seen.push(...batch);
  }
  assert.deepEqual(shown(seen).slice(600), ["g ?", "g-1", "g/ ?", "g0", "h ?", "h/ ?"]);
});
