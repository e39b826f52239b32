/** What `--only` and `--exclude` match. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nameChoice } from "../../../src/core/name-choice.ts";
import { UsageError } from "../../../src/model/errors.ts";
import { keyOfText, type ObjectKey } from "../../../src/model/object-key.ts";

function isOnly(pattern: string, name: string): boolean {
  return nameChoice({ only: [pattern], exclude: [] })(keyOfText(name));
}

/** Pattern, names that it matches, names that it does not match. */
const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["x", ["x", "a/x", "a/b/x", "x/y", "a/x/b/c", ".d/x"], ["xx", "a/xx", "ax", "X"]],
  ["x/", ["x/y", "a/x/y", "x/.y/z"], ["x", "a/x"]],
  ["a/x", ["a/x", "a/x/y"], ["b/a/x", "x", "a/xx"]],
  ["/x", ["x", "x/y"], ["a/x"]],
  ["./x", ["x", "x/y"], ["a/x"]],
  ["/x/", ["x/y"], ["x", "a/x/y"]],
  ["*.jpg", ["a.jpg", "d/.jpg", "d/e/a.jpg", "a.jpg/below"], ["a.jpgx", "a.JPG"]],
  ["*", ["a", ".a", "d/e/f"], []],
  ["d/*", ["d/a", "d/.a", "d/e/f"], ["d", "e/d/a"]],
  ["d/**/z", ["d/z", "d/e/z", "d/e/f/z", "d/z/y"], ["z", "e/d/z"]],
  ["**/d/z", ["d/z", "a/b/d/z"], ["d/y/z"]],
  ["*.{png,gif}", ["a.png", "d/a.gif"], ["a.jpg"]],
  ["?", ["a"], ["ab", "é"]],
  ["??", ["ab", "é"], ["a"]],
  ["[a-c]", ["b"], ["d"]],
  ["é", ["é", "d/é"], ["e\u0301", "e"]],
  ["!x", ["!x", "d/!x"], ["x", "y"]],
  ["!(x)", ["y"], ["x"]],
  ['"q"', ['"q"'], ["q"]],
  ["photo (1).jpg", ["photo (1).jpg", "d/photo (1).jpg", "photo 1.jpg"], ["photo (2).jpg"]],
  ["a [b]/", ["a [b]/x", "a b/x"], ["a [b]", "a c/x"]],
  ["c++", ["c++", "c++/x", "d/c++"], ["c"]],
  ["a*", ["a\nb", "a\nb/c\nd"], ["b"]],
  ["\\*", ["*"], ["a"]],
  ["[", ["[", "[/x"], ["a"]],
];

describe("a pattern of --only", () => {
  for (const [pattern, matched, unmatched] of CASES) {
    test(`${JSON.stringify(pattern)} means names at any depth or from the root on, and all below them (CH2, CH3)`, () => {
      for (const name of matched) assert.equal(isOnly(pattern, name), true, JSON.stringify(name));
      for (const name of unmatched) assert.equal(isOnly(pattern, name), false, JSON.stringify(name));
    });
  }

  test("matches bytes, even of names that are not UTF-8 (CH3)", () => {
    const choice = nameChoice({ only: ["a*"], exclude: [] });
    assert.deepEqual([choice("a\xff" as ObjectKey), choice("\xff" as ObjectKey)], [true, false]);
  });

  test("that names nothing in a map is a usage error (CH3)", () => {
    for (const only of ["/", "//", "./", "."]) {
      assert.throws(() => nameChoice({ only: [only], exclude: [] }), UsageError, only);
      assert.throws(() => nameChoice({ only: [], exclude: [only] }), UsageError, only);
    }
    assert.throws(() => nameChoice({ only: ["x".repeat(70_000)], exclude: [] }), UsageError);
  });
});

test("a name is chosen if any --only matches it and no --exclude does (CH1)", () => {
  const chosen = (only: readonly string[], exclude: readonly string[]): readonly string[] =>
    ["a", "b", "d/a", "d/b"].filter((name) => nameChoice({ only, exclude })(keyOfText(name)));
  assert.deepEqual(chosen([], ["a"]), ["b", "d/b"]);
  assert.deepEqual(chosen(["/a", "d/"], []), ["a", "d/a", "d/b"]);
  assert.deepEqual(chosen(["d/"], ["b"]), ["d/a"]);
  assert.deepEqual(chosen(["b", "a"], ["a", "d/b"]), ["b"]);
});

test("a directory that cannot be read is part of a run that may be about something below it (CH2)", () => {
  const tells = (only: readonly string[], exclude: readonly string[], key: string): boolean =>
    nameChoice({ only, exclude })(keyOfText(key));
  assert.equal(tells(["d/e/f"], [], "d/"), true);
  assert.equal(tells(["d/*/f"], [], "d/e/"), true);
  assert.equal(tells(["d/e"], [], "d/e/g/"), true);
  assert.equal(tells(["*.txt"], [], "d/"), true);
  assert.equal(tells(["d/e/f"], [], ""), true);
  assert.equal(tells(["d/e/f"], [], "c/"), false);
  assert.equal(tells(["d/e/f"], [], "d/g/"), false);
  assert.equal(tells([], ["d"], "d/"), false);
  assert.equal(tells([], ["d/"], "d/e/"), false);
  assert.equal(tells([], ["*.txt"], "d/"), true);
});
