/** What copies, and what is announced, make of a server that fails, or cannot do what AWS can. */

import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { PutObjectCommand, PutObjectTaggingCommand } from "@aws-sdk/client-s3";
import type { RemoteObject } from "../../src/model/observation.ts";
import { keyOfText as key } from "../../src/model/object-key.ts";
import type { Patience } from "../../src/remote/wire/retry.ts";
import { bytesOf, fileOf, listed, listedNames, timeless, unannounced } from "../support/content.ts";
import { endpointMemory } from "../support/endpoint-memory.ts";
import { startServer } from "../support/s3-server.ts";
import { type StoreWorld, storeWorld } from "../support/store-world.ts";
import { strictClient } from "../support/strict-client.ts";
import type { Effect } from "../support/strict-server/fault-rules.ts";

const MIB = 1024 * 1024;
const patience: Patience = { baseMs: 1, capMs: 10, stallMs: 1_000 };
const server = await startServer("strict");
const strict = strictClient(server.endpoint);
beforeEach(() => strict.clear());
after(() => server.stop());

const HONOURED = { conditionalPut: "honoured", conditionalDelete: "honoured" } as const;
const open = (): Promise<StoreWorld> =>
  storeWorld(server, { patience, memory: endpointMemory(HONOURED), copyMax: 16 * MIB });
const failing = (status: number, code: string): Effect => ({ kind: "answer", status, code });
const operations = async (): Promise<string[]> => (await strict.log()).map(({ operation }) => operation);

/** The object at `a`, and a log that begins after it. */
async function written(world: StoreWorld, size: number): Promise<RemoteObject> {
  const from = await world.store.write(key("a"), await fileOf(bytesOf(size)), undefined, unannounced);
  await strict.clear();
  return from;
}

const WAYS = [
  { way: "in one request", size: 5, makes: "CopyObject", moves: "CopyObject" },
  { way: "in parts", size: 17 * MIB, makes: "CompleteMultipartUpload", moves: "UploadPartCopy" },
] as const;

for (const { way, size, makes, moves } of WAYS) {
  describe(`a copy ${way}`, () => {
    test("RM10, RM21: whose reply was lost is known again as ours", async () => {
      await using world = await open();
      const from = await written(world, size);
      await strict.faults([{ operation: makes, effect: { kind: "cut-after" } }]);
      const copied = await world.store.copy(from, key("b"), unannounced);
      assert.deepEqual((await listed(world.store)).map(timeless), [timeless(from), timeless(copied)]);
    });

    for (const effect of [
      { kind: "error-in-200", code: "InternalError" },
      { kind: "cut-before" },
      failing(503, "SlowDown"),
      failing(409, "OperationAborted"),
    ] as const satisfies readonly Effect[]) {
      test(`RM2, RM21: that fails once (${effect.kind}) is tried again`, async () => {
        await using world = await open();
        const from = await written(world, size);
        await strict.faults([{ operation: moves, effect }]);
        const copied = await world.store.copy(from, key("b"), unannounced);
        assert.deepEqual((await listed(world.store)).map(timeless), [timeless(from), timeless(copied)]);
      });
    }

    test("RM21: that says 200 and always holds an error is a failure, and leaves nothing", async () => {
      await using world = await open();
      const from = await written(world, size);
      const effect: Effect = { kind: "error-in-200", code: "InternalError" };
      await strict.faults([{ operation: moves, times: "always", effect }]);
      const copying = world.store.copy(from, key("b"), unannounced);
      await assert.rejects(copying, { name: "PathError", message: /InternalError/ });
      assert.deepEqual(await listedNames(world.store), ["a"]);
      assert.deepEqual(await world.uploads("b"), []);
    });

    test("RM5: that is denied concerns one path", async () => {
      await using world = await open();
      const from = await written(world, size);
      await strict.faults([{ operation: moves, times: "always", effect: failing(403, "AccessDenied") }]);
      const copying = world.store.copy(from, key("b"), unannounced);
      await assert.rejects(copying, { name: "PathError", message: /AccessDenied/ });
      assert.deepEqual(await world.uploads("b"), []);
    });

    test("RM21: of an archived object is refused, and nothing is begun", async () => {
      await using world = await open();
      await world.client.send(
        new PutObjectCommand({ ...world.at("a"), Body: bytesOf(size), StorageClass: "DEEP_ARCHIVE" }),
      );
      const [from] = await listed(world.store);
      await strict.clear();
      const copying = world.store.copy(from as RemoteObject, key("b"), unannounced);
      await assert.rejects(copying, { name: "PathError", message: /archived/ });
      assert.deepEqual(await operations(), ["HeadObject"]);
    });

    test("G18: of an object that changes after the look is stale", async () => {
      await using world = await open();
      const from = await written(world, size);
      const copying = world.store.copy(from, key("b"), async () => world.put("a", "theirs"));
      await assert.rejects(copying, { name: "Stale" });
      assert.deepEqual(await listedNames(world.store), ["a"]);
      assert.deepEqual(await world.uploads("b"), []);
      // The condition that failed is the source's: nothing is tried again without the other one.
      assert.ok((await operations()).filter((each) => each === "CreateMultipartUpload").length <= 1);
    });

    test("G18: of an object that changes after the look is stale, and leaves nothing, where conditions on it are ignored", async () => {
      await using world = await open();
      const from = await written(world, size);
      await strict.modes({ sourceConditions: "ignored" });
      const theirs = bytesOf(size).fill(7);
      const copying = world.store.copy(from, key("b"), async () => world.put("a", theirs));
      await assert.rejects(copying, { name: "Stale" });
      assert.deepEqual(await listedNames(world.store), ["a"]);
      assert.deepEqual(await world.uploads("b"), []);
    });

    for (const mode of ["honoured", "ignored", "refused"] as const) {
      test(`G2, RM21: onto what comes meanwhile is stale where conditions are ${mode}`, async () => {
        await using world = await open();
        const from = await written(world, size);
        await strict.modes({ copyConditions: mode, putConditions: mode });
        const copying = world.store.copy(from, key("b"), async () => world.put("b", "theirs"));
        await assert.rejects(copying, { name: "Stale" });
        assert.equal(Buffer.from((await world.bytes("b")) ?? []).toString(), "theirs");
        await world.store.copy(from, key("c"), unannounced);
        assert.deepEqual(await listedNames(world.store), ["a", "b", "c"]);
      });
    }
  });
}

