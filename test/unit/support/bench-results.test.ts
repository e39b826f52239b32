/** A file of benchmark results, of which a part is made again. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { textOf } from "../../bench/report.ts";
import { merged, type Results, resultsIn } from "../../bench/results.ts";

const IDS = ["W1", "W8-up", "W10", "M1"];

function results(time: string, ...ids: readonly string[]): Results {
  return {
    head: "# Results\n\n- one machine",
    goals: ids.flatMap((id) => [`| ${id} | goal | ${time} |`, `| ${id}, late answers | goal | ${time} |`]),
    sections: ids.map((id) => `${id}: what it is\n\nHow much.\n\n| ${time} |`),
    leftOut: ids.map((id) => `- a peer of ${id}: no check.`),
  };
}

test("a file of results is read as it was written", () => {
  const all = results("1.0", "W1", "W5-10k", "M2-decode");
  assert.deepEqual(resultsIn(textOf(all)), all);
});

test("workloads that were not played again stand as they did, each in its place", () => {
  const old = results("1.0", "W1", "W8-up", "M1");
  const both = merged(old, results("2.0", "W8-up", "W10"), IDS);
  assert.deepEqual(
    both.sections.map((text) => [text.split(":")[0], text.includes("2.0")]),
    [
      ["W1", false],
      ["W8-up", true],
      ["W10", true],
      ["M1", false],
    ],
  );
  assert.equal(both.goals.length, 8);
  assert.equal(both.leftOut.length, 4);
});

test("results from another machine, or against other programs, are no part of one table", () => {
  const now = results("2.0", "W10");
  assert.deepEqual(
    merged({ ...results("1.0", "W1"), head: "# Results\n\n- another machine" }, now, IDS),
    now,
  );
});
