/** What the object store makes of a server that fails, lies, or cannot do what AWS can. */

import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import type { RemoteObject } from "../../src/model/observation.ts";
import { keyOfText as key, keyText } from "../../src/model/object-key.ts";
import type { Patience } from "../../src/remote/wire/retry.ts";
import {
  bytesOf,
  contentOf,
  fileOf,
  joined,
  listed,
  listedOnce,
  md5,
  MTIME_NS,
  timeless,
  unannounced,
} from "../support/content.ts";
import { endpointMemory } from "../support/endpoint-memory.ts";
import { startServer } from "../support/s3-server.ts";
import { type StoreWorld, storeWorld } from "../support/store-world.ts";
import { strictClient } from "../support/strict-client.ts";
import type { Effect, ListingLie } from "../support/strict-server/fault-rules.ts";

const MIB = 1024 * 1024;
const patience: Patience = { baseMs: 1, capMs: 10, stallMs: 1_000 };
const server = await startServer("strict");
const strict = strictClient(server.endpoint);
beforeEach(() => strict.clear());
after(() => server.stop());

const open = (known: Parameters<typeof endpointMemory>[0] = {}): Promise<StoreWorld> =>
  storeWorld(server, { patience, memory: endpointMemory(known) });
const HONOURED = { conditionalPut: "honoured", conditionalDelete: "honoured" } as const;
const failing = (status: number, code: string): Effect => ({ kind: "answer", status, code });
const operations = async (): Promise<string[]> => (await strict.log()).map(({ operation }) => operation);
const textAt = async (world: StoreWorld, path: string): Promise<string> =>
  Buffer.from((await world.bytes(path)) ?? []).toString();

describe("a listing that is not whole", () => {
  const lies: readonly ListingLie[] = [
    "empty-body",
    "html-body",
    "cut-xml",
    "foreign-key",
    "no-is-truncated",
    "no-token",
  ];
  for (const lie of lies) {
    test(`RM6: ${lie} once is asked again, always ends the map`, async () => {
      await using world = await open();
      await world.put("a", "x");
      await strict.faults([{ operation: "ListObjectsV2", effect: { kind: "listing", lie } }]);
      assert.deepEqual(
        (await listed(world.store)).map((object) => object.key),
        ["a"],
      );
      await strict.faults([
        { operation: "ListObjectsV2", times: "always", effect: { kind: "listing", lie } },
      ]);
      await assert.rejects(listedOnce(world.store), { name: "BsyncError", message: /cannot list s3:/ });
    });
  }

  test("RM6: a page that leads to itself ends the map", async () => {
    await using world = await open();
    await world.put("a", "x");
    await strict.faults([
      { operation: "ListObjectsV2", times: "always", effect: { kind: "listing", lie: "same-token" } },
    ]);
    await assert.rejects(listedOnce(world.store), /BsyncError|UnorderedListing/);
  });

  test("RM6: an object that is listed twice ends the map", async () => {
    await using world = await open();
    await world.put("a", "x");
    await strict.faults([
      { operation: "ListObjectsV2", times: "always", effect: { kind: "listing", lie: "repeat-key" } },
    ]);
    await assert.rejects(listedOnce(world.store), { name: "UnorderedListing" });
    await assert.rejects(listedOnce(world.store), { name: "BsyncError", message: /twice/ });
  });

  test("O4: a listing in the order of a tree is noticed, sorted from then on, and remembered", async () => {
    await using world = await open();
    for (const path of ["a-b", "a.txt", "a/x"]) await world.put(path, "x");
    await strict.modes({ order: "tree" });
    await assert.rejects(listedOnce(world.store), { name: "UnorderedListing" });
    assert.equal(world.memory.facts.order, "other");
    const keys = (await listedOnce(world.store)).map((object) => keyText(object.key));
    assert.deepEqual(keys, ["a-b", "a.txt", "a/x"]);
  });

  test("O5: byte order counts as seen only when a listing has shown it", async () => {
    await using world = await open();
    await world.put("a", "x");
    await world.put("a/x", "x");
    await listed(world.store);
    assert.equal(world.memory.facts.order, "untold");
    await world.put("a-b", "x");
    await listed(world.store);
    assert.equal(world.memory.facts.order, "bytes");
  });

  test("RM8: names that cannot be files are unknown and reported, and cover nothing else", async () => {
    await using world = await open();
    for (const path of ["ok", "../up", "a//b", "./here", "dir/", "/lead", "dir/ok"])
      await world.put(path, "x");
    const seen = await listedOnce(world.store);
    const odd = seen.filter((each) => "unknown" in each && each.reported && !each.below);
    assert.deepEqual(odd.map((each) => each.key).toSorted(), ["../up", "./here", "/lead", "a//b", "dir/"]);
    assert.equal(seen.length, 7);
  });
});