describe("a copy in one request", () => {
  test("RM21: costs a look at the source, a look at its place, and the copy", async () => {
    await using world = await open();
    const from = await written(world, 5);
    await world.store.copy(from, key("b"), unannounced);
    assert.deepEqual(await operations(), ["HeadObject", "HeadObject", "CopyObject"]);
    const { conditions } = (await strict.log()).at(-1) ?? {};
    assert.deepEqual(conditions, { ifNoneMatch: "*" });
  });

  test("RM21: a server that refuses conditions on copies is asked with one only once, and PUT stays as it is", async () => {
    await using world = await open();
    const from = await written(world, 5);
    await strict.modes({ copyConditions: "refused" });
    await world.store.copy(from, key("b"), unannounced);
    await world.store.copy(from, key("c"), unannounced);
    assert.equal((await operations()).filter((each) => each === "CopyObject").length, 3);
    assert.equal(world.memory.facts.conditionalPut, "honoured");
  });

  test("RM10: a look comes before every try, so that a copy of others in between is not replaced", async () => {
    await using world = await open();
    const from = await written(world, 5);
    await strict.modes({ copyConditions: "ignored" });
    await strict.faults([
      { operation: "CopyObject", effect: failing(503, "SlowDown") },
      { operation: "HeadObject", nth: 3, effect: { kind: "hold" } }, // the look before the second try
    ]);
    const copying = world.store.copy(from, key("b"), unannounced);
    await strict.held();
    await world.put("b", "other");
    await strict.release();
    await assert.rejects(copying, { name: "Stale" });
    assert.equal(Buffer.from((await world.bytes("b")) ?? []).toString(), "other");
  });

  test("RM10, RM21: what came in parts is known again, although its ETag is another one", async () => {
    await using world = await storeWorld(server, { patience, memory: endpointMemory(HONOURED) });
    const from = await written(world, 17 * MIB);
    await strict.faults([{ operation: "CopyObject", effect: { kind: "cut-after" } }]);
    const copied = await world.store.copy(from, key("b"), unannounced);
    assert.notEqual(copied.etag, from.etag);
  });

  test("RM15: to a name that the server stores as another one is taken back, and refused from then on", async () => {
    await using world = await open();
    const from = await written(world, 5);
    await strict.modes({ rewrite: { from: "\\", to: "/" } });
    for (let times = 0; times < 2; times++) {
      const copying = world.store.copy(from, key("b\\c"), unannounced);
      await assert.rejects(copying, { name: "PathError", message: /another/ });
    }
    assert.deepEqual(await listedNames(world.store), ["a"]);
    assert.equal(world.store.requests.put, 2); // the object, and one copy
  });
});

