import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EditSorter } from "../../../src/core/sort-edits.ts";
import type { ObjectKey } from "../../../src/model/object-key.ts";
import type { BaseEdit } from "../../../src/model/outcome.ts";
import type { NewSpool } from "../../../src/ports/spool.ts";

/** More than what is held in memory, several times. */
const MANY = 50_000;

test("edits come out in key order, each key once, however they came in", () => {
  const numbers = fc.array(fc.nat(9_999), { minLength: 20_001, maxLength: 45_000, size: "max" });
  fc.assert(
    fc.property(numbers, (coming) => {
      const sorter = new EditSorter(countingSpools().newSpool);
      for (const number of coming) sorter.add(editOf(number));
      const wanted = [...new Set(coming)].toSorted((a, b) => a - b).map((number) => editOf(number).key);
      assert.deepEqual(keysOf(sorter), wanted);
      assert.deepEqual(keysOf(sorter), wanted, "a second reading gives the same");
    }),
    { numRuns: 3 },
  );
});

test("edits that come in key order, as those of a walk do, are one run, so that memory does not grow with them", () => {
  const spools = countingSpools();
  const sorter = new EditSorter(spools.newSpool);
  for (let number = 0; number < MANY; number++) sorter.add(editOf(number));
  assert.equal(spools.made(), 1);
  for (let number = 0; number < MANY; number++) sorter.add(editOf(MANY + number));
  assert.equal(spools.made(), 1, "a walk that goes on behind");
  for (let number = 0; number < MANY; number++) sorter.add(editOf(number));
  assert.equal(spools.made(), 2, "another walk over the same names");
  assert.equal(keysOf(sorter).length, 2 * MANY);
});

function editOf(number: number): BaseEdit {
  return { key: `file-${String(number).padStart(7, "0")}` as ObjectKey, record: undefined };
}

function keysOf(edits: Iterable<BaseEdit>): readonly ObjectKey[] {
  return Array.from(edits, ({ key }) => key);
}

function countingSpools(): { readonly newSpool: NewSpool; readonly made: () => number } {
  let made = 0;
  const newSpool: NewSpool = <T>() => {
    made++;
    const items: T[] = [];
    return {
      get length() {
        return items.length;
      },
      add: (item: T) => void items.push(item),
      close: () => {},
      [Symbol.iterator]: () => items[Symbol.iterator](),
    };
  };
  return { newSpool, made: () => made };
}