describe("errors of the whole map", () => {
  test("RM5: a bucket that is not there is named, with a hint", async () => {
    await using world = await storeWorld(server, { patience, bucket: "no-such-bucket" });
    await assert.rejects(listedOnce(world.store), {
      name: "BsyncError",
      message: /no bucket no-such-bucket/,
    });
  });

  test("RM5, X6: nothing counts as absent in a bucket that is not there", async () => {
    await using world = await storeWorld(server, { patience, bucket: "no-such-bucket" });
    await assert.rejects(world.store.head(key("a")), { name: "BsyncError" });
  });

  for (const [code, status, message] of [
    ["AccessDenied", 403, /access .* denied/],
    ["ExpiredToken", 400, /expired/],
    ["InvalidAccessKeyId", 403, /access key/],
    ["SignatureDoesNotMatch", 403, /secret key/],
    ["RequestTimeTooSkewed", 403, /clock/],
    ["PermanentRedirect", 301, /another region/],
    ["SlowDown", 503, /SlowDown/],
  ] as const) {
    test(`RM5: ${code} to a listing ends the map in words of one line`, async () => {
      await using world = await open();
      const effect = failing(status, code);
      await strict.faults([{ operation: "ListObjectsV2", times: "always", effect }]);
      await assert.rejects(listedOnce(world.store), (error: Error & { hint?: string }) => {
        assert.equal(error.name, "BsyncError");
        assert.match(error.message, message);
        assert.doesNotMatch(error.message + String(error.hint), /\n/);
        return error.hint !== undefined;
      });
    });
  }

  test("RM5: an endpoint where nobody listens is named", async () => {
    const connection = { endpoint: "http://127.0.0.1:9", region: "us-east-1", profile: undefined };
    await using world = await storeWorld(server, {
      patience,
      connection: { ...connection, caBundle: undefined, pathStyle: true, requestPayer: false },
    });
    await assert.rejects(listedOnce(world.store), {
      message: "http://127.0.0.1:9 cannot be reached: ECONNREFUSED",
    });
  });

  test("RM2, RM3: errors that pass are waited for", async () => {
    await using world = await open();
    await world.put("a", "x");
    await strict.faults([
      { operation: "ListObjectsV2", times: 5, effect: failing(503, "SlowDown") },
      { operation: "ListObjectsV2", nth: 6, effect: failing(500, "InternalError") },
      { operation: "ListObjectsV2", nth: 7, effect: { kind: "cut-before" } },
      { operation: "ListObjectsV2", nth: 8, effect: { kind: "half-body" } },
      { operation: "ListObjectsV2", nth: 9, effect: { kind: "stall-headers" } },
    ]);
    assert.equal((await listed(world.store)).length, 1);
    assert.equal(world.store.requests.list, 10);
  });
});