describe("a copy in parts", () => {
  test("RM21: is not made where the tags of the object must not be read", async () => {
    await using world = await open();
    const from = await written(world, 17 * MIB);
    const TagSet = [{ Key: "k", Value: "v" }];
    await world.client.send(new PutObjectTaggingCommand({ ...world.at("a"), Tagging: { TagSet } }));
    await strict.faults([
      { operation: "GetObjectTagging", times: "always", effect: failing(403, "AccessDenied") },
    ]);
    await assert.rejects(world.store.copy(from, key("b"), unannounced), { name: "PathError" });
    assert.equal((await operations()).includes("CreateMultipartUpload"), false);
  });

  test("RM21: is made where the server has no tags", async () => {
    await using world = await open();
    const from = await written(world, 17 * MIB);
    await strict.faults([
      { operation: "GetObjectTagging", times: "always", effect: failing(501, "NotImplemented") },
    ]);
    await world.store.copy(from, key("b"), unannounced);
    assert.deepEqual(await listedNames(world.store), ["a", "b"]);
  });

  test("RM12, RM21: has parts of the size that an upload has, so that its ETag is the same", async () => {
    await using world = await open();
    const from = await written(world, 17 * MIB);
    assert.equal((await world.store.copy(from, key("b"), unannounced)).etag, from.etag);
  });

  test("RM10, RM21: of what came in one piece, without a digest, is known again by its parts", async () => {
    await using world = await open();
    await world.put("a", bytesOf(17 * MIB));
    const [from] = await listed(world.store);
    assert.ok(from !== undefined);
    await strict.faults([{ operation: "CompleteMultipartUpload", effect: { kind: "cut-after" } }]);
    const copied = await world.store.copy(from, key("b"), unannounced);
    assert.notEqual(copied.etag, from.etag);
  });

  test("RM20: each further upload is announced anew, and what it takes the place of is given up", async () => {
    await using world = await open();
    const from = await written(world, 17 * MIB);
    const effect = failing(409, "ConditionalRequestConflict");
    await strict.faults([{ operation: "CompleteMultipartUpload", effect }]);
    const told: (string | undefined)[] = [];
    const announce = async ({ uploadId }: { readonly uploadId: string | undefined }): Promise<void> => {
      assert.deepEqual(await world.uploads("b"), [uploadId]);
      told.push(uploadId);
    };
    await world.store.copy(from, key("b"), announce);
    assert.equal(new Set(told).size, 2);
    assert.deepEqual(await world.uploads("b"), []);
  });
});

describe("announcing", () => {
  test("RM20: each further upload of a file is announced anew, with the same ETags", async () => {
    await using world = await open();
    const effect = failing(409, "ConditionalRequestConflict");
    await strict.faults([{ operation: "CompleteMultipartUpload", effect }]);
    const told: { readonly etags: unknown; readonly uploadId: string | undefined }[] = [];
    const file = await fileOf(bytesOf(17 * MIB));
    await world.store.write(key("a"), file, undefined, async (sending) => void told.push(sending));
    assert.equal(new Set(told.map(({ uploadId }) => uploadId)).size, 2);
    assert.deepEqual(told[0]?.etags, told[1]?.etags);
  });

  test("RM20: a PUT that is tried again was announced once", async () => {
    await using world = await open();
    await strict.faults([{ operation: "PutObject", times: 3, effect: failing(503, "SlowDown") }]);
    let told = 0;
    await world.store.write(key("a"), await fileOf("x"), undefined, async () => void told++);
    assert.equal(told, 1);
  });
});

describe("giving up an upload", () => {
  test("RM22: is tried again, and is no success where it is denied", async () => {
    await using world = await open();
    const id = await world.begin("a");
    await strict.faults([{ operation: "AbortMultipartUpload", effect: failing(503, "SlowDown") }]);
    await world.store.abort(key("a"), id);
    assert.deepEqual(await world.uploads("a"), []);
    const effect = failing(403, "AccessDenied");
    await strict.faults([{ operation: "AbortMultipartUpload", times: "always", effect }]);
    await assert.rejects(world.store.abort(key("a"), id), { name: "PathError", message: /AccessDenied/ });
  });

  test("RM5, RM22: in a bucket that is gone ends the map", async () => {
    await using world = await open();
    await strict.faults([{ operation: "AbortMultipartUpload", effect: failing(404, "NoSuchBucket") }]);
    await assert.rejects(world.store.abort(key("a"), "id"), { name: "BsyncError", message: /no bucket/ });
  });
});
