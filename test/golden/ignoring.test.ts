/** The cases of spec/vectors/ignoring, whose answers git gave, against the rules. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { IgnoreRules } from "../../src/core/ignore-rules.ts";
import { directoryOf, keyOfText, type ObjectKey } from "../../src/model/object-key.ts";

interface Case {
  readonly name: string;
  readonly ignoreFiles: Readonly<Record<string, string>>;
  readonly ignored: readonly string[];
  readonly synced: readonly string[];
}

const FILE = join(import.meta.dirname, "../../spec/vectors/ignoring/cases.json");

for (const { name, ignoreFiles, ignored, synced } of JSON.parse(
  readFileSync(FILE, "utf8"),
) as readonly Case[]) {
  test(`IG2 IG3 vector: ${name}`, () => {
    const texts = new Map(
      Object.entries(ignoreFiles).map(([path, text]) => [directoryOf(keyOfText(path)) as ObjectKey, text]),
    );
    const rules = new IgnoreRules(texts, { recursive: true });
    for (const path of ignored) assert.equal(rules.ignores(keyOfText(path)), true, path);
    for (const path of synced) assert.equal(rules.ignores(keyOfText(path)), false, path);
  });
}