describe("reading", () => {
  const once: readonly Effect[] = [
    failing(503, "SlowDown"),
    { kind: "cut-before" },
    { kind: "half-body" },
    { kind: "flip-bit" },
    { kind: "stall-headers" },
    { kind: "stall-body" },
  ];
  for (const effect of once) {
    test(`RM2, RM3, RM17: ${effect.kind} once is read again, small and in ranges`, async () => {
      await using world = await open();
      for (const [path, size] of [
        ["small", 70_000],
        ["large", 17 * MIB],
      ] as const) {
        const bytes = bytesOf(size);
        const object = await world.store.write(key(path), await fileOf(bytes), undefined, unannounced);
        if (effect.kind === "flip-bit" && size > 16 * MIB) continue;
        await strict.faults([{ operation: "GetObject", nth: size > 16 * MIB ? 2 : 1, effect }]);
        assert.equal(md5(await contentOf(world.store, object)), md5(bytes));
        await strict.clear();
      }
    });
  }

  test("RM18: a bit that is wrong always is never taken where ETags are known to be MD5", async () => {
    await using world = await open({ md5Etags: "yes" });
    await world.put("a", "content");
    const [object] = await listed(world.store);
    await strict.faults([{ operation: "GetObject", times: "always", effect: { kind: "flip-bit" } }]);
    await assert.rejects(contentOf(world.store, object as RemoteObject), {
      name: "PathError",
      message: /digest/,
    });
  });

  test("RM18: a bit that is wrong once in large content is not taken", async () => {
    await using world = await open();
    const object = await world.store.write(
      key("large"),
      await fileOf(bytesOf(17 * MIB)),
      undefined,
      unannounced,
    );
    await strict.faults([{ operation: "GetObject", effect: { kind: "flip-bit" } }]);
    await assert.rejects(contentOf(world.store, object), { name: "PathError", message: /digest/ });
  });

  test("RM18: content is taken where the ETag looks like an MD5 and is none", async () => {
    await using world = await open();
    await strict.modes({ etags: "random" });
    await world.put("a", "content");
    const [object] = await listed(world.store);
    assert.equal(Buffer.from(await contentOf(world.store, object as RemoteObject)).toString(), "content");
  });

  test("RM18: a digest in metadata that outlived its content does not stand in the way", async () => {
    await using world = await open();
    await world.put("a", "content", { md5chksum: Buffer.alloc(16).toString("base64") });
    const [object] = await listed(world.store);
    assert.equal(Buffer.from(await contentOf(world.store, object as RemoteObject)).toString(), "content");
  });

  test("RM16: an object that is replaced while it is read in ranges is stale", async () => {
    await using world = await open();
    const object = await world.store.write(
      key("large"),
      await fileOf(bytesOf(33 * MIB)),
      undefined,
      unannounced,
    );
    const { chunks } = await world.store.read(object);
    await world.put("large", "other");
    await assert.rejects(joined(chunks), { name: "Stale" });
  });

  test("RM5: what is denied or archived concerns one path, and is not absent", async () => {
    await using world = await open();
    await world.put("a", "x");
    const [object] = await listed(world.store);
    await strict.faults([
      { operation: "GetObject", effect: failing(403, "AccessDenied") },
      { operation: "GetObject", nth: 2, effect: failing(403, "InvalidObjectState") },
      { operation: "HeadObject", times: "always", effect: failing(403, "AccessDenied") },
    ]);
    await assert.rejects(world.store.read(object as RemoteObject), {
      name: "PathError",
      message: /AccessDenied/,
    });
    await assert.rejects(world.store.read(object as RemoteObject), {
      name: "PathError",
      message: /archived/,
    });
    await assert.rejects(world.store.head(key("a")), { name: "PathError", message: /denies/ });
  });
});

