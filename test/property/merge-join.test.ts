/** Laws of the join and of the sequences around it. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { inOrder } from "../../src/core/in-order.ts";
import { mergeJoin, type Row } from "../../src/core/merge-join.ts";
import { mergeSorted } from "../../src/core/merge-sorted.ts";
import { seekTracked } from "../../src/core/seek-tracked.ts";
import { isUnknown } from "../../src/model/observation.ts";
import { file, object, record, unknown } from "../support/observed.ts";

const name = fc.stringMatching(/^[a-c/.-]{1,4}$/);
const names = fc.uniqueArray(name, { maxLength: 12 }).map((all) => all.toSorted());

/** Cuts a sequence into batches, empty ones among them. */
function* batches<T>(items: readonly T[], cuts: readonly number[]): Generator<readonly T[]> {
  let at = 0;
  for (const cut of cuts) yield items.slice(at, (at += cut));
  yield items.slice(at);
}

describe("mergeJoin", () => {
  test("gives every key once, ascending, with exactly the sides that have it (O1)", async () => {
    const cuts = fc.array(fc.nat(3), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(names, names, names, cuts, async (local, remote, base, cut) => {
        const rows: Row[] = [];
        await mergeJoin(
          {
            local: batches(
              local.map((n) => file(n)),
              cut,
            ),
            remote: batches(
              remote.map((n) => object(n)),
              cut,
            ),
            base: batches(
              base.map((n) => record(n)),
              cut,
            ),
          },
          (row) => rows.push(row),
        );
        const all = [...new Set([...local, ...remote, ...base])].toSorted();
        assert.deepEqual(
          rows.map((row) => row.key),
          all,
        );
        for (const row of rows) {
          assert.equal(row.local !== undefined, local.includes(row.key));
          assert.equal(row.remote !== undefined, remote.includes(row.key));
          assert.equal(row.base !== undefined, base.includes(row.key));
        }
      }),
    );
  });

  test("an unknown directory is the local side of every path below it, and is reported once (H158)", async () => {
    const rows: Row[] = [];
    await mergeJoin(
      {
        local: [[unknown("d/", { below: true }), file("e")]],
        remote: [[object("d/x"), object("d0")]],
        base: [[record("d/x"), record("d/y"), record("e")]],
      },
      (row) => rows.push(row),
    );
    const seen = rows.map(({ key, local }) => [
      key,
      local !== undefined && isUnknown(local) && local.reported,
    ]);
    assert.deepEqual(seen, [
      ["d/", true],
      ["d/x", false],
      ["d/y", false],
      ["d0", false],
      ["e", false],
    ]);
    assert.deepEqual(
      rows.map(({ local }) => local !== undefined && isUnknown(local)),
      [true, true, true, false, false],
    );
  });

  test("an unreadable root makes every path unknown", async () => {
    const rows: Row[] = [];
    const sources = {
      local: [[unknown("", { below: true })]],
      remote: [[object("a")]],
      base: [[record("b")]],
    };
    await mergeJoin(sources, (row) => rows.push(row));
    assert.ok(rows.every(({ local }) => local !== undefined && isUnknown(local)));
  });

  test("refuses a source that steps back or repeats a key, and closes all three (O1)", async () => {
    for (const wrong of [
      ["b", "a"],
      ["a", "a"],
    ]) {
      let closed = 0;
      const closing = function* <T>(items: readonly T[]): Generator<readonly T[]> {
        try {
          for (const item of items) yield [item];
        } finally {
          closed++;
        }
      };
      const sources = {
        local: closing(wrong.map((n) => file(n))),
        remote: closing([object("a"), object("z")]),
        base: closing([record("y"), record("z")]),
      };
      await assert.rejects(
        mergeJoin(sources, () => {}),
        /local scan/,
      );
      assert.equal(closed, 3);
    }
  });
});

describe("inOrder", () => {
  test("gives results in the order of the input, whatever order they end in, and bounds what runs", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(20),
        async (s, concurrency, count) => {
          let running = 0;
          let most = 0;
          const done = s.scheduleFunction(async (i: number) => i);
          const task = async (i: number): Promise<number> => {
            most = Math.max(most, ++running);
            const result = await done(i);
            running--;
            return result;
          };
          const items = Array.from({ length: count }, (_, i) => i);
          const results: number[] = [];
          const all = (async () => {
            for await (const result of inOrder(items, task, { concurrency, window: concurrency + 2 }))
              results.push(result);
          })();
          await s.waitFor(all);
          assert.deepEqual(results, items);
          assert.ok(most <= concurrency);
        },
      ),
    );
  });

  test("a rejection ends it after what runs has ended, and nothing starts after it", async () => {
    const started: number[] = [];
    let ended = 0;
    const task = async (i: number): Promise<number> => {
      started.push(i);
      await new Promise((resolve) => setImmediate(resolve));
      ended++;
      if (i === 1) throw new Error("the second");
      return i;
    };
    const drain = async (): Promise<void> => {
      for await (const _ of inOrder([0, 1, 2, 3, 4, 5, 6, 7], task, { concurrency: 2, window: 4 }));
    };
    await assert.rejects(drain(), /the second/);
    assert.equal(ended, started.length);
    assert.ok(started.length < 8);
  });
});

test("mergeSorted gives what sorting all of it would give", () => {
  fc.assert(
    fc.property(fc.array(names, { maxLength: 4 }), (lists) => {
      const seen = new Set<string>();
      const apart = lists.map((list) =>
        list.filter((n) => !seen.has(n) && seen.add(n)).map((n) => record(n)),
      );
      const merged = [...mergeSorted(apart)].map(({ key }) => key);
      assert.deepEqual(merged, [...seen].toSorted());
    }),
  );
});

test("seekTracked finds the first tracked key that is not before the one asked for", () => {
  fc.assert(
    fc.property(names, names, (tracked, asked) => {
      const seek = seekTracked(
        batches(
          tracked.map((n) => record(n)),
          [2, 0, 3],
        ),
      );
      for (const key of asked) {
        assert.equal(
          seek(record(key).key),
          tracked.find((each) => each >= key),
        );
      }
    }),
  );
});
