/** A fresh look at one path, and whether names fold. */

import assert from "node:assert/strict";
import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { foldsNames } from "../../../src/local/folds-names.ts";
import { Root } from "../../../src/local/root.ts";
import { Observer } from "../../../src/local/observe.ts";
import { keyOfText as key } from "../../../src/model/object-key.ts";
import { MemoryFileTree } from "../../support/memory-file-tree.ts";
import { asNobody, realTree } from "../../support/real-tree.ts";

test("G16: below what cannot be entered, and below a symlink, nothing is proved absent", async () => {
  using world = realTree();
  world.put("closed/a");
  world.put("real/a");
  symlinkSync("real", world.at("link"));
  chmodSync(dirname(world.root), 0o755);
  chmodSync(world.at("closed"), 0o000);
  const [denied, linked] = await asNobody(async () => [
    world.tree.observe(key("closed/b")),
    world.tree.observe(key("link/b")),
  ]);
  const because = "cannot be looked at: permission is denied (EACCES)";
  assert.deepEqual(denied, { key: "closed/b", unknown: because, reported: true, below: false });
  assert.deepEqual(linked, {
    key: "link/b",
    unknown: "a symbolic link, never followed",
    reported: false,
    below: false,
  });
});

test("G14: where the root is gone nothing is proved absent: the map ends (S5)", () => {
  using world = realTree();
  rmSync(world.root, { recursive: true });
  assert.throws(() => world.tree.observe(key("a")), { name: "GuardError" });
  assert.throws(() => world.tree.isTaken(key("a")), { name: "GuardError" });
});

test("many looks into one directory see each change of it", () => {
  using world = realTree();
  mkdirSync(world.at("d"));
  for (let index = 0; index < 50; index++) {
    assert.equal(world.tree.observe(key(`d/${index}`)), undefined);
    world.put(`d/${index}`);
    assert.equal(world.seen(`d/${index}`).size, 1);
    renameSync(world.at(`d/${index}`), world.at(`d/moved-${index}`));
    assert.equal(world.tree.observe(key(`d/${index}`)), undefined);
  }
});

test("where names fold, only the name that the directory lists is there", () => {
  using world = realTree();
  world.put("d/Name");
  const observer = new Observer(new Root(world.root), () => true);
  assert.deepEqual(observer.observe(key("d/Name")), world.seen("d/Name"));
  assert.equal(observer.observe(key("d/name")), undefined);
});

test("F118: in a tree that folds names a twin is taken, not there, and never replaced", async () => {
  const tree = new MemoryFileTree({ folds: true });
  tree.put("d/Name", "x");
  assert.equal(tree.observe(key("d/name")), undefined);
  assert.equal(tree.isTaken(key("d/name")), true);
  const staged = tree.stage(key("d/name"), (async function* () {})(), {
    mtimeNs: 0n,
    replaces: undefined,
    announce: async () => {},
  });
  await assert.rejects(staged, { name: "Stale" });
  assert.equal(tree.text("d/Name"), "x");
});

test("a directory that keeps case apart does not fold names, be it empty or hold links that look like twins", () => {
  using world = realTree();
  assert.equal(foldsNames(world.root), false);
  world.put("twin");
  linkSync(world.at("twin"), world.at("TWIN"));
  assert.equal(foldsNames(world.root), false);
  assert.equal(foldsNames(`${world.root}/missing`), false);
  assert.equal(world.tree.foldsNames, false);
});
