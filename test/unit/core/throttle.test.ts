/** A rate that bytes are held to, by a clock of our own. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { throttle } from "../../../src/core/throttle.ts";

test("RM26: who moves bytes is told to wait until all before are paid for, in the order of asking", () => {
  const { take } = throttle(1_000);
  assert.equal(take(600, 0), 0, "100 ms of the rate may be made up for, and the first always goes at once");
  assert.equal(take(100, 0), 500);
  assert.equal(take(100, 0), 600);
  assert.equal(take(1, 350), 350, "the same moment, seen from later");
});

test("RM26: what was not used is made up for during 100 ms, and no longer", () => {
  const { take } = throttle(1_000);
  take(1_000, 0);
  assert.equal(take(0, 900), 0, "paid for");
  assert.equal(take(100, 10_000), 0, "ten idle seconds give a tenth of one");
  assert.equal(take(500, 10_000), 0, "which is spent");
  assert.equal(take(1, 10_000), 500);
});

test("RM26: more than a second's worth at once waits for what was before, not for itself", () => {
  const { take } = throttle(16 * 1024);
  assert.equal(take(64 * 1024, 0), 0);
  assert.equal(take(1, 0), 3_900);
});

test("RM26: whatever is asked, in any stretch of time no more passes than the rate, a burst and the last piece", () => {
  const asks = fc.array(fc.record({ afterMs: fc.nat(500), bytes: fc.integer({ min: 1, max: 5_000 }) }), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(asks, fc.integer({ min: 100, max: 100_000 }), (asked, rate) => {
      const { take } = throttle(rate);
      let nowMs = 0;
      const passed: { readonly atMs: number; readonly bytes: number }[] = [];
      for (const { afterMs, bytes } of asked) {
        nowMs += afterMs;
        const waitMs = take(bytes, nowMs);
        assert.ok(waitMs >= 0, "no wait is negative");
        passed.push({ atMs: nowMs + waitMs, bytes });
      }
      for (const [i, first] of passed.entries()) {
        let sum = 0;
        for (const { atMs, bytes } of passed.slice(i)) {
          assert.ok(atMs >= first.atMs, "in the order of asking");
          const allowed = ((atMs - first.atMs + 100) / 1000) * rate;
          assert.ok(sum <= allowed + 0.001, `${sum} bytes where ${allowed} are allowed`);
          sum += bytes;
        }
      }
    }),
  );
});

test("RM26: what waits for nothing loses nothing: at full use the rate is reached", () => {
  const { take } = throttle(10_000);
  let nowMs = 0;
  for (let i = 0; i < 1_000; i++) nowMs += take(100, nowMs);
  const wantedMs = (1_000 * 100) / 10;
  assert.ok(Math.abs(nowMs - wantedMs) < 200, `${nowMs} ms for 10 s worth of bytes`);
});

test("RM26: what is moved at a time is small against the rate", () => {
  const pieces = [16 * 1024, 2 * 1024 ** 2, 1024 ** 3].map((rate) => throttle(rate).pieceBytes);
  assert.deepEqual(pieces, [256, 32 * 1024, 64 * 1024]);
  assert.equal(throttle(1).pieceBytes, 1);
});
