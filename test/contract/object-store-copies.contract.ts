/** What every `ObjectStore` must do when it announces, copies, and gives up uploads. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BsyncError } from "../../src/model/errors.ts";
import { keyOfText as key } from "../../src/model/object-key.ts";
import type { Sending } from "../../src/ports/object-store.ts";
import {
  bytesOf,
  contentOf as content,
  fileOf,
  listed,
  listedNames as names,
  md5,
  MTIME_NS,
  timeless,
  unannounced,
} from "../support/content.ts";
import { HOSTILE, type ObjectStoreFixture } from "./object-store.contract.ts";

type Open = ObjectStoreFixture["open"];

const MIB = 1024 * 1024;
const stale = { name: "Stale" };

export function describeCopies({ name, open, cannotHold = () => false }: ObjectStoreFixture): void {
  describe(`ObjectStore contract, announcing and copying: ${name}`, () => {
    for (const size of [0, 5, 9 * MIB, 17 * MIB]) describeAnnouncing(open, size);
    describeCopying(open, { way: "in one request", size: 5, options: {} });
    describeCopying(open, { way: "in parts", size: 17 * MIB, options: { copyMax: 16 * MIB } });
    describeSources(open);
    for (const path of HOSTILE) describeHostile(open, path, cannotHold(path));
    describeAborting(open);
  });
}

function describeAnnouncing(open: Open, size: number): void {
  test(`RM20: ${size} bytes are announced, with the ETags that they may get, before they are an object`, async () => {
    await using world = await open();
    const file = await fileOf(bytesOf(size));
    const told: Sending[] = [];
    const written = await world.store.write(key("a"), file, undefined, async (sending) => {
      told.push(sending);
      assert.equal(await world.bytes("a"), undefined);
      const underWay = sending.uploadId === undefined ? [] : [sending.uploadId];
      assert.deepEqual(await world.uploads("a"), underWay);
    });
    const [sending] = told;
    assert.ok(sending !== undefined && told.length === 1);
    assert.deepEqual(sending.etags, await file.etags(8 * MIB));
    assert.equal(sending.uploadId !== undefined, size > 16 * MIB);
    const ours = size > 16 * MIB ? sending.etags.multipart : sending.etags.single;
    const facts = await world.store.head(key("a"));
    assert.ok(written.etag === ours || facts?.etagMayBeMd5 === false);
    assert.deepEqual(await world.uploads("a"), []);
  });

  test(`RM20: ${size} bytes that cannot be announced are not written, and leave no upload behind`, async () => {
    await using world = await open();
    const full = new BsyncError("the journal cannot be written");
    const file = await fileOf(bytesOf(size));
    const writing = world.store.write(key("a"), file, undefined, () => Promise.reject(full));
    await assert.rejects(writing, (error) => error === full);
    assert.equal(await world.bytes("a"), undefined);
    assert.deepEqual(await world.uploads("a"), []);
  });
}

interface Way {
  readonly way: string;
  readonly size: number;
  readonly options: Parameters<Open>[0];
}

function describeCopying(open: Open, { way, size, options }: Way): void {
  test(`RM21: a copy ${way} has the content and the time of its source, which stays`, async () => {
    await using world = await open(options);
    const bytes = bytesOf(size);
    const from = await world.store.write(key("dir/a"), await fileOf(bytes), undefined, unannounced);
    const copied = await world.store.copy(from, key("b/c"), unannounced);
    assert.deepEqual(copied, { key: "b/c", size, etag: copied.etag, modifiedS: 0, archived: false });
    assert.deepEqual((await listed(world.store)).map(timeless), [copied, from]);
    assert.equal(md5((await world.bytes("b/c")) ?? new Uint8Array()), md5(bytes));
    const facts = await world.another.head(key("b/c"));
    assert.equal(facts?.mtimeNs, MTIME_NS);
    assert.equal(facts.md5, (await world.store.head(key("dir/a")))?.md5);
    assert.equal(md5(await content(world.store, copied)), md5(bytes));
  });

  test(`G2: a copy ${way} onto something is stale`, async () => {
    await using world = await open(options);
    const from = await world.store.write(key("a"), await fileOf(bytesOf(size)), undefined, unannounced);
    await world.put("b", "theirs");
    await assert.rejects(world.store.copy(from, key("b"), unannounced), stale);
    assert.equal(Buffer.from((await world.bytes("b")) ?? []).toString(), "theirs");
    await assert.rejects(world.store.copy(from, key("a"), unannounced), stale);
    assert.equal((await world.bytes("a"))?.length, size);
    assert.deepEqual(await world.uploads("b"), []);
  });

  test(`G18: a copy ${way} of another version, or of nothing, is stale`, async () => {
    await using world = await open(options);
    const from = await world.store.write(key("a"), await fileOf(bytesOf(size)), undefined, unannounced);
    await world.put("a", "other");
    await assert.rejects(world.store.copy(from, key("b"), unannounced), stale);
    await world.erase("a");
    await assert.rejects(world.store.copy(from, key("b"), unannounced), stale);
    assert.deepEqual(await names(world.store), []);
  });

  test(`RM20: a copy ${way} is announced before it is there, and not made if that fails`, async () => {
    await using world = await open(options);
    const from = await world.store.write(key("a"), await fileOf(bytesOf(size)), undefined, unannounced);
    const full = new BsyncError("the journal cannot be written");
    const copying = world.store.copy(from, key("b"), () => Promise.reject(full));
    await assert.rejects(copying, (error) => error === full);
    assert.equal(await world.bytes("b"), undefined);
    assert.deepEqual(await world.uploads("b"), []);
    const told: (string | undefined)[] = [];
    await world.store.copy(from, key("b"), async ({ uploadId }) => {
      told.push(uploadId);
      assert.equal(await world.bytes("b"), undefined);
      assert.deepEqual(await world.uploads("b"), uploadId === undefined ? [] : [uploadId]);
    });
    assert.equal(told.length, 1);
    assert.equal(told[0] !== undefined, way === "in parts");
  });
}

function describeSources(open: Open): void {
  test("RM21: content that came in parts is copied in one request, and keeps its digest", async () => {
    await using world = await open();
    const bytes = bytesOf(17 * MIB);
    const from = await world.store.write(key("a"), await fileOf(bytes), undefined, unannounced);
    const copied = await world.store.copy(from, key("b"), unannounced);
    const facts = await world.store.head(key("b"));
    assert.deepEqual(timeless(facts?.object), copied);
    assert.equal(facts?.md5, md5(bytes));
  });

  test("RM4: a copy without a name is refused, and one of an object without a name", async () => {
    await using world = await open();
    const from = await world.store.write(key("a"), await fileOf("x"), undefined, unannounced);
    await assert.rejects(world.store.copy(from, key(""), unannounced), { name: "PathError" });
    const nameless = { ...from, key: key("") };
    await assert.rejects(world.store.copy(nameless, key("b"), unannounced), { name: "PathError" });
    assert.deepEqual(await names(world.store), ["a"]);
  });
}

function describeHostile(open: Open, path: string, refused: boolean): void {
  test(`RM21: a hostile but legal name is copied to and from: ${JSON.stringify(path.slice(0, 60))}`, async () => {
    await using world = await open();
    const plain = await world.store.write(key("plain"), await fileOf("content"), undefined, unannounced);
    const copying = world.store.copy(plain, key(path), unannounced);
    if (refused) {
      await assert.rejects(copying, { name: "PathError" });
      assert.deepEqual(await names(world.store), ["plain"]);
      return;
    }
    const odd = await copying;
    await world.store.remove(plain);
    await world.store.copy(odd, key("plain"), unannounced);
    await world.store.remove(odd);
    assert.deepEqual(await names(world.store), ["plain"]);
    assert.equal(Buffer.from((await world.bytes("plain")) ?? []).toString(), "content");
  });
}

function describeAborting(open: Open): void {
  test("RM22: an upload that was left is given up, no other one is, and gone already is no error", async () => {
    await using world = await open();
    const [left, other] = [await world.begin("a"), await world.begin("a")];
    await world.store.abort(key("a"), left);
    assert.deepEqual(await world.uploads("a"), [other]);
    await world.store.abort(key("a"), left);
    await world.store.abort(key("a"), other);
    assert.deepEqual(await world.uploads("a"), []);
  });

  test("RM22, RM4: an upload without an id, or without a name, is refused, and the object stays", async () => {
    await using world = await open();
    await world.put("a", "x");
    await assert.rejects(world.store.abort(key("a"), ""), { name: "PathError" });
    await assert.rejects(world.store.abort(key(""), "id"), { name: "PathError" });
    assert.deepEqual(await names(world.store), ["a"]);
  });

  test("RM22: an object stays when the upload that made it is given up", async () => {
    await using world = await open();
    const ids: (string | undefined)[] = [];
    const file = await fileOf(bytesOf(17 * MIB));
    const written = await world.store.write(key("a"), file, undefined, async ({ uploadId }) => {
      ids.push(uploadId);
    });
    await world.store.abort(key("a"), ids[0] ?? "");
    assert.deepEqual(timeless((await world.store.head(key("a")))?.object), written);
  });
}
