/** Sequences that are longer than memory. */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { spoolIn } from "../../../src/state/spool-file.ts";
import { tempDir } from "../../support/temp-dir.ts";

test("a spool gives back what was added, in order, as often as asked, and leaves nothing behind", () => {
  using dir = tempDir("spool");
  const folder = join(dir.path, "folder");
  mkdirSync(folder);
  for (const length of [0, 1, 100_000]) {
    const spool = spoolIn(folder)<{ readonly key: string; readonly i: number }>();
    const items = Array.from({ length }, (_, i) => ({ key: `k\u00e9\u00ff\n/${i}`.padEnd(60, "x"), i }));
    for (const item of items) spool.add(item);
    assert.equal(spool.length, length);
    assert.deepEqual([...spool], items);
    assert.deepEqual([...spool], items);
    assert.deepEqual(readdirSync(folder), [], "even while it is open, so that kill -9 leaves nothing");
    spool.close();
    assert.equal(spool.length, 0);
  }
});

test("what is added while it is read is not seen by that reading, and is by the next", () => {
  using dir = tempDir("spool");
  const spool = spoolIn(dir.path)<string>();
  spool.add("first");
  let seen = 0;
  for (const item of spool) {
    assert.equal(item, "first");
    seen++;
    for (let i = 0; i < 20; i++) spool.add("x".repeat(100_000)); // goes to the file meanwhile
  }
  assert.equal(seen, 1);
  assert.equal([...spool].length, 21);
  spool.close();
});

test("a folder that cannot be written is an error for people", () => {
  using dir = tempDir("spool");
  const spool = spoolIn(join(dir.path, "missing"))<string>();
  assert.throws(() => spool.add("x".repeat(2_000_000)), {
    name: "BsyncError",
    message: /no such file or directory/,
  });
});
