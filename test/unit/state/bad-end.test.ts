/** How the last run ended, beside the state file. Rules: spec/looking.md. */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { badEnd, noteEnd } from "../../../src/state/bad-end.ts";
import { tempDir } from "../../support/temp-dir.ts";

describe("the end of a run", () => {
  test("is remembered where it is bad, and forgotten with one that is good (LK14)", () => {
    using dir = tempDir("end");
    assert.equal(badEnd(dir.path), undefined);
    noteEnd(dir.path, { exitCode: 1, endedMs: 5 });
    noteEnd(dir.path, { exitCode: 4, endedMs: 7 });
    assert.deepEqual(badEnd(dir.path), { exitCode: 4, endedMs: 7 });
    noteEnd(dir.path, { exitCode: 0, endedMs: 9 });
    assert.equal(badEnd(dir.path), undefined);
    assert.deepEqual(readdirSync(dir.path), []);
  });

  test("that is good makes nothing, not even the folder (LK14)", () => {
    using dir = tempDir("end");
    noteEnd(join(dir.path, "none"), { exitCode: 0, endedMs: 9 });
    assert.deepEqual(readdirSync(dir.path), []);
  });

  test("that a disk does not take is no error (LK14)", () => {
    using dir = tempDir("end");
    mkdirSync(join(dir.path, "last-end.json"));
    noteEnd(dir.path, { exitCode: 1, endedMs: 5 });
    noteEnd(dir.path, { exitCode: 0, endedMs: 5 });
    assert.equal(badEnd(dir.path), undefined);
  });

  for (const text of [
    "",
    "{}",
    '{"exitCode":0,"endedMs":1}',
    '{"exitCode":77,"endedMs":1}',
    '{"exitCode":1}',
    '{"exitCode":1,"endedMs":-1}',
  ]) {
    test(`of which the note is ${JSON.stringify(text)} is not known (LK14)`, () => {
      using dir = tempDir("end");
      writeFileSync(join(dir.path, "last-end.json"), text);
      assert.equal(badEnd(dir.path), undefined);
    });
  }
});
