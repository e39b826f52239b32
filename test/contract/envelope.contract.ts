/** What every envelope keeps, whatever it makes of content. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { ENCODINGS, type Enveloped } from "../../src/model/encoding.ts";
import { type Envelope, Unreadable } from "../../src/ports/envelope.ts";
import { collected, envelopedAs, pieces, Source } from "../support/enveloped.ts";

export interface EnvelopeWorld extends Disposable {
  readonly envelope: Envelope;
}

export interface EnvelopeCase {
  readonly name: string;
  readonly encoding: Enveloped["encoding"];
  /** How often the properties are tried: gpg takes its time. */
  readonly runs: number;
  readonly skip: string | false;
  open(): Promise<EnvelopeWorld>;
}

/** More than any stream takes at a time. */
const CHUNK_BYTES = 1024 * 1024;

export function describeEnvelope({ name, encoding, runs, skip, open }: EnvelopeCase): void {
  describe(`envelope: ${name}`, { skip }, () => {
    let world: EnvelopeWorld;
    before(async () => {
      world = await open();
    });
    after(() => world[Symbol.dispose]());

    const encode = (plain: Uint8Array): Promise<Buffer> =>
      collected(world.envelope.encode(new Source(pieces(plain, 65_536))));
    const decode = (stored: Uint8Array, of: Enveloped): Promise<Buffer> =>
      collected(world.envelope.decode(new Source(pieces(stored, 10_000)), of));
    /** What comes out of it before it is refused, or the whole. */
    const decodeSome = async (stored: Uint8Array, of: Enveloped): Promise<[Buffer, unknown]> => {
      const got: Uint8Array[] = [];
      try {
        for await (const chunk of world.envelope.decode(new Source(pieces(stored, 10_000)), of))
          got.push(chunk);
        return [Buffer.concat(got), undefined];
      } catch (error) {
        return [Buffer.concat(got), error];
      }
    };
    const isDamaged = (error: unknown): true => {
      assert.ok(error instanceof Unreadable, String(error));
      assert.equal(error.reason, "damaged", error.message);
      return true;
    };

    test("says what it makes, and that it can read it", () => {
      assert.equal(world.envelope.encoding, encoding);
      for (const each of ENCODINGS) assert.equal(world.envelope.canDecode(each), true);
    });

    test("gives back what it was given: no byte, one, and either side of a chunk", async () => {
      for (const size of [0, 1, 2, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1]) {
        const plain = randomBytes(size);
        assert.ok(
          (await decode(await encode(plain), envelopedAs(encoding, plain))).equals(plain),
          String(size),
        );
      }
    });

    test("gives back any content, in whatever pieces it comes and goes", async () => {
      const anySize = fc.integer({ min: 0, max: 3 * CHUNK_BYTES });
      const anyPiece = fc.integer({ min: 7000, max: 2 * CHUNK_BYTES });
      await fc.assert(
        fc.asyncProperty(anySize, anyPiece, anyPiece, fc.boolean(), async (size, into, out, isText) => {
          const plain = isText ? Buffer.alloc(size, "some text ") : randomBytes(size);
          const stored = await collected(world.envelope.encode(new Source(pieces(plain, into))));
          const back = world.envelope.decode(new Source(pieces(stored, out)), envelopedAs(encoding, plain));
          assert.ok((await collected(back)).equals(plain));
        }),
        { numRuns: runs },
      );
    });

    test("gives nothing of content that is cut off, but for what comes before the cut, and says that it is damaged", async () => {
      const plain = randomBytes(100_000);
      const stored = await encode(plain);
      for (const length of sampled(stored.length, runs)) {
        const [got, error] = await decodeSome(stored.subarray(0, length), envelopedAs(encoding, plain));
        isDamaged(error);
        assert.ok(plain.subarray(0, got.length).equals(got) && got.length <= plain.length);
        if (encoding !== "gzip") assert.equal(got.length, 0);
      }
    });

    test("gives the content or an error where a byte was changed, and never takes other content for it", async () => {
      const plain = randomBytes(20_000);
      const stored = await encode(plain);
      for (const at of sampled(stored.length, runs)) {
        const changed = Buffer.from(stored);
        changed[at] = (changed[at] ?? 0) ^ 0x10;
        const [got, error] = await decodeSome(changed, envelopedAs(encoding, plain));
        if (error === undefined) {
          assert.ok(got.equals(plain), `byte ${at}`);
          continue;
        }
        assert.ok(error instanceof Unreadable, `byte ${at}: ${String(error)}`);
        // The id of the key and the way to its session key stand in the first bytes of a message.
        if (at > 120 || encoding === "gzip") assert.equal(error.reason, "damaged", `byte ${at}`);
        if (encoding !== "gzip") assert.equal(got.length, 0, `byte ${at}`);
      }
    });

    test("refuses content that is not what its metadata say", async () => {
      // Bytes that are drawn may begin as a message to somebody else does, which is another answer.
      const plain = Buffer.alloc(5000, "plain content ");
      const stored = await encode(plain);
      const of = envelopedAs(encoding, plain);
      await assert.rejects(decode(stored, { ...of, sha256: "0".repeat(64) }), isDamaged);
      await assert.rejects(decode(stored, { ...of, size: 5001 }), isDamaged);
      await assert.rejects(decode(stored, { ...of, size: 4999 }), isDamaged);
      await assert.rejects(decode(stored, { ...of, size: 0 }), isDamaged);
      await assert.rejects(decode(plain, of), isDamaged);
      await assert.rejects(decode(new Uint8Array(), of), isDamaged);
    });

    test("gives no more than is due, however much comes out", async () => {
      const stored = await encode(Buffer.alloc(30 * CHUNK_BYTES));
      const [got, error] = await decodeSome(stored, envelopedAs(encoding, Buffer.alloc(1000)));
      isDamaged(error);
      assert.ok(got.length <= 1000);
    });

    test("passes on what its source throws, both ways", async () => {
      const error = new Error("the network is gone");
      const plain = randomBytes(300_000);
      const stored = await encode(plain);
      const thrown = (each: unknown): boolean => each === error;
      await assert.rejects(
        collected(world.envelope.encode(new Source(pieces(plain, 65_536), error))),
        thrown,
      );
      const source = new Source(pieces(stored.subarray(0, 200_000), 65_536), error);
      await assert.rejects(collected(world.envelope.decode(source, envelopedAs(encoding, plain))), thrown);
    });

    test("closes its source when its reader has enough, both ways", async () => {
      const plain = randomBytes(3 * CHUNK_BYTES);
      const encoding1 = new Source(pieces(plain, 65_536));
      for await (const _ of world.envelope.encode(encoding1)) break;
      assert.equal(encoding1.closed, true);
      const decoding = new Source(pieces(await encode(plain), 65_536));
      for await (const _ of world.envelope.decode(decoding, envelopedAs(encoding, plain))) break;
      assert.equal(decoding.closed, true);
    });

    test("does many at once", async () => {
      const contents = Array.from({ length: 12 }, (_, at) => randomBytes(at * 1000));
      const back = await Promise.all(
        contents.map(async (plain) => decode(await encode(plain), envelopedAs(encoding, plain))),
      );
      assert.deepEqual(back, contents);
    });
  });
}

/** Places from the first to the last, closer together at the beginning, where the structure is. */
function sampled(length: number, count: number): readonly number[] {
  const places = Array.from({ length: count }, (_, at) => Math.floor((length - 1) * (at / (count - 1)) ** 3));
  return [...new Set(places)];
}
