/** Names for versions that would lie at one place. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FreeNames } from "../../../src/core/free-names.ts";
import { keyOfText, type ObjectKey } from "../../../src/model/object-key.ts";

function names(folds: boolean, ...keys: readonly string[]): readonly string[] {
  const free = new FreeNames(folds);
  return keys.map((key, index) => free.take(keyOfText(key), String(index + 1).padStart(4, "0")));
}

test("S19: a name that is free stays; the number of the archive goes before the extension of one that is not", () => {
  assert.deepEqual(names(false, "a/b.txt", "a/b.txt", "a/b", "a/b", "a/.b", "a/.b"), [
    "a/b.txt",
    "a/b.0002.txt",
    "a/b",
    "a/b.0004",
    "a/.b",
    "a/.b.0006",
  ]);
});

test("S19: a name that the number would make and that is there already gets a further one", () => {
  assert.deepEqual(names(false, "a", "a.0003", "a"), ["a", "a.0003", "a.0003-2"]);
});

test("S19: a file and a directory of one name do not meet", () => {
  assert.deepEqual(names(false, "x", "x/y", "x/z"), ["x", "x.0002/y", "x.0003/z"]);
  assert.deepEqual(names(false, "x/y", "x"), ["x/y", "x.0002"]);
});

test("S19: names that differ in case or Unicode form are one where the file system folds them", () => {
  assert.deepEqual(names(false, "A", "a"), ["A", "a"]);
  assert.deepEqual(names(true, "A", "a"), ["A", "a.0002"]);
});

test("S19: whatever the names, no two are one, and none lies in another", () => {
  const part = fc.constantFrom("a", "b", "a.0001", "a.0002", "b.txt", "b.0003.txt");
  const key = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/") as ObjectKey);
  fc.assert(
    fc.property(fc.array(key, { maxLength: 12 }), (keys) => {
      const taken = names(false, ...keys);
      assert.equal(new Set(taken).size, taken.length);
      for (const a of taken) for (const b of taken) assert.ok(!b.startsWith(`${a}/`), `${b} in ${a}`);
    }),
  );
});
