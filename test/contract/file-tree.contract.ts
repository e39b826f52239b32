/** What every `FileTree` must do to be looked at and read. Run by the memory and the real directory alike. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { isUnknown } from "../../src/model/observation.ts";
import { keyOfText as key, type ObjectKey } from "../../src/model/object-key.ts";
import { WHOLE } from "../support/real-tree.ts";
import {
  chunked,
  collect,
  type FileTreeFixture,
  keys,
  md5,
  MIB,
  only,
  type OpenTree,
  patterned,
  stale,
  texts,
} from "../support/tree-world.ts";

export function describeFileTree({ name, open }: FileTreeFixture): void {
  describe(`FileTree contract: ${name}`, () => {
    describeScan(open);
    describePruning(open);
    describeLooks(open);
    describeReading(open);
  });
}

function describeScan(open: OpenTree): void {
  test("O3, F122: a scan ascends by the bytes of the keys, directories among files", async () => {
    await using world = await open();
    const ascending = [
      "a-b",
      "a.txt",
      "a/x",
      "a0",
      "test-1.txt",
      "test.txt",
      "test/a",
      "test0",
      "é",
      "～",
      "😀",
    ];
    for (const each of ascending.toReversed()) world.put(each, "x");
    assert.deepEqual(await keys(world.tree), ascending);
  });

  test("a scan gives size and time of every file", async () => {
    await using world = await open();
    world.put("a", "12345", 1_600_000_000_123.456);
    const file = await only(world.tree);
    assert.equal(file.size, 5);
    assert.ok(Math.abs(file.mtimeMs - 1_600_000_000_123.456) < 0.002, `${file.mtimeMs}`);
  });

  test("a scan of an empty tree gives nothing, and is not pruned", async () => {
    await using world = await open();
    const scan = world.tree.scan(WHOLE);
    assert.deepEqual(await collect(scan.batches), []);
    assert.equal(scan.pruned(), false);
  });

  test("a scan that is not recursive gives the files at the top only", async () => {
    await using world = await open();
    for (const each of ["a", "b/c", "d"]) world.put(each, "x");
    assert.deepEqual(await keys(world.tree, { ...WHOLE, recursive: false }), ["a", "d"]);
  });

  test("a scan may be begun again and sees what is there by then", async () => {
    await using world = await open();
    world.put("a", "x");
    const first = world.tree.scan(WHOLE);
    world.put("b", "x");
    assert.equal((await collect(first.batches)).length, 2, "nothing is read before it is asked for");
    world.erase("a");
    assert.deepEqual(await keys(world.tree), ["b"]);
  });
}

function describePruning(open: OpenTree): void {
  test("IG8: a directory that the rules ignore gives only what is tracked below it", async () => {
    await using world = await open();
    world.put(".s3syncignore", "out/\n");
    for (const each of ["in", "out/a", "out/b/c", "out/b/d", "out/e/f", "zone"]) world.put(each, "x");
    const asked: ObjectKey[] = [];
    const tracked = (at: ObjectKey): ObjectKey | undefined => {
      asked.push(at);
      return ["in", "out/b/d", "outside"].map(key).find((each) => each >= at);
    };
    const scan = world.tree.scan({ ...WHOLE, tracked });
    assert.deepEqual(texts(await collect(scan.batches)), [".s3syncignore", "in", "out/b/d", "zone"]);
    assert.equal(scan.pruned(), true);
    assert.deepEqual(asked, asked.toSorted(), "asked with ascending keys");
  });

  test("IG8: single files that the rules match are given: only their untracked rows are struck later", async () => {
    await using world = await open();
    world.put(".s3syncignore", "*.o\n");
    world.put("a.o", "x");
    const scan = world.tree.scan(WHOLE);
    assert.deepEqual(texts(await collect(scan.batches)), [".s3syncignore", "a.o"]);
    assert.equal(scan.pruned(), false);
  });

  test("IG3: a nested ignore file prunes below its directory and may take back a rule from above", async () => {
    await using world = await open();
    world.put(".s3syncignore", "cache/\n");
    world.put("a/.s3syncignore", "!cache/\nlog/\n");
    for (const each of ["a/cache/x", "a/log/x", "cache/x", "log/x"]) world.put(each, "x");
    const scan = world.tree.scan(WHOLE);
    const expected = [".s3syncignore", "a/.s3syncignore", "a/cache/x", "log/x"];
    assert.deepEqual(texts(await collect(scan.batches)), expected);
    assert.deepEqual(
      [...scan.ignoreTexts],
      [
        ["", "cache/\n"],
        ["a/", "!cache/\nlog/\n"],
      ],
    );
  });

  test("IG9: what an ignore file is taken to say goes before what stands on disk", async () => {
    await using world = await open();
    world.put(".s3syncignore", "a/\n");
    for (const each of ["a/x", "b/x"]) world.put(each, "x");
    const scan = world.tree.scan({ ...WHOLE, overrides: new Map([[key(""), "b/\n"]]) });
    assert.deepEqual(texts(await collect(scan.batches)), [".s3syncignore", "a/x"]);
    assert.equal(scan.ignoreTexts.get(key("")), "b/\n");
  });
}

function describeLooks(open: OpenTree): void {
  test("a look at one path sees what a scan sees", async () => {
    await using world = await open();
    world.put("d/a", "x");
    assert.deepEqual(world.tree.observe(key("d/a")), await only(world.tree));
  });

  test("a look where nothing is, in a missing directory, below a file, or at a directory, sees nothing", async () => {
    await using world = await open();
    world.put("d/a", "x");
    for (const each of ["b", "d/b", "e/f/g", "d/a/b", "d"])
      assert.equal(world.tree.observe(key(each)), undefined);
  });

  test("F112: a look at a name that cannot be a file tells nothing", async () => {
    await using world = await open();
    for (const each of ["../x", "a/../../x", "/abs", "./a", "a//b", "", "a\0b"]) {
      const seen = world.tree.observe(key(each));
      assert.ok(seen !== undefined && isUnknown(seen), each);
    }
  });

  test("a name is taken once a file has it", async () => {
    await using world = await open();
    world.put("a", "x");
    assert.equal(world.tree.isTaken(key("a")), true);
    assert.equal(world.tree.isTaken(key("b")), false);
  });

  test("the root has an identity that stays", async () => {
    await using world = await open();
    const first = world.tree.identity();
    world.put("a", "x");
    assert.ok(first !== undefined);
    assert.deepEqual(world.tree.identity(), first);
  });
}

function describeReading(open: OpenTree): void {
  test("a file is read in any pieces", async () => {
    await using world = await open();
    world.put("a", "0123456789");
    const file = await world.tree.open(await only(world.tree));
    assert.equal(Buffer.from(await file.read(0, 10)).toString(), "0123456789");
    assert.equal(Buffer.from(await file.read(3, 4)).toString(), "3456");
    assert.equal((await file.read(10, 0)).length, 0);
    await assert.rejects(file.read(8, 3), stale, "shorter than what is asked for");
    file.unchanged();
    file.close();
  });

  test("a file is opened only as it was observed", async () => {
    await using world = await open();
    world.put("a", "one");
    const seen = await only(world.tree);
    world.put("a", "two!");
    await assert.rejects(world.tree.open(seen), stale);
    world.erase("a");
    await assert.rejects(world.tree.open(seen), stale);
  });

  test("G17: a file that changed after it was opened is told", async () => {
    await using world = await open();
    world.put("a", "one");
    const file = await world.tree.open(await only(world.tree));
    file.unchanged();
    world.put("a", "other");
    assert.throws(() => file.unchanged(), stale);
    await assert.rejects(file.etags(5), stale);
    await assert.rejects(file.sha256(), stale);
    file.close();
  });

  for (const [size, part] of [
    [0, 5],
    [1, 5],
    [5, 5],
    [6, 5],
    [10, 5],
    [11, 5],
    [3 * MIB + 1, MIB + 7],
  ] as const) {
    test(`ETags of ${size} bytes in parts of ${part} are those of S3`, async () => {
      await using world = await open();
      const content = patterned(size);
      world.put("a", content);
      const file = await world.tree.open(await only(world.tree));
      const parts = Array.from({ length: Math.max(1, Math.ceil(size / part)) }, (_, index) =>
        md5(content.subarray(index * part, (index + 1) * part)),
      );
      assert.deepEqual(await file.etags(part), {
        single: md5(content).toString("hex"),
        multipart: `${md5(Buffer.concat(parts)).toString("hex")}-${parts.length}`,
      });
      file.close();
    });
  }

  test("the SHA-256 of a file is that of its content, of any size", async () => {
    await using world = await open();
    for (const size of [0, 1, MIB, 3 * MIB + 1]) {
      const content = patterned(size);
      world.put("a", content);
      const file = await world.tree.open(await only(world.tree));
      assert.equal(await file.sha256(), createHash("sha256").update(content).digest("hex"));
      file.close();
    }
  });

  test("content is compared with a stream, whatever the chunks are", async () => {
    await using world = await open();
    const content = patterned(3 * MIB);
    world.put("a", content);
    const file = await world.tree.open(await only(world.tree));
    const other = Buffer.from(content);
    other[2 * MIB + 5] = 0;
    assert.equal(await file.equals(chunked(content, 700_001)), true);
    assert.equal(await file.equals(chunked(content, 3 * MIB)), true);
    assert.equal(await file.equals(chunked(other, 700_001)), false, "another byte");
    assert.equal(await file.equals(chunked(content.subarray(1), MIB)), false, "shorter");
    assert.equal(await file.equals(chunked(Buffer.concat([content, other]), MIB)), false, "longer");
    assert.equal(await file.equals(chunked(Buffer.alloc(0), 1)), false, "nothing");
    file.close();
  });
}
