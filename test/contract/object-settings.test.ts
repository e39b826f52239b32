/** What new objects are given arrives in the store, however they are made; and what a request never says. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { HeadObjectCommand, type HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { envelopeOf } from "../../src/envelope/envelope.ts";
import { keyOfText as key } from "../../src/model/object-key.ts";
import { NO_SETTINGS, type ObjectSettings } from "../../src/model/object-settings.ts";
import { bytesOf, contentOf, fileOf, listed, md5, unannounced } from "../support/content.ts";
import { recordingProxy } from "../support/recording-proxy.ts";
import { sharedServer, startServer } from "../support/s3-server.ts";
import { type StoreWorld, storeWorld } from "../support/store-world.ts";
import { strictClient } from "../support/strict-client.ts";

const MIB = 1024 * 1024;
const SMALL = Buffer.from("a small content");
const LARGE = Buffer.from(bytesOf(17 * MIB));
const SETTINGS: ObjectSettings = {
  headers: [
    { pattern: undefined, name: "Cache-Control", value: "max-age=60" },
    { pattern: "*.html", name: "Cache-Control", value: "no-cache" },
    { pattern: undefined, name: "Content-Disposition", value: 'attachment; filename="a.txt"' },
    { pattern: undefined, name: "Content-Language", value: "de" },
    { pattern: "page*", name: "Content-Type", value: "text/x-own" },
    { pattern: undefined, name: "Expires", value: "Wed, 18 May 2033 03:33:20 GMT" },
  ],
  storageClass: "REDUCED_REDUNDANCY",
  encryption: undefined,
};
const KMS: ObjectSettings = {
  ...NO_SETTINGS,
  encryption: { algorithm: "aws:kms", keyId: "alias/own" },
};

const server = await sharedServer();
const strict = server.kind === "strict" ? server : await startServer("strict");
after(async () => {
  await server.stop();
  await strict.stop();
});

function headOf(world: StoreWorld, path: string): Promise<HeadObjectCommandOutput> {
  return world.client.send(new HeadObjectCommand(world.at(path)));
}

function assertGiven(head: HeadObjectCommandOutput, cacheControl: string, type: string): void {
  assert.equal(head.CacheControl, cacheControl);
  assert.equal(head.ContentDisposition, 'attachment; filename="a.txt"');
  assert.equal(head.ContentLanguage, "de");
  assert.equal(head.ContentType, type);
  assert.equal(head.ExpiresString, "Wed, 18 May 2033 03:33:20 GMT");
  assert.equal(head.StorageClass, "REDUCED_REDUNDANCY");
}

for (const on of new Set([server, strict])) {
  describe(`what new objects are given: ${on.name}`, { concurrency: 1 }, () => {
    for (const [way, content] of [
      ["in one request", SMALL],
      ["in parts", LARGE],
    ] as const) {
      test(`RM23: headers and class of content that is sent ${way}, also where it replaces something`, async () => {
        await using world = await storeWorld(on, { settings: SETTINGS });
        const [page, other] = [key("d/page.html"), key("other.css")];
        await world.store.write(page, await fileOf(content), undefined, unannounced);
        const seen = await world.store.write(other, await fileOf(SMALL), undefined, unannounced);
        assertGiven(await headOf(world, "d/page.html"), "no-cache", "text/x-own");
        assertGiven(await headOf(world, "other.css"), "max-age=60", "text/css");
        await world.store.write(other, await fileOf(content), seen, unannounced);
        assertGiven(await headOf(world, "other.css"), "max-age=60", "text/css");
      });

      test(`RM23: headers and class of content in an envelope that is sent ${way}`, async () => {
        const tools = { env: {}, mayAsk: false, openNameless: () => assert.fail("nothing is encrypted") };
        const envelope = await envelopeOf({ gzip: 1, gpg: false, email: "" }, tools);
        await using world = await storeWorld(on, { settings: SETTINGS, envelope });
        await world.store.write(key("page.html"), await fileOf(content), undefined, unannounced);
        const head = await headOf(world, "page.html");
        assertGiven(head, "no-cache", "text/x-own");
        assert.equal(head.ContentEncoding, undefined);
        assert.equal(head.Metadata?.["bsync-encoding"], "gzip");
      });
    }

    test("RM23: a copy keeps what the first object has, whatever new ones are given", async () => {
      await using world = await storeWorld(on, { settings: SETTINGS, copyMax: MIB });
      await world.put("small", SMALL);
      await world.put("large", LARGE);
      for (const from of await listed(world.store)) {
        await world.store.copy(from, key(`${from.key}-2`), unannounced);
        const [was, is] = await Promise.all([headOf(world, from.key), headOf(world, `${from.key}-2`)]);
        for (const name of ["CacheControl", "ContentLanguage", "ContentType", "StorageClass"] as const)
          assert.equal(is[name], was[name], name);
      }
    });

    test("RM24: every request says that we pay; no request ever says who may read", async () => {
      await using proxy = await recordingProxy(on.endpoint);
      const { endpoint } = proxy;
      const place = { endpoint, region: on.region, profile: undefined, caBundle: undefined, pathStyle: true };
      const connection = { ...place, requestPayer: true };
      await using world = await storeWorld(on, { connection, settings: SETTINGS, copyMax: MIB });
      await sendAll(world);
      const kinds = new Set(proxy.log.map(({ method, query }) => `${method} ${[...query.keys()].join(" ")}`));
      assert.ok(kinds.size >= 10, `requests of every kind: ${[...kinds].join(", ")}`);
      for (const { method, key: path, headers } of proxy.log) {
        assert.equal(headers["x-amz-request-payer"], "requester", `${method} ${path}`);
        const readers = Object.keys(headers).filter((name) => /^x-amz-(?:acl|grant)/.test(name));
        assert.deepEqual(readers, [], `${method} ${path}`);
      }
    });

    test("RM26: all content that is sent or received is held to the rate, in small pieces, and arrives whole", async () => {
      let taken: number[] = [];
      const throttle = {
        pieceBytes: 10_000,
        take: (bytes: number): number => {
          taken.push(bytes);
          return taken.length % 50 === 0 ? 2 : 0;
        },
      };
      const passed = (): number => taken.reduce((sum, bytes) => sum + bytes, 0);
      await using world = await storeWorld(on, { throttle });
      await world.store.write(key("nothing"), await fileOf(Buffer.alloc(0)), undefined, unannounced);
      const small = await world.store.write(key("small"), await fileOf(SMALL), undefined, unannounced);
      taken = []; // what is found out with the first uploads is sent again
      const large = await world.store.write(key("large"), await fileOf(LARGE), undefined, unannounced);
      assert.equal(passed(), LARGE.length);
      assert.equal(Math.max(...taken), 10_000);
      taken = [];
      assert.ok(Buffer.from(await contentOf(world.store, large)).equals(LARGE), "large content");
      assert.equal(passed(), LARGE.length);
      assert.ok(Buffer.from(await contentOf(world.store, small)).equals(SMALL), "small content");
      taken = [];
      await listed(world.store);
      await world.store.head(key("small"));
      assert.deepEqual(taken, [], "nothing else is held back");
    });
  });
}

/** A request of every kind that there is. */
async function sendAll(world: StoreWorld): Promise<void> {
  const { store } = world;
  const small = await store.write(key("small"), await fileOf(SMALL), undefined, unannounced);
  const large = await store.write(key("large"), await fileOf(LARGE), undefined, unannounced);
  await contentOf(store, large);
  for (const from of [small, large]) {
    const copied = await store.copy(from, key(`${from.key}-2`), unannounced);
    await store.remove(copied);
  }
  await store.head(key("large"));
  await store.head(key("none"));
  await store.abort(key("large"), await world.begin("large"));
  await listed(store);
}

