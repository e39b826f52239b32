/** Ignore files of any content: matched in bounded time, or refused for what they ask (G25, IG12). */

import assert from "node:assert/strict";
import { test } from "node:test";
import { IgnoreRules } from "../../src/core/ignore-rules.ts";
import { keyOfText, type ObjectKey } from "../../src/model/object-key.ts";
import { type Draw, fuzz } from "../support/fuzz.ts";

const TOP = "" as ObjectKey;
const DEEP = keyOfText(`${"a/".repeat(510)}b/c`);
const LONG = keyOfText(Array.from({ length: 4 }, () => `${"a".repeat(252)}bc`).join("/"));

const PIECES = [
  "*",
  "**",
  "?",
  "a",
  "b",
  "/",
  "/**/",
  "**/",
  "!",
  "\\",
  " ",
  "#",
  "[a]",
  "[!a]",
  "[^",
  "[",
  "]",
  "[]a]",
  "[a-",
  "[z-a]",
  "[[:alpha:]]",
  "[[:x:]]",
  "{a,b}",
  "{{{",
  "}}}",
  "+(a)",
  "@(a|b)",
  "!(a)",
  "(a+)+",
  "$",
  "^",
  ".",
  "|",
  "\0",
  "\uFEFF",
  "\ud800",
  "\u001b",
  "é",
  "\\0",
  "\\d",
  "\r",
  "\n",
  "\n",
  "*a",
  "*?",
  "*[a]",
];

/** One or two stars or depths may cost the matcher some 2 s at the longest names that there are. */
const CPU_MS = 10_000;

fuzz(
  "G25, IG12: an ignore file of any content is matched or refused, in bounded time",
  { cpuMs: CPU_MS, met: ["matched", "passed", "refused"] },
  (draw) => {
    const rules = new IgnoreRules(new Map([[TOP, textFrom(draw)]]), { recursive: true }).with(
      keyOfText("a/"),
      textFrom(draw),
    );
    const ignored = [DEEP, LONG, keyOfText("a/b\0\u001b"), keyOfText("a/a/b"), "\xff\xfe" as ObjectKey].map(
      (key) => rules.ignores(key),
    );
    if (rules.refused.size > 0) return "refused";
    return ignored.includes(true) ? "matched" : "passed";
  },
);

function textFrom(draw: Draw): string {
  const line = (): string => draw.some(8, () => draw.of(PIECES)).join("");
  return draw.of([
    () => draw.some(10, line).join("\n"),
    () => line().repeat(1 + draw.below(40)),
    () => draw.of(PIECES).repeat(draw.below(6000)),
    () => draw.bytes(200).toString("latin1"),
  ])();
}

const TOO_MUCH: Readonly<Record<string, string>> = {
  "**/ again and again": "**/a/".repeat(8) + "b",
  "stars again and again": `${"*[a]".repeat(10)}b`,
  "*? again and again": `${"*?".repeat(40)}b`,
  "stars in every name": `${"*[a]*/".repeat(20)}b`,
  "a line of a MiB": "a".repeat(1024 * 1024),
  "a line of spaces": `a${" ".repeat(100_000)}b`,
  "a line of backslashes": "\\".repeat(1_000_000),
  "half a million patterns": "a\n".repeat(512 * 1024),
};
for (const [what, text] of Object.entries(TOO_MUCH)) {
  test(`G25, IG12: an ignore file with ${what} is refused, and those above it still count`, () => {
    const rules = new IgnoreRules(new Map([[TOP, "kept"]]), { recursive: true }).with(keyOfText("a/"), text);
    assert.deepEqual([...rules.refused], ["a/"]);
    assert.equal(rules.ignores(keyOfText("a/kept")), true);
    assert.equal(rules.ignores(DEEP), false);
    assert.deepEqual([...new IgnoreRules(new Map([[TOP, text]]), { recursive: true }).refused], [""]);
  });
}

const HONEST = [
  "*.log",
  "*~",
  "/build/",
  "**/node_modules/**",
  "a/**/b",
  "docs/**/*.pdf",
  "*-*-*.tmp",
  "*foo*bar*",
  "!keep/**/x*y*z",
  "**/src/**/test/**",
];
test("IG12: patterns as people write them are taken, and a thousand of them, in a directory too", () => {
  const plain = Array.from({ length: 1000 }, (_, at) => `*.x${at}`);
  const text = [...HONEST, ...plain].join("\n");
  const rules = new IgnoreRules(new Map([[TOP, text]]), { recursive: true }).with(keyOfText("a/b/"), text);
  assert.deepEqual([...rules.refused], []);
  assert.equal(rules.ignores(keyOfText("a/b/c.x999")), true);
});

test("G25, IG12: ignore files below one another share what they may cost", () => {
  const text = Array.from({ length: 1000 }, (_, at) => `x${at}`).join("\n");
  const dirs = Array.from({ length: 10 }, (_, depth) => keyOfText("d/".repeat(depth)));
  const rules = new IgnoreRules(new Map(dirs.map((each) => [each, text])), { recursive: true });
  assert.deepEqual([...rules.refused], dirs.slice(4));
});
