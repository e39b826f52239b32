/** Scenarios D: renames that meet changes of the other side, ignore rules, other maps, and disks that fold names. */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { foldingDisk, NO_MOUNT } from "../support/disks.ts";
import { inodeOf, renameHere, renameThere, type Traffic, traffic } from "../support/renaming.ts";
import { scene, startingFrom } from "../support/scene.ts";
import { assertSettled, Local, Remote } from "../support/world.ts";

const NOTHING: Traffic = { put: [], got: [], copied: [], deleted: [] };
const KEPT = { "k/1": "one", "k/2": "two" };
const start = startingFrom({ a: "content A", ...KEPT });
const startInDir = startingFrom({ "d/x": "X", "d/y": "YY", "d/z": "ZZZ", ...KEPT });

describe("scenarios D: both sides", { concurrency: 3 }, () => {
  start("68 renamed to one name here and to another there: both names are on both sides", async (parts) => {
    const { machine, L, R } = parts;
    renameHere(L, "a", "b");
    await renameThere(R, "a", "c");
    await machine.sync();
    assert.deepEqual(L.files(), { b: "content A", c: "content A", ...KEPT });
    await assertSettled(parts);
  });

  for (const [who, order, winner, loser] of [
    ["the other content wins", 9, "another b", "content A"],
    ["the renamed one wins", 0, "content A", "another b"],
  ] as const) {
    start(`69 renamed onto a name that was made there, ${who}: the loser is in the backup`, async (parts) => {
      const { machine, L, R } = parts;
      renameHere(L, "a", "b");
      await R.put("b", "another b", order);
      await machine.sync();
      assert.deepEqual(L.files(), { b: winner, ...KEPT });
      const to = join(machine.home, "back");
      assert.equal((await machine.run("--restore-backup", "latest", "--to", to)).code, 0);
      assert.deepEqual(new Local(to).files(), { b: loser });
      await assertSettled(parts);
    });
  }

  start("71 renamed alike on both sides: nothing is transferred", async (parts) => {
    const { machine, L, R } = parts;
    renameHere(L, "a", "b");
    await renameThere(R, "a", "b");
    assert.deepEqual(await traffic(machine), NOTHING);
    await assertSettled(parts);
  });

  startInDir("72 a directory renamed here, a file of it edited there: all of both is kept", async (parts) => {
    const { machine, L, R } = parts;
    renameHere(L, "d", "e");
    await R.put("d/x", "edited there", 9);
    await machine.sync();
    assert.deepEqual(L.files(), {
      "d/x": "edited there",
      "e/x": "X",
      "e/y": "YY",
      "e/z": "ZZZ",
      ...KEPT,
    });
    await assertSettled(parts);
  });

  startInDir("74 a directory renamed here, a file renamed within it there: a union", async (parts) => {
    const { machine, L, R } = parts;
    renameHere(L, "d", "e");
    await renameThere(R, "d/x", "d/new");
    await machine.sync();
    assert.deepEqual(L.files(), { "d/new": "X", "e/x": "X", "e/y": "YY", "e/z": "ZZZ", ...KEPT });
    await assertSettled(parts);
  });

  startingFrom({ "A/f": "F", "B/g": "GG", ...KEPT })(
    "77 A moved into B here, B into A there: it ends, and every file is left on both sides",
    async (parts) => {
      const { machine, L, R } = parts;
      renameHere(L, "A", "B/A");
      await renameThere(R, "B/g", "A/B/g");
      await machine.sync();
      const contents = Object.values(L.files());
      for (const content of ["F", "GG"]) assert.ok(contents.includes(content), content);
      await assertSettled(parts);
    },
  );
});

