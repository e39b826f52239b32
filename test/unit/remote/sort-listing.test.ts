/** A listing in any order comes out in byte order, whatever its length. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOfText, type ObjectKey } from "../../../src/model/object-key.ts";
import type { Spool } from "../../../src/ports/spool.ts";
import { showsByteOrder } from "../../../src/remote/listing/list.ts";
import { sortListing } from "../../../src/remote/listing/sort-listing.ts";

for (const count of [0, 1, 999, 1_000, 50_000, 120_000]) {
  test(`O4: ${count} objects are sorted, each once, and the spools are closed`, async () => {
    let open = 0;
    const newSpool = <T>(): Spool<T> => {
      open++;
      const items: T[] = [];
      return {
        get length() {
          return items.length;
        },
        add: (each) => void items.push(each),
        close: () => void open--,
        [Symbol.iterator]: () => items.values(),
      };
    };
    const shuffled = (async function* () {
      for (let page = 0; page * 1_000 < count; page++) {
        const length = Math.min(1_000, count - page * 1_000);
        yield Array.from({ length }, (_, at) => item((page * 1_000 + at) * 7_919));
      }
    })();
    let previous = "";
    let seen = 0;
    for await (const batch of sortListing(shuffled, newSpool)) {
      for (const { key } of batch) {
        assert.ok(key > previous);
        previous = key;
        seen++;
      }
    }
    assert.deepEqual([seen, open], [count, 0]);
  });
}

/** 7,919 and 999,983 are prime: up to so many items, no two keys are equal. */
function item(number: number): { readonly key: ObjectKey } {
  return { key: keyOfText(`é/${number % 999_983}`) };
}

for (const [before, after, shown] of [
  ["a-b", "a/x", true],
  ["p/a.txt", "p/a/x", true],
  ["a b/c", "a/b", true],
  ["a", "a/x", false],
  ["a-b", "a0", false],
  ["a/x", "a0", false],
  ["", "/a", false],
] as const) {
  test(`O5: ${before} before ${after} ${shown ? "shows" : "does not show"} byte order`, () => {
    assert.equal(showsByteOrder(before, after), shown);
  });
}
