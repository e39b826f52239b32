/** What every `FileTree` must do to be changed. Run by the memory and the real directory alike. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { keyOfText as key } from "../../src/model/object-key.ts";
import { observed } from "../support/real-tree.ts";
import {
  chunked,
  type FileTreeFixture,
  keys,
  MIB,
  NEW,
  only,
  type OpenTree,
  patterned,
  stale,
} from "../support/tree-world.ts";

export function describeTreeChanges({ name, open }: FileTreeFixture): void {
  describe(`FileTree contract, changes: ${name}`, () => {
    describeWriting(open);
    describeSettingAside(open);
    describeRemoving(open);
    describeRenaming(open);
  });
}

function describeWriting(open: OpenTree): void {
  test("G6: staged content is not seen before it is committed, then it is there with its time", async () => {
    await using world = await open();
    const staged = await world.tree.stage(key("d/e/a"), chunked("hello", 2), NEW);
    assert.deepEqual(await keys(world.tree), []);
    const committed = await staged.commit();
    assert.equal(world.text("d/e/a"), "hello");
    assert.deepEqual(await only(world.tree), committed, "what is returned is what the next scan sees");
    assert.ok(Math.abs(committed.mtimeMs - 1_700_000_000_123.456) < 0.002, `${committed.mtimeMs}`);
    const file = await world.tree.open(committed);
    assert.equal(file.mtimeNs, NEW.mtimeNs);
    file.close();
    assert.deepEqual(world.paths(), ["d/e/a"]);
  });

  test("an empty file, one in many chunks and one of many megabytes arrive whole", async () => {
    await using world = await open();
    const content = patterned(5 * MIB + 3);
    for (const [name, bytes, size] of [
      ["empty", Buffer.alloc(0), 1],
      ["large", content, 65_536],
      ["one", content, 9e9],
    ] as const) {
      const local = await (await world.tree.stage(key(name), chunked(bytes, size), NEW)).commit();
      const file = await world.tree.open(local);
      assert.equal(await file.equals(chunked(bytes, MIB)), true, name);
      file.close();
    }
  });

  test("G4: a file is replaced only if it is still what was observed", async () => {
    await using world = await open();
    world.put("a", "one");
    const before = await only(world.tree);
    const staged = await world.tree.stage(key("a"), chunked("new", 9), { ...NEW, replaces: before });
    assert.equal(world.text("a"), "one");
    await staged.commit();
    assert.equal(world.text("a"), "new");

    const now = await only(world.tree);
    const late = await world.tree.stage(key("a"), chunked("newer", 9), { ...NEW, replaces: now });
    world.put("a", "by the user");
    await assert.rejects(late.commit(), stale);
    assert.equal(world.text("a"), "by the user");
    assert.deepEqual(world.paths(), ["a"]);
    await assert.rejects(world.tree.stage(key("a"), chunked("x", 1), { ...NEW, replaces: now }), stale);
  });

  test("G4: a file that went is not replaced, and one that came is not overwritten", async () => {
    await using world = await open();
    world.put("a", "one");
    const replaces = await only(world.tree);
    const gone = await world.tree.stage(key("a"), chunked("new", 9), { ...NEW, replaces });
    world.erase("a");
    await assert.rejects(gone.commit(), stale);
    assert.deepEqual(world.paths(), []);

    const came = await world.tree.stage(key("a"), chunked("new", 9), NEW);
    world.put("a", "by the user");
    await assert.rejects(came.commit(), stale);
    assert.equal(world.text("a"), "by the user");
    await assert.rejects(world.tree.stage(key("a"), chunked("new", 9), NEW), stale);
    assert.deepEqual(world.paths(), ["a"]);
  });

  test("E96: nothing is written below a file", async () => {
    await using world = await open();
    world.put("a", "x");
    await assert.rejects(world.tree.stage(key("a/b"), chunked("new", 9), NEW), stale);
    assert.equal(world.text("a"), "x");
  });

  test("what is discarded, and what breaks off, leaves nothing behind", async () => {
    await using world = await open();
    const staged = await world.tree.stage(key("d/a"), chunked("new", 9), NEW);
    staged.discard();
    staged.discard();
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from("half");
      throw new Error("cut");
    };
    await assert.rejects(world.tree.stage(key("d/b"), broken(), NEW), { message: "cut" });
    assert.deepEqual(world.paths(), []);
  });

  test("F112, G19: no key leads out of the tree, and none is that of a temporary file", async () => {
    await using world = await open();
    const temporary = `.s3-bsync-${"0123456789abcdef".repeat(2)}`;
    for (const each of ["../x", "a/../../x", "/abs", "./a", "a//b", "a\0b", temporary, `d/${temporary}`]) {
      await assert.rejects(world.tree.stage(key(each), chunked("x", 1), NEW), { name: "PathError" }, each);
      const file = { key: key(each), size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0 };
      await assert.rejects(world.tree.open(file), { name: "PathError" }, each);
      await assert.rejects(world.tree.remove(file), { name: "PathError" }, each);
      await assert.rejects(world.tree.rename(file, key("a")), { name: "PathError" }, each);
      world.put("a", "x");
      await assert.rejects(
        world.tree.rename(observed(world.tree, key("a")), key(each)),
        { name: "PathError" },
        each,
      );
      world.erase("a");
    }
  });

  test("many files are staged and committed side by side", async () => {
    await using world = await open();
    const names = Array.from({ length: 60 }, (_, index) => `d${index % 3}/e/${index}`);
    await Promise.all(
      names.map(async (each) => (await world.tree.stage(key(each), chunked(each, 2), NEW)).commit()),
    );
    assert.deepEqual(await keys(world.tree), names.toSorted());
    for (const each of names) assert.equal(world.text(each), each);
  });
}

function describeSettingAside(open: OpenTree): void {
  test("X12: the hidden name is announced, and that is awaited, before anything is made", async () => {
    await using world = await open();
    const announced: string[] = [];
    const announce = async (name: string): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      announced.push(name);
      assert.deepEqual(world.paths(), []);
    };
    const staged = await world.tree.stage(key("d/a"), chunked("new", 9), { ...NEW, announce });
    assert.equal(announced.length, 1);
    assert.match(announced[0] ?? "", /^\.s3-bsync-[0-9a-f]{32}$/);
    assert.deepEqual(world.paths(), [`d/${announced[0]}`], "beside its place, and nowhere else");
    await staged.commit();
    assert.deepEqual(world.paths(), ["d/a"]);
  });

  test("X12: where the announcement fails nothing is made, and its error comes out", async () => {
    await using world = await open();
    const announce = async (): Promise<void> => {
      throw new Error("no journal");
    };
    const refused = world.tree.stage(key("d/a"), chunked("new", 9), { ...NEW, announce });
    await assert.rejects(refused, { message: "no journal" });
    assert.deepEqual(world.paths(), []);
  });

  test("X12: no two names of hidden files are the same", async () => {
    await using world = await open();
    const names = new Set<string>();
    const announce = async (name: string): Promise<void> => void names.add(name);
    for (let count = 0; count < 20; count++)
      (await world.tree.stage(key("a"), chunked("x", 1), { ...NEW, announce })).discard();
    assert.equal(names.size, 20);
  });

  test("what is staged is known before it is in its place, all but its ctime", async () => {
    await using world = await open();
    for (const path of ["a", "d/e", "a"]) {
      const there = world.text(path) === undefined ? undefined : observed(world.tree, key(path));
      const staged = await world.tree.stage(key(path), chunked("hello", 2), { ...NEW, replaces: there });
      const { ctimeMs } = await staged.commit();
      assert.deepEqual({ ...staged.file, ctimeMs }, observed(world.tree, key(path)));
    }
  });

  test("X12: a sweep clears away what was set aside beside a key, and nothing else", async () => {
    await using world = await open();
    const leave = async (path: string): Promise<string> => {
      let left = "";
      const announce = async (name: string): Promise<void> => void (left = name);
      await world.tree.stage(key(path), chunked("new", 9), { ...NEW, announce });
      return left;
    };
    const swept = await leave("d/a");
    const other = await leave("d/b");
    const users = ["d/.s3-bsync-notes", `d/x${other}`, "d/user", "user"];
    for (const each of users) world.put(each, "by the user");
    world.tree.sweep(key("d/a"), swept);
    const kept = [...users, `d/${other}`].toSorted();
    assert.deepEqual(world.paths(), kept);
    for (const each of [
      "user",
      ".s3-bsync-notes",
      "../user",
      `x${other}`,
      `../d/${other}`,
      "",
      ".",
      "..",
      swept,
    ])
      world.tree.sweep(key("d/a"), each);
    for (const each of ["a", "e/a", "d/user/a", "user/a/b", "../d/b", "/d/b", "d//b"])
      world.tree.sweep(key(each), other);
    assert.deepEqual(world.paths(), kept);
  });
}

function describeRemoving(open: OpenTree): void {
  test("G5: a file is removed only if it is still what was observed", async () => {
    await using world = await open();
    world.put("a", "one");
    const before = await only(world.tree);
    world.put("a", "two!");
    await assert.rejects(world.tree.remove(before), stale);
    assert.equal(world.text("a"), "two!");
    const now = await only(world.tree);
    await world.tree.remove(now);
    assert.deepEqual(world.paths(), []);
    await assert.rejects(world.tree.remove(now), stale, "gone already");
  });

  test("removing one file leaves the others", async () => {
    await using world = await open();
    for (const each of ["a/b/c", "a/d"]) world.put(each, "x");
    await world.tree.remove(observed(world.tree, key("a/b/c")));
    assert.deepEqual(world.paths(), ["a/d"]);
  });
}

function describeRenaming(open: OpenTree): void {
  test("X13: a renamed file is the same file under another name", async () => {
    await using world = await open();
    world.put("d/a", "content", 1_600_000_000_123.456);
    const before = observed(world.tree, key("d/a"));
    const renamed = await world.tree.rename(before, key("e/f/b"));
    assert.deepEqual(world.paths(), ["e/f/b"]);
    assert.equal(world.text("e/f/b"), "content");
    assert.deepEqual(
      renamed,
      observed(world.tree, key("e/f/b")),
      "what is returned is what the next look sees",
    );
    const { ctimeMs } = renamed;
    assert.deepEqual(renamed, { ...before, key: "e/f/b", ctimeMs });
    await world.tree.rename(renamed, key("d/a"));
    assert.deepEqual(world.paths(), ["d/a"]);
  });

  test("G4, X13: a file is renamed only if it is still what was observed", async () => {
    await using world = await open();
    world.put("a", "one");
    const before = await only(world.tree);
    world.put("a", "two!");
    await assert.rejects(world.tree.rename(before, key("d/b")), stale);
    assert.equal(world.text("a"), "two!");
    assert.deepEqual(world.paths(), ["a"]);
    world.erase("a");
    await assert.rejects(world.tree.rename(before, key("d/b")), stale);
    assert.deepEqual(world.paths(), []);
  });

  test("G4, X13: a rename never replaces anything", async () => {
    await using world = await open();
    for (const each of ["a", "b", "d/x"]) world.put(each, each);
    const file = observed(world.tree, key("a"));
    for (const each of ["b", "d", "a", "b/c", "a/a"])
      await assert.rejects(world.tree.rename(file, key(each)), stale, each);
    await assert.rejects(world.tree.rename(observed(world.tree, key("d/x")), key("d")), stale);
    for (const each of ["a", "b", "d/x"]) assert.equal(world.text(each), each);
    assert.deepEqual(world.paths(), ["a", "b", "d/x"]);
    assert.deepEqual(observed(world.tree, key("a")), file, "nor does one that fails leave a trace");
  });

  test("X13: many files are renamed side by side, each into the directory that another one leaves", async () => {
    await using world = await open();
    const names = Array.from({ length: 40 }, (_, index) => `d${index % 4}/e/${index}`);
    for (const each of names) world.put(each, each);
    const next = (name: string): string => name.replace(/^d(\d)/, (_, at) => `d${(Number(at) + 1) % 4}`);
    await Promise.all(
      names.map((each) => world.tree.rename(observed(world.tree, key(each)), key(next(each)))),
    );
    assert.deepEqual(world.paths(), names.map(next).toSorted());
    for (const each of names) assert.equal(world.text(next(each)), each);
  });
}