describe("scenarios D: out of the map", { concurrency: 3 }, () => {
  start("81 a file moved from one map to another is sent there, and goes here", async (parts) => {
    const { world, machine, L, R } = parts;
    const beside = new Local(join(machine.home, "beside"));
    mkdirSync(beside.root);
    const prefix = `${R.prefix}-beside`;
    const there = new Remote(world.server, prefix);
    const ran = await machine.run("--init", "--dir", beside.root, `s3://${R.bucket}/${prefix}`);
    assert.equal(ran.code, 0, ran.stderr);
    beside.write("k", "K");
    await machine.sync();
    renameHere(L, "a", "../beside/a");
    await machine.sync();
    assert.deepEqual(beside.files(), { a: "content A", k: "K" });
    assert.deepEqual(await there.files(), beside.files());
    assert.deepEqual(L.files(), KEPT);
    assert.deepEqual(await R.files(), KEPT);
    there.client.destroy();
  });

  startingFrom({ a: "content A", ".s3syncignore": "tmp/\n*.o\n", ...KEPT })(
    "82 a file moved to where it is ignored goes in the bucket, and lies here; moved back, it is new (IG1)",
    async (parts) => {
      const { machine, L, R } = parts;
      renameHere(L, "a", "tmp/a");
      const away = await traffic(machine);
      assert.deepEqual(away, { ...NOTHING, deleted: ["a"] });
      assert.equal(L.read("tmp/a"), "content A");
      await assertSettled(parts, ["tmp/a"]);
      renameHere(L, "tmp/a", "b");
      assert.deepEqual(await traffic(machine), { ...NOTHING, put: ["b"] });
      assert.equal(await R.read("b"), "content A");
      await assertSettled(parts);
    },
  );

  startingFrom({ "d/x": "X", "d/y": "YY", ".s3syncignore": "*.o\n", ...KEPT })(
    "89 ignored files go with a directory that is renamed here, stay where it is renamed there, and are never deleted",
    async (parts) => {
      const { machine, L, R } = parts;
      L.write("d/x.o", "object code");
      renameHere(L, "d", "e");
      await renameThere(R, "d/x", "g/x");
      await machine.sync();
      assert.equal(L.read("e/x.o"), "object code");
      await assertSettled(parts, ["e/x.o"]);
      const ino = inodeOf(L, "e/y");
      for (const name of ["x", "y"]) await renameThere(R, `e/${name}`, `h/${name}`);
      await machine.sync();
      assert.equal(inodeOf(L, "h/y"), ino);
      assert.deepEqual(readdirSync(L.path("e")), ["x.o"]);
      await assertSettled(parts, ["e/x.o"]);
    },
  );
});

describe("scenarios D: where the disk folds names", { concurrency: 3 }, () => {
  for (const [title, from, to] of [
    ["84 a name that changes its case", "a.txt", "A.txt"],
    ["85 a directory that changes its case", "dir/f", "Dir/f"],
    ["84 a name that changes its Unicode form", "caf\u00e9", "cafe\u0301"],
  ] as const) {
    scene(`${title} is one name afterwards, here and there (MV9)`, async ({ world, R }, t) => {
      const machine = await world.machine();
      mkdirSync(join(machine.home, "disk"));
      using disk = foldingDisk(join(machine.home, "disk"), join(machine.home, "image"));
      if (disk === undefined) return t.skip(NO_MOUNT);
      const L = new Local(disk.path);
      assert.equal((await machine.run("--init", "--dir", L.root, machine.destination)).code, 0);
      L.write(from, "content", 1);
      for (const name of ["k1", "k2"]) L.write(name, name, 1);
      await machine.sync();

      if (from.includes("/")) renameHere(L, "dir", "Dir");
      else renameHere(L, from, to);
      assert.deepEqual(await traffic(machine), { ...NOTHING, copied: [to], deleted: [from] });
      assert.deepEqual(await R.files(), { [to]: "content", k1: "k1", k2: "k2" });
      await assertSettled({ machine, L, R });

      const ino = inodeOf(L, to);
      await renameThere(R, to, from);
      assert.deepEqual(await traffic(machine), NOTHING);
      assert.equal(inodeOf(L, from), ino);
      await assertSettled({ machine, L, R });
    });
  }
});
