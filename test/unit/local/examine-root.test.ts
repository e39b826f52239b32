/** What is found out of a directory without writing to it. Rules: spec/looking.md. */

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { examineRoot } from "../../../src/local/examine-root.ts";
import { snapshotOf } from "../../support/stand-still.ts";
import { tempDir } from "../../support/temp-dir.ts";

describe("examineRoot", () => {
  test("finds no directory where nothing is, or a file (LK9)", () => {
    using dir = tempDir("examine");
    writeFileSync(join(dir.path, "file"), "");
    assert.equal(examineRoot(join(dir.path, "nothing")), undefined);
    assert.equal(examineRoot(join(dir.path, "file")), undefined);
  });

  test("tells what may be done there, and leaves nothing behind (LK1, LK9)", () => {
    using dir = tempDir("examine");
    mkdirSync(join(dir.path, "d"));
    for (let i = 0; i < 100; i++) writeFileSync(join(dir.path, `f${i}`), "");
    const before = snapshotOf(dir.path);
    const { stepNs, foldsNames: _, ...may } = examineRoot(dir.path) ?? assert.fail("it is there");
    assert.deepEqual(may, { unreadable: undefined, unwritable: undefined });
    assert.ok(stepNs < 1e9, `a step of ${stepNs} ns where the kernel counts finer`);
    assert.deepEqual(snapshotOf(dir.path), before);
  });
});
