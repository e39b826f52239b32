/** Every numbered rule of the specification is held by a test that names it, and no test names a rule that is not there. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

const ROOT = resolve(import.meta.dirname, "../..");
const FAMILIES = "R|O|S|X|IG|SF|RM|CL|MV|EN|CH|UN|LK|SE|LI";

/** A rule is defined in bold, as a list item or in a table: **R5**, **SF12**. */
const defined = new Set(
  namesIn(join(ROOT, "spec"), ".md").flatMap((page) =>
    [...page.matchAll(new RegExp(`\\*\\*((?:${FAMILIES})\\d+|RU)\\*\\*`, "g"))].map(
      (match) => match[1] ?? "",
    ),
  ),
);

const named = new Set(
  namesIn(join(ROOT, "test"), ".test.ts", ".contract.ts").flatMap((text) =>
    [...text.matchAll(/(?:\w+)\(\s*(["'`])((?:(?!\1).)*)\1/g)].flatMap((title) =>
      [...(title[2] ?? "").matchAll(new RegExp(`\\b((?:${FAMILIES})\\d+|RU)\\b`, "g"))].map(
        (match) => match[1] ?? "",
      ),
    ),
  ),
);

test("the specification has rules of every family it speaks of", () => {
  for (const family of FAMILIES.split("|")) {
    assert.ok(
      [...defined].some((rule) => rule.startsWith(family)),
      family,
    );
  }
});

test("every rule is named by a test", () => {
  assert.deepEqual(
    [...defined].filter((rule) => !named.has(rule)),
    [],
  );
});

test("every rule that a test names is in the specification", () => {
  assert.deepEqual(
    [...named].filter((rule) => !defined.has(rule)),
    [],
  );
});

function namesIn(folder: string, ...endings: readonly string[]): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}
