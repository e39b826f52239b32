/** What every `FileTree` must do. Run by the memory and the real directory alike. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { isUnknown, type LocalFile, type Unknown } from "../../src/model/observation.ts";
import { keyOfText as key, keyText, type ObjectKey } from "../../src/model/object-key.ts";
import type { FileTree, ScanOptions } from "../../src/ports/file-tree.ts";

/** An empty tree, and the hands of a user beside the program. */
export interface FileTreeWorld extends AsyncDisposable {
  readonly tree: FileTree;
  /** Writes a file, its directories too. */
  put(path: string, content: string | Uint8Array, mtimeMs?: number): void;
  /** @returns undefined: there is no such file */
  text(path: string): string | undefined;
  erase(path: string): void;
  /** Every file that is there, ours too, sorted. */
  paths(): string[];
}

export interface FileTreeFixture {
  readonly name: string;
  open(): Promise<FileTreeWorld>;
}

const WHOLE: ScanOptions = { recursive: true, overrides: new Map(), tracked: () => undefined };
const NEW = { mtimeNs: 1_700_000_000_123_456_000n, replaces: undefined };
const MIB = 1024 * 1024;
const stale = { name: "Stale" };

export function describeFileTree({ name, open }: FileTreeFixture): void {
  describe(`FileTree contract: ${name}`, () => {
    describeScan(open);
    describePruning(open);
    describeLooks(open);
    describeReading(open);
    describeWriting(open);
    describeRemoving(open);
  });
}

type Open = FileTreeFixture["open"];

function describeScan(open: Open): void {
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

function describePruning(open: Open): void {
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

function describeLooks(open: Open): void {
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

function describeReading(open: Open): void {
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

function describeWriting(open: Open): void {
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
    const seen = await only(world.tree);
    const staged = await world.tree.stage(key("a"), chunked("new", 9), { ...NEW, replaces: seen });
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

function describeRemoving(open: Open): void {
  test("G5: a file is removed only if it is still what was observed", async () => {
    await using world = await open();
    world.put("a", "one");
    const seen = await only(world.tree);
    world.put("a", "two!");
    await assert.rejects(world.tree.remove(seen), stale);
    assert.equal(world.text("a"), "two!");
    const now = await only(world.tree);
    await world.tree.remove(now);
    assert.deepEqual(world.paths(), []);
    await assert.rejects(world.tree.remove(now), stale, "gone already");
  });

  test("removing one file leaves the others", async () => {
    await using world = await open();
    for (const each of ["a/b/c", "a/d"]) world.put(each, "x");
    const seen = world.tree.observe(key("a/b/c"));
    assert.ok(seen !== undefined && !isUnknown(seen));
    await world.tree.remove(seen);
    assert.deepEqual(world.paths(), ["a/d"]);
  });
}

async function collect(
  batches: AsyncIterable<readonly (LocalFile | Unknown)[]> | Iterable<readonly (LocalFile | Unknown)[]>,
): Promise<(LocalFile | Unknown)[]> {
  const all: (LocalFile | Unknown)[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

function texts(seen: readonly (LocalFile | Unknown)[]): string[] {
  return seen.map((each) => (isUnknown(each) ? `${keyText(each.key)} ?` : keyText(each.key)));
}

async function keys(tree: FileTree, options = WHOLE): Promise<string[]> {
  return texts(await collect(tree.scan(options).batches));
}

async function only(tree: FileTree): Promise<LocalFile> {
  const [file, ...others] = await collect(tree.scan(WHOLE).batches);
  assert.ok(file !== undefined && !isUnknown(file) && others.length === 0);
  return file;
}

function patterned(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) % 251));
}

async function* chunked(content: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function md5(bytes: Uint8Array): Buffer {
  return createHash("md5").update(bytes).digest();
}
