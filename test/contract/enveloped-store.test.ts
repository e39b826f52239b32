/** The object store of a map with envelopes, on a real server and on the strict one. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { createHash } from "node:crypto";
import { envelopeOf } from "../../src/envelope/envelope.ts";
import type { RemoteObject } from "../../src/model/observation.ts";
import { keyOfText as key } from "../../src/model/object-key.ts";
import type { Sending } from "../../src/ports/object-store.ts";
import {
  bytesOf,
  contentOf,
  fileOf,
  joined,
  listed,
  md5,
  MTIME_NS,
  timeless,
  unannounced,
} from "../support/content.ts";
import { envelopedAs } from "../support/enveloped.ts";
import { gunzip } from "../support/sealed.ts";
import { type S3Server, sharedServer, startServer } from "../support/s3-server.ts";
import { type StoreWorld, storeWorld } from "../support/store-world.ts";

const MIB = 1024 * 1024;
const TOOLS = {
  env: {},
  mayAsk: false,
  openNameless: (): number => {
    throw new Error("nothing here is encrypted");
  },
};
const stale = { name: "Stale" };

const server = await sharedServer();
const strict = server.kind === "strict" ? undefined : await startServer("strict");
after(async () => {
  await server.stop();
  await strict?.stop();
});

async function open(on: S3Server): Promise<StoreWorld> {
  return storeWorld(on, { envelope: await envelopeOf({ gzip: 1, gpg: false, email: "" }, TOOLS) });
}

/** Small: in one request. Large: in parts. */
const CONTENTS: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  "a small content": Buffer.from("say it again, ".repeat(1_000)),
  "one that fills one request": Buffer.from(bytesOf(16 * MIB)),
  "a large one": Buffer.from(bytesOf(17 * MIB + 4)),
  "a large one of which little is left": Buffer.alloc(40 * MIB, "again"),
};

for (const on of strict === undefined ? [server] : [server, strict]) {
  describe(`ObjectStore with envelopes: ${on.name}`, { concurrency: 1 }, () => {
    for (const [title, content] of Object.entries(CONTENTS)) {
      test(`${title} goes in and comes out, and the object says what it is (EN1, EN2)`, async () => {
        await using world = await open(on);
        const told: Sending[] = [];
        assert.equal(world.store.sawEnvelopes, false);
        const file = await fileOf(content);
        const written = await world.store.write(
          key("a"),
          file,
          undefined,
          async (sending) => void told.push(sending),
        );
        assert.equal(world.store.sawEnvelopes, false);

        const enveloped = envelopedAs("gzip", content);
        const facts = await world.another.head(key("a"));
        assert.deepEqual(facts?.enveloped, enveloped);
        assert.equal(facts?.mtimeNs, MTIME_NS);
        assert.equal(facts?.md5, undefined);
        assert.deepEqual(timeless(facts?.object), written);
        assert.deepEqual((await listed(world.another)).map(timeless), [written]);
        const stored = (await world.bytes("a")) ?? new Uint8Array();
        assert.equal(stored.length, written.size);
        assert.ok(gunzip(stored).equals(content));

        assert.ok(Buffer.from(await contentOf(world.another, written)).equals(content));
        assert.equal(world.another.sawEnvelopes, true);
        const raw = await world.another.read(written, "stored");
        assert.deepEqual(raw.facts.enveloped, enveloped);
        assert.ok(Buffer.from(await joined(raw.chunks)).equals(stored));

        const inParts = content.length > 16 * MIB;
        assert.equal(told.length, 1);
        assert.equal(told[0]?.sha256, enveloped.sha256);
        assert.equal(told[0]?.uploadId !== undefined, inParts);
        assert.equal(told[0]?.etags?.single, inParts ? undefined : md5(stored));
      });
    }

    for (const title of ["a small content", "a large one"]) {
      const content = CONTENTS[title] ?? Buffer.alloc(0);

      test(`${title} replaces only what was seen (X5)`, async () => {
        await using world = await open(on);
        await world.put("a", "what others have stored");
        const [seen] = await listed(world.store);
        await assert.rejects(
          world.store.write(key("a"), await fileOf(content), undefined, unannounced),
          stale,
        );
        await world.put("a", "what others have stored since");
        await assert.rejects(world.store.write(key("a"), await fileOf(content), seen, unannounced), stale);
        assert.equal(Buffer.from((await world.bytes("a")) ?? []).toString(), "what others have stored since");
        assert.deepEqual(await world.uploads("a"), []);
        const [now] = await listed(world.store);
        const written = await world.store.write(key("a"), await fileOf(content), now, unannounced);
        assert.ok(Buffer.from(await contentOf(world.store, written)).equals(content));
      });

      test(`${title} that changes between its digest and its end does not come into being (X4, RM14)`, async () => {
        await using world = await open(on);
        const other = createHash("sha256").update("what it was").digest("hex");
        const changed = await fileOf(content, { sha256: async () => other });
        await assert.rejects(world.store.write(key("a"), changed, undefined, unannounced), stale);
        assert.equal(await world.bytes("a"), undefined);
        assert.deepEqual(await world.uploads("a"), []);
      });

      test(`${title} that cannot be read to its end does not come into being (X4, RM14)`, async () => {
        await using world = await open(on);
        const broken = await fileOf(content, {
          read: async () => {
            throw new Error("the disk is gone");
          },
        });
        await assert.rejects(world.store.write(key("a"), broken, undefined, unannounced), /the disk is gone/);
        assert.equal(await world.bytes("a"), undefined);
        assert.deepEqual(await world.uploads("a"), []);
      });
    }

    test("a copy is in the same envelope, and says so (MV5)", async () => {
      await using world = await open(on);
      const content = CONTENTS["a small content"] ?? Buffer.alloc(0);
      const from = await world.store.write(key("a"), await fileOf(content), undefined, unannounced);
      const copied: RemoteObject = await world.store.copy(from, key("b"), async () => {});
      assert.deepEqual(await world.bytes("b"), await world.bytes("a"));
      assert.deepEqual((await world.another.head(key("b")))?.enveloped, envelopedAs("gzip", content));
      assert.ok(Buffer.from(await contentOf(world.store, copied)).equals(content));
    });

    test("what has no envelope is read as it is (EN1)", async () => {
      await using world = await open(on);
      await world.put("a", "as it is");
      const [object] = await listed(world.store);
      assert.ok(object);
      assert.equal(Buffer.from(await contentOf(world.store, object)).toString(), "as it is");
      assert.equal(world.store.sawEnvelopes, false);
    });

    test("what says of its envelope what nobody knows is one path's error (EN1)", async () => {
      await using world = await open(on);
      const good = { "bsync-encoding": "gzip", "bsync-size": "1", "bsync-sha256": "0".repeat(64) };
      const bad = [{ "bsync-encoding": "zstd" }, { "bsync-size": "-1" }, { "bsync-sha256": "x" }];
      for (const [index, change] of bad.entries()) {
        const name = `a${index}`;
        await world.put(name, "x", { ...good, ...change });
        const [object] = (await listed(world.store)).filter((each) => each.key === key(name));
        assert.ok(object);
        await assert.rejects(world.store.head(key(name)), { name: "PathError" });
        await assert.rejects(world.store.read(object), { name: "PathError" });
      }
    });
  });
}
