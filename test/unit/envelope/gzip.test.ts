/** gzip: reproducible, and readable by others. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { gunzipped, gzipped } from "../../../src/envelope/gzip.ts";
import { collected, pieces, Source } from "../../support/enveloped.ts";

const LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

function compressed(plain: Uint8Array, level: number, piece: number): Promise<Buffer> {
  return collected(gzipped(new Source(pieces(plain, piece)), level));
}

test("the header has no name, no time, and one system for all", async () => {
  for (const level of LEVELS) {
    const header = (await compressed(Buffer.from("content"), level, 100)).subarray(0, 10);
    assert.equal(header.subarray(0, 8).toString("hex"), "1f8b080000000000");
    assert.equal(header[9], 3);
  }
});

test("the same content gives the same bytes at each level, however it is cut", async () => {
  const anyContent = fc.oneof(
    fc.integer({ min: 0, max: 200_000 }).map((size) => Buffer.alloc(size, "some words, again and again ")),
    fc.integer({ min: 0, max: 200_000 }).map((size) => randomBytes(size)),
  );
  const anyPiece = fc.integer({ min: 500, max: 200_000 });
  await fc.assert(
    fc.asyncProperty(
      anyContent,
      anyPiece,
      anyPiece,
      fc.constantFrom(...LEVELS),
      async (plain, a, b, level) => {
        assert.ok((await compressed(plain, level, a)).equals(await compressed(plain, level, b)));
      },
    ),
    { numRuns: 40 },
  );
});

test("gunzip reads it", async () => {
  const plain = Buffer.concat([Buffer.alloc(100_000, "words "), randomBytes(400_000)]);
  for (const level of [1, 6, 9]) {
    const input = await compressed(plain, level, 65_536);
    assert.ok(execFileSync("gunzip", ["-c"], { input }).equals(plain));
  }
});

test("what gzip has made is read, in one member or in more", async () => {
  const plain = randomBytes(100_000);
  const half = (part: Uint8Array): Buffer => execFileSync("gzip", ["-c"], { input: part });
  const stored = Buffer.concat([half(plain.subarray(0, 30_000)), half(plain.subarray(30_000))]);
  assert.ok((await collected(gunzipped(new Source(pieces(stored, 999))))).equals(plain));
});