describe("writing", () => {
  for (const known of [{}, HONOURED]) {
    test(`RM10: a write whose reply was lost is known again as ours (${JSON.stringify(known)})`, async () => {
      await using world = await open(known);
      await strict.faults([{ operation: "PutObject", effect: { kind: "cut-after" } }]);
      const written = await world.store.write(key("a"), await fileOf("ours"), undefined, unannounced);
      assert.deepEqual((await listed(world.store)).map(timeless), [timeless(written)]);
      assert.equal((await world.store.head(key("a")))?.mtimeNs, MTIME_NS);
    });
  }

  test("RM10: a large write whose reply was lost is known again as ours", async () => {
    await using world = await open(HONOURED);
    await strict.faults([{ operation: "CompleteMultipartUpload", effect: { kind: "cut-after" } }]);
    const written = await world.store.write(
      key("a"),
      await fileOf(bytesOf(17 * MIB)),
      undefined,
      unannounced,
    );
    assert.deepEqual((await listed(world.store)).map(timeless), [timeless(written)]);
  });

  test("RM2: a conflict is tried again; with parts, the whole upload", async () => {
    await using world = await open(HONOURED);
    const effect = failing(409, "ConditionalRequestConflict");
    await strict.faults([
      { operation: "PutObject", effect },
      { operation: "CompleteMultipartUpload", effect },
    ]);
    await world.store.write(key("small"), await fileOf("x"), undefined, unannounced);
    await world.store.write(key("large"), await fileOf(bytesOf(17 * MIB)), undefined, unannounced);
    const sent = await operations();
    assert.equal(sent.filter((each) => each === "CreateMultipartUpload").length, 2);
    assert.equal((await listed(world.store)).length, 2);
  });

  test("RM14: an error in a 200 is a failure: once it is tried again, always the upload is aborted", async () => {
    await using world = await open(HONOURED);
    const effect: Effect = { kind: "error-in-200", code: "InternalError" };
    await strict.faults([{ operation: "CompleteMultipartUpload", effect }]);
    await world.store.write(key("a"), await fileOf(bytesOf(17 * MIB)), undefined, unannounced);
    await strict.faults([{ operation: "CompleteMultipartUpload", times: "always", effect }]);
    await assert.rejects(
      world.store.write(key("b"), await fileOf(bytesOf(17 * MIB)), undefined, unannounced),
      {
        name: "PathError",
      },
    );
    assert.equal((await operations()).at(-1), "AbortMultipartUpload");
    assert.deepEqual(
      (await listed(world.store)).map((object) => object.key),
      ["a"],
    );
  });

  test("RM14: an upload of which a part fails is aborted", async () => {
    await using world = await open(HONOURED);
    const effect = failing(403, "AccessDenied");
    await strict.faults([{ operation: "UploadPart", partNumber: 2, times: "always", effect }]);
    const writing = world.store.write(key("a"), await fileOf(bytesOf(33 * MIB)), undefined, unannounced);
    await assert.rejects(writing, { name: "PathError", message: /AccessDenied/ });
    assert.equal((await operations()).at(-1), "AbortMultipartUpload");
  });

  test("X5: that conditions are honoured is found out on an object of ours, once", async () => {
    await using world = await open();
    await world.store.write(key("a"), await fileOf("x"), undefined, unannounced);
    assert.equal(world.memory.facts.conditionalPut, "honoured");
    assert.ok(world.memory.facts.seenMs > 0);
    await strict.clear();
    await world.store.write(key("b"), await fileOf("x"), undefined, unannounced);
    assert.deepEqual(await operations(), ["PutObject"]);
    assert.equal((await listed(world.store)).length, 2);
  });

  test("RM11: of many uploads at one time, and of many deletions, one finds out and the others wait", async () => {
    await using world = await open();
    const names = Array.from({ length: 40 }, (_, at) => `a${at}`);
    const write = async (name: string): Promise<RemoteObject> =>
      world.store.write(key(name), await fileOf(name), undefined, unannounced);
    const written = await Promise.all(names.map(write));
    assert.deepEqual({ ...world.store.requests }, { list: 0, head: 1, get: 0, put: 42, delete: 0 });
    await Promise.all(written.map((object) => world.store.remove(object)));
    assert.deepEqual({ ...world.store.requests }, { list: 0, head: 2, get: 0, put: 42, delete: 41 });
    assert.deepEqual(await listed(world.store), []);
  });

  test("RM11: where the first one fails, the others go on, and another one finds out", async () => {
    await using world = await open();
    const effect = failing(403, "AccessDenied");
    await strict.faults([{ operation: "PutObject", effect }]);
    const names = Array.from({ length: 20 }, (_, at) => `a${at}`);
    const ends = await Promise.allSettled(
      names.map(async (name) => world.store.write(key(name), await fileOf(name), undefined, unannounced)),
    );
    assert.equal(ends.filter(({ status }) => status === "rejected").length, 1);
    assert.equal((await listed(world.store)).length, 19);
    assert.equal(world.memory.facts.conditionalPut, "honoured");
    assert.equal(world.store.requests.put, 22);
  });

  test("X5: large content is not sent twice to find out", async () => {
    await using world = await open();
    await world.store.write(key("a"), await fileOf(bytesOf(65_537)), undefined, unannounced);
    assert.equal(world.memory.facts.conditionalPut, "untold");
    assert.equal(world.store.requests.put, 1);
  });

  for (const mode of ["ignored", "refused"] as const) {
    test(`RM9, X5: where conditions are ${mode}, a look comes right before each change`, async () => {
      await using world = await open();
      await strict.modes({ putConditions: mode, deleteConditions: mode });
      const first = await world.store.write(key("a"), await fileOf("first"), undefined, unannounced);
      assert.equal(world.memory.facts.conditionalPut, mode);
      await world.put("b", "theirs");
      await assert.rejects(world.store.write(key("b"), await fileOf("ours"), undefined, unannounced), {
        name: "Stale",
      });
      const large = await fileOf(bytesOf(17 * MIB));
      await assert.rejects(world.store.write(key("b"), large, undefined, unannounced), { name: "Stale" });
      assert.equal(await textAt(world, "b"), "theirs");
      const second = await world.store.write(key("a"), await fileOf("second"), first, unannounced);
      await assert.rejects(world.store.remove(first), { name: "Stale" });
      assert.equal(await textAt(world, "a"), "second");
      await world.store.remove(second);
      assert.equal(world.memory.facts.conditionalDelete, mode);
      assert.equal(await world.bytes("a"), undefined);
      await world.store.remove(second);
    });
  }

  test("RM13: where ETags are no digests, that is noticed, and the digest goes into the metadata", async () => {
    await using world = await open();
    await strict.modes({ etags: "random" });
    await world.store.write(key("a"), await fileOf("x"), undefined, unannounced);
    assert.equal(world.memory.facts.md5Etags, "no");
    await world.store.write(key("b"), await fileOf("content"), undefined, unannounced);
    const facts = await world.store.head(key("b"));
    assert.equal(facts?.md5, md5(Buffer.from("content")));
    assert.equal(facts?.etagMayBeMd5, false);
  });

  test("RM15: a name that the server stores as another one is taken back, refused from then on, and no other", async () => {
    await using world = await open();
    await strict.modes({ rewrite: { from: "\\", to: "/" } });
    await assert.rejects(world.store.write(key("a\\b"), await fileOf("x"), undefined, unannounced), {
      name: "PathError",
    });
    assert.deepEqual(await listed(world.store), []);
    assert.equal(world.memory.facts.rewrites, "\\");
    assert.match(world.store.refuses(key("c\\d")) ?? "", /another/);
    assert.equal(world.store.refuses(key("c/d")), undefined);
  });

  test("RM15: a name that the server stores as another one never replaces what that one holds", async () => {
    await using world = await open();
    await world.put("a/b", "theirs");
    await strict.modes({ rewrite: { from: "\\", to: "/" } });
    await assert.rejects(world.store.write(key("a\\b"), await fileOf("x"), undefined, unannounced), {
      name: "Stale",
    });
    assert.equal(await textAt(world, "a/b"), "theirs");
  });
});

describe("removing", () => {
  for (const known of [{}, HONOURED]) {
    test(`RM10: a removal whose reply was lost is done (${JSON.stringify(known)})`, async () => {
      await using world = await open(known);
      const object = await world.store.write(key("a"), await fileOf("x"), undefined, unannounced);
      const nth = known === HONOURED ? 1 : 2; // the first one under a bogus condition does nothing
      await strict.faults([{ operation: "DeleteObject", nth, effect: { kind: "cut-after" } }]);
      await world.store.remove(object);
      assert.equal(await world.bytes("a"), undefined);
    });
  }

  test("X5: a bogus condition is tried on what is about to be deleted, once", async () => {
    await using world = await open();
    for (const path of ["a", "b"]) await world.put(path, "x");
    const [a, b] = await listed(world.store);
    await world.store.remove(a as RemoteObject);
    assert.equal(world.memory.facts.conditionalDelete, "honoured");
    await strict.clear();
    await world.store.remove(b as RemoteObject);
    assert.deepEqual(await operations(), ["DeleteObject"]);
  });
});
