/** The plan of the parts, at the edges. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PARTS_MAX, partCount, partSize, SINGLE_PUT_MAX } from "../../../src/core/part-size.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

for (const [what, size, part, count] of [
  ["0", 0, 8, 1],
  ["1 byte", 1, 8, 1],
  ["16 MiB - 1", SINGLE_PUT_MAX - 1, 8, 2],
  ["16 MiB", SINGLE_PUT_MAX, 8, 2],
  ["16 MiB + 1", SINGLE_PUT_MAX + 1, 8, 3],
  ["5 GiB", 5 * GIB, 8, 640],
  ["80,000 MiB", 80_000 * MIB, 8, 10_000],
  ["80,000 MiB + 1", 80_000 * MIB + 1, 9, 8_889],
  ["5 TiB", 5 * 1024 * GIB, 525, 9_987],
] as const) {
  test(`${what}: ${count} parts of ${part} MiB`, () => {
    assert.equal(partSize(size), part * MIB);
    assert.equal(partCount(size), count);
  });
}

test("any size has at most 10,000 parts of whole MiB, none below the 5 MiB of S3 nor above its 5 GiB", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 48 * 1024 * GIB }), (size) => {
      const part = partSize(size);
      assert.ok(partCount(size) <= PARTS_MAX && part % MIB === 0);
      assert.ok(part >= 5 * MIB && part <= 5 * GIB);
      assert.ok(partCount(size) * part >= size && (partCount(size) - 1) * part <= size);
    }),
  );
});
