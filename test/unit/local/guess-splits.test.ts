/** Where a listing is cut by the tree that it may resemble. */

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { guessSplits } from "../../../src/local/guess-splits.ts";
import { tempDir } from "../../support/temp-dir.ts";

function fill(root: string, dir: string, files: number): void {
  mkdirSync(join(root, dir), { recursive: true });
  for (let at = 0; at < files; at++) writeFileSync(join(root, dir, String(at).padStart(5, "0")), "");
}

test("a listing is cut about every 4,000 files of the tree, in ascending order (O5)", () => {
  using root = tempDir("splits");
  for (const dir of ["b", "a-b", "a", "c"]) fill(root.path, dir, 3_000);
  assert.deepEqual(guessSplits(root.path), ["a/00999", "b/01999", "c/02999"]);
});

test("directories that are too many to be read count as much as those that are (O5)", () => {
  using root = tempDir("splits");
  for (let at = 0; at < 300; at++) fill(root.path, `d${at + 100}`, 100);
  const cuts = guessSplits(root.path);
  assert.ok(cuts.length >= 6 && cuts.length <= 8, `${cuts.length} cuts of 30,000 files`);
  assert.ok(
    cuts.some((key) => key > "d350/"),
    "there too",
  );
});

test("few files, no directory and names that are no keys are no reason to cut (O5)", () => {
  using root = tempDir("splits");
  fill(root.path, "few", 3_999);
  assert.deepEqual(guessSplits(root.path), []);
  assert.deepEqual(guessSplits(join(root.path, "none")), []);
  writeFileSync(Buffer.concat([Buffer.from(join(root.path, "few/x")), Buffer.from([0xff])]), "");
  assert.deepEqual(guessSplits(root.path), []);
});
