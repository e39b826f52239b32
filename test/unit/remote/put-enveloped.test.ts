/** Uploads in an envelope to a server that fails or lies: each comes into being once and whole, or not at all. */

import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { keyOfText as key } from "../../../src/model/object-key.ts";
import type { Envelope } from "../../../src/ports/envelope.ts";
import type { Sending } from "../../../src/ports/object-store.ts";
import { bytesOf, contentOf, fileOf, md5, MTIME_NS, unannounced } from "../../support/content.ts";
import { collected } from "../../support/enveloped.ts";
import { endpointMemory } from "../../support/endpoint-memory.ts";
import { NO_ENVELOPE } from "../../support/no-envelope.ts";
import { startServer } from "../../support/s3-server.ts";
import { type StoreWorld, storeWorld } from "../../support/store-world.ts";
import { strictClient } from "../../support/strict-client.ts";
import type { FaultRule } from "../../support/strict-server/fault-rules.ts";

const MIB = 1024 * 1024;
const HONOURED = { conditionalPut: "honoured", conditionalDelete: "honoured" } as const;
const patience = { baseMs: 1, capMs: 10, stallMs: 1_000 };
const server = await startServer("strict");
const strict = strictClient(server.endpoint);
beforeEach(() => strict.clear());
after(() => server.stop());

/** Never the same bytes twice, as encryption makes them; and it knows how often it was begun and closed. */
class Counting implements Envelope {
  readonly encoding = "openpgp";
  begun = 0;
  closed = 0;
  readonly #growth: number;

  /** @param growth bytes that come out for each that goes in */
  constructor(growth = 1) {
    this.#growth = growth;
  }

  async *encode(plain: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const mask = ++this.begun;
    try {
      yield Buffer.from([mask, this.#growth]);
      for await (const chunk of plain)
        for (let copy = 0; copy < this.#growth; copy++) yield Buffer.from(chunk.map((byte) => byte ^ mask));
    } finally {
      this.closed++;
    }
  }

  canDecode(): boolean {
    return true;
  }

  async *decode(stored: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const bytes = await collected(stored);
    const mask = bytes[0] ?? 0;
    yield Buffer.from(bytes.subarray(2).map((byte) => byte ^ mask));
  }
}

function open(envelope: Envelope): Promise<StoreWorld> {
  return storeWorld(server, { patience, memory: endpointMemory(HONOURED), envelope });
}

const SMALL = Buffer.from("a small content");
const LARGE = Buffer.from(bytesOf(20 * MIB));
const SIZES = { "in one request": SMALL, "in parts": LARGE };
const FINAL = { "in one request": "PutObject", "in parts": "CompleteMultipartUpload" } as const;

describe("an upload in an envelope", () => {
  for (const [how, content] of Object.entries(SIZES)) {
    const operation = FINAL[how as keyof typeof FINAL];

    test(`${how} whose answer is lost is known as ours (RM10)`, async () => {
      const envelope = new Counting();
      await using world = await open(envelope);
      await strict.faults([{ operation, effect: { kind: "cut-after" } }]);
      const written = await world.store.write(key("a"), await fileOf(content), undefined, unannounced);
      assert.equal(envelope.begun, 1);
      assert.equal(written.etag, (await world.another.head(key("a")))?.object.etag);
      assert.ok(Buffer.from(await contentOf(world.another, written)).equals(content));
      assert.deepEqual(await world.uploads("a"), []);
    });

    test(`${how} that meets the same content of somebody else's is stale (X5)`, async () => {
      await using world = await open(new Counting());
      const theirs = await world.another.write(key("a"), await fileOf(content), undefined, unannounced);
      const ours = world.store.write(key("a"), await fileOf(content), undefined, unannounced);
      await assert.rejects(ours, { name: "Stale" });
      assert.equal((await world.store.head(key("a")))?.object.etag, theirs.etag);
    });

    test(`${how} is tried again where the server cannot, with the same bytes (RM2)`, async () => {
      const envelope = new Counting();
      await using world = await open(envelope);
      const fails = { kind: "answer", status: 503, code: "SlowDown" } as const;
      const rules: FaultRule[] = [{ operation, times: 2, effect: fails }];
      if (content === LARGE) rules.push({ operation: "UploadPart", partNumber: 2, times: 2, effect: fails });
      await strict.faults(rules);
      const written = await world.store.write(key("a"), await fileOf(content), undefined, unannounced);
      assert.equal(envelope.begun, 1);
      assert.ok(Buffer.from(await contentOf(world.another, written)).equals(content));
    });
  }

  test("in parts that another voids begins anew, with a name of its own (RM20)", async () => {
    const envelope = new Counting();
    await using world = await open(envelope);
    const told: Sending[] = [];
    await strict.faults([
      {
        operation: "CompleteMultipartUpload",
        effect: { kind: "answer", status: 409, code: "ConditionalRequestConflict" },
      },
    ]);
    const file = await fileOf(LARGE);
    const written = await world.store.write(
      key("a"),
      file,
      undefined,
      async (sending) => void told.push(sending),
    );
    assert.equal(envelope.begun, 2);
    assert.equal(envelope.closed, 2);
    assert.equal(new Set(told.map(({ uploadId }) => uploadId)).size, 2);
    assert.ok(Buffer.from(await contentOf(world.another, written)).equals(LARGE));
    assert.deepEqual(await world.uploads("a"), []);
  });

  test("in parts that fails lets go of file and envelope, and of the upload (RM14)", async () => {
    const envelope = new Counting();
    await using world = await open(envelope);
    const denied = { kind: "answer", status: 403, code: "AccessDenied" } as const;
    await strict.faults([{ operation: "UploadPart", partNumber: 2, times: "always", effect: denied }]);
    await assert.rejects(world.store.write(key("a"), await fileOf(LARGE), undefined, unannounced));
    assert.equal(envelope.closed, 1);
    assert.deepEqual(await world.uploads("a"), []);
    assert.equal(await world.bytes("a"), undefined);
  });

  test("takes whatever comes out of the envelope, also far more than the content", async () => {
    await using world = await open(new Counting(3));
    const written = await world.store.write(key("a"), await fileOf(LARGE), undefined, unannounced);
    assert.equal(written.size, LARGE.length * 3 + 2);
    assert.equal((await world.bytes("a"))?.length, written.size);
    assert.match(written.etag, new RegExp(`-${Math.ceil(written.size / (8 * MIB))}$`));
  });

  test("of which nothing comes out is a bug of the envelope, and no object", async () => {
    const failing: Envelope = {
      ...NO_ENVELOPE,
      encoding: "gzip",
      // oxlint-disable-next-line require-yield
      async *encode() {
        throw new Error("no envelope today");
      },
    };
    await using world = await open(failing);
    for (const content of [SMALL, LARGE]) {
      await assert.rejects(
        world.store.write(key("a"), await fileOf(content), undefined, unannounced),
        /today/,
      );
      assert.equal(await world.bytes("a"), undefined);
      assert.deepEqual(await world.uploads("a"), []);
    }
  });

  test("says the time of the content and its digest, not those of what is stored (EN1)", async () => {
    await using world = await open(new Counting());
    const written = await world.store.write(key("a"), await fileOf(SMALL), undefined, unannounced);
    const facts = await world.another.head(key("a"));
    assert.equal(facts?.mtimeNs, MTIME_NS);
    assert.equal(facts?.enveloped?.size, SMALL.length);
    assert.equal(written.etag, md5((await world.bytes("a")) ?? new Uint8Array()));
    assert.notEqual(written.etag, md5(SMALL));
  });
});
