/** Every guarantee has a test that tries to break it, and says what remains. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";

const ROOT = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "spec/guarantees.md"), "utf8");

const guarantees = page
  .split(/^- (?=\*\*G\d+\*\*)/m)
  .slice(1)
  .map((text) => ({ name: /^\*\*(G\d+)\*\*/.exec(text)?.[1] ?? "", text }));

const titles = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts") || name.endsWith(".contract.ts"))
  .flatMap((name) => {
    const text = readFileSync(join(ROOT, "test", name), "utf8");
    return [...text.matchAll(/\w+\(\s*(["'`])((?:(?!\1).)*)\1/g)].map((title) => title[2] ?? "");
  });

test("the guarantees are G1 to G27, in order", () => {
  assert.deepEqual(
    guarantees.map(({ name }) => name),
    Array.from({ length: 27 }, (_, at) => `G${at + 1}`),
  );
});

describe("a guarantee", () => {
  for (const { name, text } of guarantees) {
    test(`${name} is one sentence that is held by something, and says what remains`, () => {
      assert.match(text, /\*By\*/);
      assert.match(text, /\*Remains:\*/);
    });

    test(`${name} is named by a test that tries to break it`, () => {
      const own = new RegExp(`\\b${name}\\b`);
      assert.ok(titles.some((title) => own.test(title)));
    });
  }
});
