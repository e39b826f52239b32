/** Names that one directory cannot hold side by side. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Fate, NameClashes } from "../../../src/core/name-clashes.ts";
import { keyOfText } from "../../../src/model/object-key.ts";

function struck(folds: boolean, ...names: readonly (readonly [string, Fate])[]): readonly string[] {
  const clashes = new NameClashes(folds);
  const sorted = names
    .map(([name, fate]) => [keyOfText(name), fate] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, fate] of sorted) clashes.see(key, fate);
  return sorted.map(([key]) => key).filter((key) => clashes.clashOf(key) !== undefined);
}

describe("a file beside a directory of its name", () => {
  test("both new on S3: the first comes, the other does not (E95)", () => {
    assert.deepEqual(struck(false, ["x", "arrives"], ["x/a", "arrives"], ["x-b", "arrives"]), ["x/a"]);
  });

  test("one is there: neither a directory nor a file replaces it (E96)", () => {
    assert.deepEqual(struck(false, ["d", "arrives"], ["d/f", "holds"]), ["d"]);
    assert.deepEqual(struck(false, ["d", "holds"], ["d/f", "arrives"], ["d/g/h", "arrives"]), [
      "d/f",
      "d/g/h",
    ]);
  });

  test("one goes: the other comes (E91, E93)", () => {
    assert.deepEqual(struck(false, ["x", "goes"], ["x/a", "arrives"]), []);
    assert.deepEqual(struck(false, ["x", "arrives"], ["x/a", "goes"], ["x/b", "goes"]), []);
  });

  test("names that only begin alike do not clash", () => {
    assert.deepEqual(
      struck(false, ["a", "arrives"], ["a-b/c", "arrives"], ["a.txt", "arrives"], ["ab", "holds"]),
      [],
    );
  });

  test("is seen through names that sort between the two", () => {
    assert.deepEqual(
      struck(false, ["a", "holds"], ["a!", "holds"], ["a-/x", "arrives"], ["a/x", "arrives"]),
      ["a/x"],
    );
  });
});

describe("names that differ in case or Unicode form only", () => {
  const twins = [
    ["A.txt", "arrives"],
    ["a.txt", "arrives"],
    ["\u00e9", "arrives"],
    ["e\u0301", "arrives"],
  ] as const;

  test("are files of their own where names do not fold (F116, F118)", () => {
    assert.deepEqual(struck(false, ...twins), []);
  });

  test("come once where names fold; the other is reported (F116, F118)", () => {
    assert.equal(struck(true, ...twins).length, 2);
  });

  test("do not clash with a twin that goes", () => {
    const clashes = new NameClashes(true);
    clashes.see(keyOfText("A.txt"), "goes");
    clashes.see(keyOfText("a.txt"), "arrives");
    assert.equal(clashes.clashOf(keyOfText("a.txt")), undefined);
    assert.equal(clashes.twinGoes(keyOfText("a.txt")), true);
  });
});
