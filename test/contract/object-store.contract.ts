/** What every `ObjectStore` must do. Run by the memory, the real servers and the strict one alike. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Stale } from "../../src/model/errors.ts";
import type { RemoteObject } from "../../src/model/observation.ts";
import { keyOfText as key } from "../../src/model/object-key.ts";
import type { ObjectStore } from "../../src/ports/object-store.ts";
import {
  bytesOf,
  contentOf as content,
  fileOf,
  joined,
  listed,
  listedNames as names,
  md5,
  MTIME_NS,
  timeless,
  unannounced,
} from "../support/content.ts";

/** An empty prefix, and the hands of another program beside ours. */
export interface ObjectStoreWorld extends AsyncDisposable {
  readonly store: ObjectStore;
  /** Another look at the same prefix, which knows nothing of the first. */
  readonly another: ObjectStore;
  put(path: string, content: string | Uint8Array): Promise<void>;
  /** @returns undefined: there is no such object */
  bytes(path: string): Promise<Uint8Array | undefined>;
  erase(path: string): Promise<void>;
  /** Begins an upload in parts. @returns its id */
  begin(path: string): Promise<string>;
  /** Ids of the uploads in parts that are under way. */
  uploads(path: string): Promise<readonly string[]>;
}

export interface ObjectStoreWorldOptions {
  /** Objects above this size are copied in parts. */
  readonly copyMax?: number;
}

export interface ObjectStoreFixture {
  readonly name: string;
  open(options?: ObjectStoreWorldOptions): Promise<ObjectStoreWorld>;
  /** Names that this server cannot hold in any way, which are legal in S3. */
  readonly cannotHold?: (path: string) => boolean;
}

const MIB = 1024 * 1024;
const stale = { name: "Stale" };

export function describeObjectStore({ name, open, cannotHold = () => false }: ObjectStoreFixture): void {
  describe(`ObjectStore contract: ${name}`, () => {
    describeListing(open);
    describeNames(open, cannotHold);
    describeManyKeys(open);
    describeHead(open);
    describeContents(open);
    describePreconditions(open);
    describeRemoving(open);
  });
}

type Open = ObjectStoreFixture["open"];

function describeListing(open: Open): void {
  test("a listing of an empty prefix gives nothing", async () => {
    await using world = await open();
    assert.deepEqual(await names(world.store), []);
  });

  test("O1: a listing ascends strictly by the bytes of the keys, in whatever order the server lists", async () => {
    await using world = await open();
    const ascending = ["a-b", "a.txt", "a/x", "a/y/z", "a0", "b", "é", "～", "😀"];
    for (const each of ascending.toReversed()) await world.put(each, "x");
    assert.deepEqual(await names(world.store), ascending);
    assert.deepEqual(await names(world.store), ascending);
  });

  test("a listing gives size and ETag as the write gave them", async () => {
    await using world = await open();
    const written = await world.store.write(key("a"), await fileOf("12345"), undefined, unannounced);
    assert.deepEqual((await listed(world.store)).map(timeless), [timeless(written)]);
    assert.deepEqual(written, { key: "a", size: 5, etag: written.etag, modifiedS: 0, archived: false });
  });

  test("a listing that is not recursive gives the top level only", async () => {
    await using world = await open();
    for (const each of ["a/x", "b", "c/d/e"]) await world.put(each, "x");
    assert.deepEqual(await names(world.store, { recursive: false, splitAt: [] }), ["b"]);
  });

  test("folder markers are left out", async () => {
    await using world = await open();
    await world.put("folder/", "");
    await world.put("folder/file", "x");
    assert.deepEqual(await names(world.store), ["folder/file"]);
  });

  test("cuts of the listing are hints: wrong ones do no harm", async () => {
    await using world = await open();
    const ascending = ["a-b", "a/x", "b", "c"];
    for (const each of ascending) await world.put(each, "x");
    await names(world.store);
    for (const splitAt of [["a-b", "b"], ["a", "aa", "zz"], ["c"]]) {
      assert.deepEqual(await names(world.store, { recursive: true, splitAt: splitAt.map(key) }), ascending);
    }
  });

  test("requests are counted by kind", async () => {
    await using world = await open();
    await names(world.store);
    assert.deepEqual(world.store.requests, { list: 1, head: 0, get: 0, put: 0, delete: 0 });
  });

  test("bytes of content are counted each way (SE2)", async () => {
    await using world = await open();
    const written = await world.store.write(key("a"), await fileOf("content"), undefined, unannounced);
    const { up } = world.store.traffic;
    assert.ok(up >= 7 && up % 7 === 0, `as often as it was sent, what conditions do being tried: ${up}`);
    await content(world.store, written);
    assert.equal(world.store.traffic.down, 7);
  });
}

