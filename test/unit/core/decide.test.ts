/** The rules, cell by cell. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { classify } from "../../../src/core/classify.ts";
import { decide } from "../../../src/core/decide.ts";
import type { Situation, TrackedChange, UntrackedChange } from "../../../src/model/change.ts";
import { file, NOW, object, record, unknown } from "../../support/observed.ts";

interface Cell {
  readonly tracked: boolean;
  readonly local: string;
  readonly remote: string;
  readonly rule: string;
  readonly verdict: string;
}

const cells = JSON.parse(
  readFileSync(new URL("../../../spec/vectors/reconcile/rules.json", import.meta.url), "utf8"),
) as readonly Cell[];

const TRACKED: readonly TrackedChange[] = ["unchanged", "modified", "deleted", "unknown"];
const UNTRACKED: readonly UntrackedChange[] = ["absent", "created", "unknown"];

const situations: readonly Situation[] = [
  ...TRACKED.flatMap((local) =>
    TRACKED.map((remote): Situation => ({ tracked: true, local, remote, touched: false })),
  ),
  ...UNTRACKED.flatMap((local) => UNTRACKED.map((remote): Situation => ({ tracked: false, local, remote }))),
];

describe("the table of R0 to R12 and RU", () => {
  for (const situation of situations) {
    const { tracked, local, remote } = situation;
    const cell = cells.find((c) => c.tracked === tracked && c.local === local && c.remote === remote);
    test(`${tracked ? "tracked" : "untracked"}, local ${local}, remote ${remote}: ${cell?.rule} ${cell?.verdict}`, () => {
      assert.ok(cell, "the written table has this cell");
      assert.deepEqual(decide(situation), { rule: cell.rule, verdict: cell.verdict });
    });
  }

  test("the written table has no cell that the program lacks", () => {
    assert.equal(cells.length, situations.length);
  });

  test("every cell with an unknown side is RU, and only those (unknown is not absent)", () => {
    for (const situation of situations) {
      const hasUnknown = situation.local === "unknown" || situation.remote === "unknown";
      assert.equal(decide(situation).rule === "RU", hasUnknown);
    }
  });
});

describe("classify", () => {
  const times = { momentMs: NOW - 60_000, startMs: NOW };
  const seen = (row: Partial<Parameters<typeof classify>[0]>): Situation =>
    classify({ key: file("f").key, local: file("f"), remote: object("f"), base: record("f"), ...row }, times);

  test("size and whole milliseconds that agree with the record are unchanged, on both sides (R1)", () => {
    const local = file("f", { mtimeMs: NOW - 90_000 + 0.75 });
    assert.deepEqual(seen({ local }), {
      tracked: true,
      local: "unchanged",
      remote: "unchanged",
      touched: false,
    });
  });

  test("another time alone is a touch that content must decide; another size is an edit", () => {
    const touched = seen({ local: file("f", { mtimeMs: NOW - 80_000 }) });
    assert.deepEqual([touched.local, touched.tracked && touched.touched], ["modified", true]);
    const edited = seen({ local: file("f", { size: 6 }) });
    assert.deepEqual([edited.local, edited.tracked && edited.touched], ["modified", false]);
  });

  test("a remote change is another ETag and nothing else (J196)", () => {
    assert.equal(seen({ remote: object("f", { size: 9 }) }).remote, "unchanged");
    assert.equal(seen({ remote: object("f", { etag: "b".repeat(32) }) }).remote, "modified");
  });

  test("a time within two seconds before the moment, up to the start of this run, is racy (C51)", () => {
    for (const [mtimeMs, touched] of [
      [times.momentMs - 2_001, false],
      [times.momentMs - 2_000, true],
      [NOW, true],
      [NOW + 1, false],
    ] as const) {
      const row = seen({ local: file("f", { mtimeMs }), base: record("f", { mtimeMs }) });
      assert.equal(row.tracked && row.touched, touched, `${mtimeMs - times.momentMs} ms from the moment`);
    }
  });

  test("a time that cannot be recorded is compared by content (C54)", () => {
    for (const mtimeMs of [-1, 0, Number.NaN, 2 ** 53]) {
      const row = seen({ local: file("f", { mtimeMs }), base: record("f", { mtimeMs: 0 }) });
      assert.equal(row.tracked && row.touched, true);
    }
  });

  test("a forgotten record reads as modified on both sides", () => {
    const base = record("f", { mtimeMs: 0, size: 0, etag: "" });
    assert.deepEqual(seen({ base }), {
      tracked: true,
      local: "modified",
      remote: "modified",
      touched: false,
    });
  });

  test("an unknown side stays unknown, tracked or not", () => {
    assert.equal(seen({ local: unknown("f") }).local, "unknown");
    assert.equal(seen({ remote: unknown("f"), base: undefined }).remote, "unknown");
  });
});
