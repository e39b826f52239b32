/** Which backups go, and which never do. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DEFAULT_KEEPING, expiredBackups, type RunBackups } from "../../../src/core/expired-backups.ts";

/** Oldest first, a day apart. */
function runs(count: number, bytes = 1): readonly RunBackups[] {
  return Array.from({ length: count }, (_, index) => ({
    run: String(index),
    days: count - 1 - index,
    bytes,
  }));
}

function expired(
  all: readonly RunBackups[],
  keeping: Partial<typeof DEFAULT_KEEPING> = {},
): readonly string[] {
  return expiredBackups(all, { ...DEFAULT_KEEPING, ...keeping }).map(({ run }) => run);
}

test("S21: backups are kept for 30 days on which a run was done", () => {
  assert.deepEqual(expired(runs(30)), []);
  assert.deepEqual(expired(runs(31)), ["0"]);
  assert.deepEqual(expired(runs(32)), ["0", "1"]);
});

test("S21: those of the newest ten runs are kept however old they are", () => {
  const old = runs(12).map((run) => ({ ...run, days: 1000 }));
  assert.deepEqual(expired(old), ["0", "1"]);
  assert.deepEqual(expired(old.slice(0, 10)), []);
  assert.deepEqual(expired(old.slice(0, 10), { days: 0, bytes: 0 }), []);
});

test("S21: --keep-backups and --backup-size say otherwise", () => {
  assert.deepEqual(expired(runs(13), { days: 11 }), ["0", "1"]);
  assert.deepEqual(expired(runs(1000), { days: Infinity }), []);
  assert.deepEqual(expired(runs(20, 10), { bytes: 200 }), []);
  assert.deepEqual(expired(runs(20, 10), { bytes: 175 }), ["0", "1", "2"]);
  assert.deepEqual(expired(runs(20, 10), { bytes: 0 }), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
});

test("S21: what goes is always the older part of them, and more is never kept than was asked for", () => {
  const any = fc.array(fc.record({ days: fc.nat(50), bytes: fc.nat(100) }), { maxLength: 30 });
  fc.assert(
    fc.property(any, fc.nat(40), fc.nat(2000), (some, days, bytes) => {
      const all = some
        .toSorted((a, b) => b.days - a.days)
        .map((run, index) => ({ ...run, run: String(index) }));
      const gone = expired(all, { days, bytes });
      assert.deepEqual(
        gone,
        all.slice(0, gone.length).map(({ run }) => run),
      );
      const kept = all.slice(gone.length);
      const isSmall = kept.reduce((sum, run) => sum + run.bytes, 0) <= bytes;
      assert.ok(kept.length <= 10 || (isSmall && kept.every((run) => run.days < days)));
    }),
  );
});