/** Legal in S3. */
export const HOSTILE = [
  "with space and + and % and %20 and %zz",
  "&amp; <tag> \"quotes\" 'single' #hash ?query=1&b=2",
  "{braces} [brackets] ^caret` ~tilde | pipe",
  "!star*paren()comma,semicolon;colon:at@dollar$equals=",
  "é ｆｕｌｌ 中文 ～ \u{1f600} \u{10ffff}",
  "nfd e\u0301 beside nfc \u00e9",
  "...three dots/.hidden/..two",
  "trailing space /and dot.",
  "back\\slash",
  "tab\tand newline\nand \u0001 and \u007f",
  `${"long".repeat(60)}/${"x".repeat(250)}`,
];

function describeNames(open: Open, cannotHold: (path: string) => boolean): void {
  for (const path of HOSTILE) {
    test(`a hostile but legal name is kept or refused, never changed: ${JSON.stringify(path.slice(0, 60))}`, async () => {
      await using world = await open();
      const writing = world.store.write(key(path), await fileOf("content"), undefined, unannounced);
      const refused = await writing.then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.equal((refused as Error | undefined)?.name, refused === undefined ? undefined : "PathError");
      assert.ok(refused === undefined || cannotHold(path), String(refused));
      assert.deepEqual(await names(world.store), refused === undefined ? [path] : []);
      if (refused !== undefined) return;
      const [object] = await listed(world.store);
      assert.equal(Buffer.from(await content(world.store, object as RemoteObject)).toString(), "content");
      await world.store.remove(object as RemoteObject);
      assert.deepEqual(await names(world.store), []);
    });
  }

  test("RM4: an object without a name is refused, and nothing happens to the bucket", async () => {
    await using world = await open();
    await world.put("a", "x");
    const nameless = { key: key(""), size: 1, etag: "x", modifiedS: 0, archived: false };
    await assert.rejects(world.store.remove(nameless), { name: "PathError" });
    await assert.rejects(world.store.write(key(""), await fileOf("x"), undefined, unannounced), {
      name: "PathError",
    });
    assert.deepEqual(await names(world.store), ["a"]);
  });
}

function describeManyKeys(open: Open): void {
  test("1,001 and 2,001 objects, written side by side, are listed completely and in order", async () => {
    await using world = await open();
    const paths = Array.from({ length: 2_001 }, (_, at) => `many/${String(at).padStart(5, "0")}`);
    const file = await fileOf("x");
    const write = (path: string): Promise<unknown> =>
      world.store.write(key(path), file, undefined, unannounced);
    await sideBySide(paths.slice(0, 1_001), write);
    assert.deepEqual(await names(world.store), paths.slice(0, 1_001));
    await sideBySide(paths.slice(1_001), write);
    for (const store of [world.store, world.another]) assert.deepEqual(await names(store), paths);
    const splitAt = [500, 1_000].map((at) => key(paths[at] ?? ""));
    assert.deepEqual(await names(world.store, { recursive: true, splitAt }), paths);
    assert.deepEqual(await names(world.another, { recursive: true, splitAt: () => splitAt }), paths);
  });
}

