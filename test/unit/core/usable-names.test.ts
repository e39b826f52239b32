/** Which names can be both a key and a file. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nameFault } from "../../../src/core/usable-names.ts";
import { keyOfText, keyText } from "../../../src/model/object-key.ts";

const faultOf = (key: string): string | undefined => nameFault(key, key.length);

for (const [key, fault] of [
  ["..", /component "\.\."/],
  ["a/../b", /component/],
  ["./a", /component "\."/],
  ["a/.", /component/],
  ["a//b", /empty component/],
  ["/a", /begins with a slash/],
  ["a/", /ends in a slash/],
  ["a\0b", /NUL/],
  ["x".repeat(256), /255/],
  [`a/${keyOfText("é".repeat(128))}`, /255/],
  [`${"x".repeat(200)}/`.repeat(6), /1024/],
  ["caf\xe9", /UTF-8/],
  ["\xc0\xaf", /UTF-8/],
  ["\xed\xa0\x80", /UTF-8/],
  ["\xf4\x90\x80\x80", /UTF-8/],
  [`dir/.s3-bsync-${"0a".repeat(16)}`, /temporary/],
] as const) {
  test(`refused: ${JSON.stringify(key.slice(0, 30))}`, () => assert.match(faultOf(key) ?? "", fault));
}

for (const text of [
  "a",
  "...",
  "..a",
  ".a/b.",
  "a b",
  "a\\b",
  "a\nb",
  "é/😀",
  ".s3-bsync-notes",
  "x".repeat(255),
]) {
  test(`usable: ${JSON.stringify(text.slice(0, 30))}`, () =>
    assert.equal(faultOf(keyOfText(text)), undefined));
}

test("the prefix counts towards the length of the key, and to nothing else", () => {
  assert.equal(nameFault("a", 1024), undefined);
  assert.match(nameFault("a", 1025) ?? "", /1024/);
});

test("a name is said to be no UTF-8 exactly where it cannot be decoded", () => {
  const bytes = fc
    .uint8Array({ minLength: 1, maxLength: 8 })
    .map((each) => Buffer.from(each).toString("latin1"));
  const text = fc.string({ unit: "binary", minLength: 1, maxLength: 8 }).map(keyOfText);
  fc.assert(
    fc.property(fc.oneof(bytes, text), (key) => {
      fc.pre(!/[\0/]/.test(key));
      const decodes = (): boolean => keyText(key) !== "";
      if (/UTF-8/.test(faultOf(key) ?? "")) assert.throws(decodes, URIError);
      else assert.doesNotThrow(decodes);
    }),
    { numRuns: 2_000 },
  );
});