test("RM26: content that breaks off or stalls under a rate is asked for again, and arrives whole (RM3, RM16)", async () => {
  const throttle = { pieceBytes: 10_000, take: () => 0 };
  const patience = { baseMs: 1, capMs: 10, stallMs: 1_000 };
  await using world = await storeWorld(strict, { throttle, patience });
  const control = strictClient(strict.endpoint);
  for (const [i, content] of [SMALL, LARGE].entries()) {
    const written = await world.store.write(key(`${i}`), await fileOf(content), undefined, unannounced);
    for (const kind of ["half-body", "stall-body"] as const) {
      await control.faults([{ operation: "GetObject", effect: { kind } }]);
      assert.ok(Buffer.from(await contentOf(world.store, written)).equals(content), kind);
      await control.clear();
    }
    const unread = await world.store.read(written);
    unread.discard();
  }
});

describe("encryption by the server, as we believe S3 does it", () => {
  for (const [way, content] of [
    ["in one request", SMALL],
    ["in parts", LARGE],
  ] as const) {
    test(`RM25: content that is sent or copied ${way} is encrypted as the map says, and its digest stands beside it from the first`, async () => {
      await using world = await storeWorld(strict, { settings: KMS, copyMax: MIB });
      const written = await world.store.write(key("a"), await fileOf(content), undefined, unannounced);
      const copied = await world.store.copy(written, key("b"), unannounced);
      for (const [name, { etag }] of Object.entries({ a: written, b: copied })) {
        const head = await headOf(world, name);
        assert.equal(head.ServerSideEncryption, "aws:kms");
        assert.equal(head.SSEKMSKeyId, "alias/own");
        assert.notEqual(etag, md5(content), "an ETag that is no digest");
        const facts = await world.another.head(key(name));
        assert.equal(facts?.md5, md5(content));
        assert.equal(facts?.etagMayBeMd5, false);
        assert.equal(facts?.object.etag, etag);
      }
      assert.equal(world.store.etagsMayBeMd5, way === "in parts");
      assert.ok(Buffer.from(await contentOf(world.store, copied)).equals(content), "read back");
    });
  }

  test("RM25: with AES256 ETags are digests, and nothing is said beside them", async () => {
    const settings = { ...NO_SETTINGS, encryption: { algorithm: "AES256", keyId: undefined } } as const;
    await using world = await storeWorld(strict, { settings });
    const { etag } = await world.store.write(key("a"), await fileOf(SMALL), undefined, unannounced);
    assert.equal(etag, md5(SMALL));
    const { ServerSideEncryption, Metadata } = await headOf(world, "a");
    assert.equal(ServerSideEncryption, "AES256");
    assert.deepEqual(Object.keys(Metadata ?? {}), ["mtime"]);
  });

  test("RM25: a server that cannot encrypt is not taken for one that knows no conditions (RM9)", async () => {
    await using world = await storeWorld(strict, { settings: KMS });
    const control = strictClient(strict.endpoint);
    for (const operation of ["PutObject", "CreateMultipartUpload"]) {
      const effect = { kind: "answer", status: 501, code: "NotImplemented" } as const;
      await control.faults([{ operation, times: "always", effect }]);
    }
    for (const content of [SMALL, LARGE]) {
      const writing = world.store.write(key("a"), await fileOf(content), undefined, unannounced);
      await assert.rejects(writing, { name: "PathError", message: /NotImplemented/ });
    }
    assert.equal(world.memory.facts.conditionalPut, "untold");
    await control.clear();
  });
});