function describeHead(open: Open): void {
  test("a look at what is not there gives nothing", async () => {
    await using world = await open();
    assert.equal(await world.store.head(key("absent")), undefined);
  });

  test("a look gives object and time, in ns, as they were written", async () => {
    await using world = await open();
    const object = await world.store.write(key("a"), await fileOf("x"), undefined, unannounced);
    const facts = await world.another.head(key("a"));
    assert.deepEqual(timeless(facts?.object), object);
    assert.equal(facts?.mtimeNs, MTIME_NS);
    assert.equal(facts?.partBytes, undefined);
  });

  test("a time before 1970 is kept", async () => {
    await using world = await open();
    await world.store.write(
      key("old"),
      await fileOf("x", { mtimeNs: -1_500_000_000n }),
      undefined,
      unannounced,
    );
    assert.equal((await world.store.head(key("old")))?.mtimeNs, -1_500_000_000n);
  });

  test("the ETag of content in one request is its MD5, or not said to be", async () => {
    await using world = await open();
    const { etag } = await world.store.write(key("a"), await fileOf("content"), undefined, unannounced);
    const facts = await world.store.head(key("a"));
    assert.ok(etag === md5(Buffer.from("content")) || facts?.etagMayBeMd5 === false);
  });
}

function describeContents(open: Open): void {
  for (const size of [0, 1, 16 * MIB - 1, 16 * MIB, 16 * MIB + 1, 33 * MIB]) {
    test(`${size} bytes come back as they were written`, async () => {
      await using world = await open();
      const bytes = bytesOf(size);
      const object = await world.store.write(key("big"), await fileOf(bytes), undefined, unannounced);
      assert.equal(object.size, size);
      const { facts, chunks } = await world.another.read(object);
      assert.equal(facts.mtimeNs, MTIME_NS);
      assert.deepEqual(timeless(facts.object), object);
      assert.equal(md5(await joined(chunks)), md5(bytes));
      assert.equal(md5((await world.bytes("big")) ?? new Uint8Array()), md5(bytes));
    });
  }

  test("content in parts has the digest of the whole beside it", async () => {
    await using world = await open();
    const bytes = bytesOf(17 * MIB);
    await world.store.write(key("parts"), await fileOf(bytes), undefined, unannounced);
    const facts = await world.store.head(key("parts"));
    assert.equal(facts?.md5, md5(bytes));
    assert.ok(facts?.partBytes === undefined || facts.partBytes === 8 * MIB);
  });

  test("many contents may be read side by side, and left in the middle", async () => {
    await using world = await open();
    const large = await world.store.write(
      key("large"),
      await fileOf(bytesOf(33 * MIB)),
      undefined,
      unannounced,
    );
    const small = await world.store.write(key("small"), await fileOf("small"), undefined, unannounced);
    await sideBySide(Array.from({ length: 6 }), async () => {
      const { chunks } = await world.store.read(large);
      for await (const chunk of chunks) if (chunk.length > 0) break;
      assert.equal(Buffer.from(await content(world.store, small)).toString(), "small");
    });
  });

  test("G17: a file that changes while it is read is stale, and nothing is written", async () => {
    await using world = await open();
    for (const size of [5, 17 * MIB]) {
      const file = await fileOf(bytesOf(size));
      let reads = 0;
      const changing = await fileOf(bytesOf(size), {
        read: (from, length) => {
          reads++;
          return file.read(from, length);
        },
        unchanged: () => {
          if (reads > 0) throw new Stale("the file changed during the run");
        },
      });
      await assert.rejects(world.store.write(key("changing"), changing, undefined, unannounced), stale);
      assert.deepEqual(await names(world.store), []);
    }
  });
}

