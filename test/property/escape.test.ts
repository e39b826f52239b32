/** What is shown of names is one line that does nothing to a terminal. */

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { printable, shown, shownKey, shownPath } from "../../src/cli/render/escape.ts";
import { eventLine } from "../../src/cli/render/json-lines.ts";
import { actionEvent } from "../../src/cli/render/run-events.ts";
import { keyOfText, type ObjectKey } from "../../src/model/object-key.ts";
import { aMap } from "../support/session.ts";

const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/u;
const anyText = fc.string({ unit: "binary" });
const odd = fc.constantFrom(
  "\n",
  "\r",
  "\x1b[31m",
  "\u202e",
  "\u2066",
  "\u2028",
  "\0",
  "\x9b",
  '"',
  "\\",
  " ",
  "é",
  "😀",
);
const name = fc.oneof(
  anyText,
  fc.array(fc.oneof(odd, fc.string()), { maxLength: 6 }).map((parts) => parts.join("")),
);
/** Any bytes, UTF-8 or not. */
const key = fc
  .uint8Array()
  .map((bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("") as ObjectKey);

test("CL19: whatever a name holds, it is shown on one line, and printable", () => {
  fc.assert(fc.property(name, (text) => !UNSAFE.test(shown(text)) && !UNSAFE.test(printable(text))));
});

test("CL19: whatever bytes a key holds, it is shown on one line, and printable", () => {
  fc.assert(
    fc.property(key, (bytes) => !UNSAFE.test(shownKey(bytes)) && !UNSAFE.test(shownPath("/a\nb", bytes))),
  );
});

test("CL19: two names are never shown alike", () => {
  fc.assert(fc.property(name, name, (a, b) => (shown(a) === shown(b)) === (a === b)));
  fc.assert(fc.property(key, key, (a, b) => (shownKey(a) === shownKey(b)) === (a === b)));
});

test("CL18: whatever bytes a key holds, its JSON line is one valid, printable line that tells it exactly", () => {
  fc.assert(
    fc.property(key, (bytes) => {
      const action = { verb: "forget", rule: "R9", key: bytes } as const;
      const text = eventLine(actionEvent(aMap({ root: "/a\nb" }), action));
      assert.ok(text.endsWith("\n") && !UNSAFE.test(text.slice(0, -1)));
      const told = JSON.parse(text) as { key: string; keyHex?: string; root: string };
      assert.equal(told.root, "/a\nb");
      const hex = Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
      if (told.keyHex === undefined) assert.equal(keyOfText(told.key), bytes);
      else assert.equal(told.keyHex, hex);
    }),
  );
});

for (const [text, expected] of [
  ["a/b c.txt", "a/b c.txt"],
  ["Grüße/日本.txt", "Grüße/日本.txt"],
  ["a\nb", '"a\\nb"'],
  ["\x1b[31mred", '"\\u{1b}[31mred"'],
  ["gpj\u202etxt", '"gpj\\u{202e}txt"'],
  ['say "hi"', '"say \\"hi\\""'],
  ["back\\slash", '"back\\\\slash"'],
  [" a", '" a"'],
  ["a ", '"a "'],
  ["a\u00a0b", '"a\\u{a0}b"'],
  ["", '""'],
] as const) {
  test(`CL19: the name ${JSON.stringify(text)} is shown as ${expected}`, () => {
    assert.equal(shown(text), expected);
    assert.equal(shownKey(keyOfText(text)), expected);
  });
}

test("CL19: bytes that are not UTF-8 are shown in hex, beside the directory they lie in", () => {
  assert.equal(shownKey("a\xff\n b" as ObjectKey), '"a\\xff\\n b"');
  assert.equal(shownPath("/data", "a\xff" as ObjectKey), '"/data/a\\xff"');
  assert.equal(shownPath("/", keyOfText("etc/x")), "/etc/x");
});
