/** The guards, at their edges. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_LIMITS, emptySide, looksForeign, refusals } from "../../../src/core/guard.ts";
import { Counter, isReported } from "../../../src/core/totals.ts";
import type { Action } from "../../../src/model/action.ts";
import type { Totals } from "../../../src/model/totals.ts";
import { file, object, record } from "../../support/observed.ts";

const none = new Counter().totals();
const totals = (part: Partial<Totals>): Totals => ({ ...none, ...part });
const tracked = (base: number, local = base, remote = base): Totals["seen"] => ({ base, local, remote });

describe("the guard about deletions (H151)", () => {
  const stops = (count: number, of: number): boolean =>
    refusals(totals({ seen: tracked(of), deletions: { local: 0, remote: count } }), DEFAULT_LIMITS).length >
    0;

  test("lets up to ten go, however few there are", () => {
    for (const of of [1, 2, 3, 5, 10]) assert.equal(stops(of, of), false);
  });

  test("stops above ten and above half", () => {
    assert.equal(stops(11, 11), true);
    assert.equal(stops(11, 22), false, "half is allowed");
    assert.equal(stops(11, 21), true);
    assert.equal(stops(500, 1000), false);
    assert.equal(stops(501, 1000), true);
  });

  test("counts each side by itself", () => {
    const both = totals({ seen: tracked(20), deletions: { local: 8, remote: 8 } });
    assert.deepEqual(refusals(both, DEFAULT_LIMITS), []);
  });
});

test("the guard about overwrites stops above twenty and above nine of ten", () => {
  const stops = (count: number, of: number): boolean =>
    refusals(totals({ seen: tracked(of), overwrites: { local: count, remote: 0 } }), DEFAULT_LIMITS).length >
    0;
  assert.equal(stops(20, 20), false);
  assert.equal(stops(21, 21), true);
  assert.equal(stops(90, 100), false);
  assert.equal(stops(91, 100), true);
});

test("a side without anything stops the map once two paths are tracked (H145, H148)", () => {
  assert.equal(emptySide(totals({ seen: tracked(1, 0, 0) })), undefined);
  assert.equal(emptySide(totals({ seen: tracked(2, 0, 5) })), "local");
  assert.equal(emptySide(totals({ seen: tracked(2, 5, 0) })), "remote");
});

test("a directory is foreign where half of the tracked files are gone, however few (H149, H150)", () => {
  assert.equal(looksForeign(totals({ seen: tracked(4), trackedGone: 1 }), DEFAULT_LIMITS), false);
  assert.equal(looksForeign(totals({ seen: tracked(4), trackedGone: 2 }), DEFAULT_LIMITS), true);
  assert.equal(looksForeign(totals({ seen: tracked(40), trackedChanged: 37 }), DEFAULT_LIMITS), true);
  assert.equal(looksForeign(none, DEFAULT_LIMITS), false, "nothing tracked, nothing to lose");
});

test("totals count what the guards ask for", () => {
  const common = { key: file("f").key };
  const actions: readonly Action[] = [
    { ...common, rule: "R4", verb: "upload", local: file("f"), replaces: object("f"), saves: "rolled-back" },
    { ...common, rule: "R11", verb: "upload", local: file("f", { size: 7 }), replaces: undefined },
    { ...common, rule: "R5", verb: "download", remote: object("f"), replaces: file("f"), saves: "conflict" },
    { ...common, rule: "R10", verb: "download", remote: object("f"), replaces: undefined },
    { ...common, rule: "R7", verb: "delete-remote", remote: object("f"), size: 5 },
    { ...common, rule: "R3", verb: "delete-local", local: file("f") },
    { ...common, rule: "RU", verb: "leave", why: "unreadable", reported: true },
    { ...common, rule: "RU", verb: "leave", why: "a symlink", reported: false },
    { ...common, rule: "R9", verb: "forget" },
    { ...common, rule: "R7", verb: "forget", note: "rules change" },
  ];
  const counter = new Counter();
  counter.row({ key: file("f").key, local: file("f"), remote: undefined, base: record("f") });
  for (const action of actions) counter.action(action);
  const counted = counter.totals();
  assert.deepEqual(counted.seen, { local: 1, remote: 0, base: 1 });
  assert.deepEqual(counted.deletions, { local: 1, remote: 2 }, "a rolled-back version counts as deleted");
  assert.deepEqual(counted.overwrites, { local: 1, remote: 1 });
  assert.deepEqual([counted.trackedGone, counted.trackedChanged], [3, 2]);
  assert.deepEqual([counted.rolledBack, counted.conflicts, counted.reported], [1, 1, 2]);
  assert.deepEqual([counted.bytesUp, counted.bytesDown], [12, 10]);
  assert.equal(actions.filter(isReported).length, 2);
});