function describePreconditions(open: Open): void {
  test("G2: a write where nothing may be is stale if something is there", async () => {
    await using world = await open();
    await world.put("a", "theirs");
    await assert.rejects(world.store.write(key("a"), await fileOf("ours"), undefined, unannounced), stale);
    assert.equal(Buffer.from((await world.bytes("a")) ?? []).toString(), "theirs");
  });

  test("G2, X5: a name is new although other objects lie, or lay, below it", async () => {
    await using world = await open();
    for (const each of ["is/a", "was/a"]) await world.put(each, "x");
    await world.erase("was/a");
    for (const each of ["is", "was"])
      await world.store.write(key(each), await fileOf("new"), undefined, unannounced);
    // MinIO holds "is/a" beside "is", and leaves it out of listings.
    assert.deepEqual(
      (await names(world.store)).filter((each) => each !== "is/a"),
      ["is", "was"],
    );
    assert.equal(Buffer.from((await world.bytes("is/a")) ?? []).toString(), "x");
    await assert.rejects(world.store.write(key("was"), await fileOf("again"), undefined, unannounced), stale);
  });

  test("G2: a write over what was seen replaces it; over anything else it is stale", async () => {
    await using world = await open();
    const first = await world.store.write(key("a"), await fileOf("first"), undefined, unannounced);
    const second = await world.store.write(key("a"), await fileOf("second"), first, unannounced);
    await assert.rejects(world.store.write(key("a"), await fileOf("third"), first, unannounced), stale);
    assert.equal(Buffer.from(await content(world.store, second)).toString(), "second");
  });

  test("G2: a write over what has gone is stale", async () => {
    await using world = await open();
    const seen = await world.store.write(key("a"), await fileOf("x"), undefined, unannounced);
    await world.erase("a");
    await assert.rejects(world.store.write(key("a"), await fileOf("y"), seen, unannounced), stale);
    assert.equal(await world.bytes("a"), undefined);
  });

  test("G2: large content follows the same preconditions", async () => {
    await using world = await open();
    const bytes = bytesOf(17 * MIB);
    await world.put("a", "theirs");
    await assert.rejects(world.store.write(key("a"), await fileOf(bytes), undefined, unannounced), stale);
    const [seen] = await listed(world.store);
    const written = await world.store.write(key("a"), await fileOf(bytes), seen as RemoteObject, unannounced);
    await assert.rejects(
      world.store.write(key("a"), await fileOf(bytes.subarray(1)), seen as RemoteObject, unannounced),
      stale,
    );
    assert.deepEqual((await listed(world.store)).map(timeless), [timeless(written)]);
  });

  test("G18: reading another version, or none, is stale", async () => {
    await using world = await open();
    const first = await world.store.write(key("a"), await fileOf("first"), undefined, unannounced);
    await world.put("a", "other");
    await assert.rejects(world.store.read(first), stale);
    await world.erase("a");
    await assert.rejects(world.store.read(first), stale);
  });
}

function describeRemoving(open: Open): void {
  test("G3: what was seen is removed, and gone already is no error", async () => {
    await using world = await open();
    const object = await world.store.write(key("dir/a"), await fileOf("x"), undefined, unannounced);
    await world.put("dir/b", "stays");
    await world.store.remove(object);
    await world.store.remove(object);
    assert.deepEqual(await names(world.store), ["dir/b"]);
  });

  test("G3: another version is not removed", async () => {
    await using world = await open();
    const first = await world.store.write(key("a"), await fileOf("first"), undefined, unannounced);
    await world.put("a", "theirs");
    await assert.rejects(world.store.remove(first), stale);
    const second = await world.store.write(key("b"), await fileOf("x"), undefined, unannounced);
    await world.store.remove(second);
    await assert.rejects(world.store.remove(first), stale);
    assert.deepEqual(await names(world.store), ["a"]);
  });
}

async function sideBySide<T>(items: readonly T[], task: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (const item of queue) await task(item);
    }),
  );
}
