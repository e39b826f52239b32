/** When a watching process runs: laws of its pace, with a clock that is set. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Due, WatchPace } from "../../../src/core/watch-pace.ts";
import { ExitCode } from "../../../src/model/exit-code.ts";

const SETTINGS = { settleMs: 2_000, pollMs: 60_000 };
const QUIET = { wroteHere: false, random: 0.5 };
const WROTE = { wroteHere: true, random: 0.5 };

/** A pace whose first run, at 0, ended at once. */
function begun(code: ExitCode = ExitCode.ok, end = QUIET): WatchPace {
  const pace = new WatchPace(SETTINGS, 0);
  assert.deepEqual(pace.due, { atMs: 0, why: "start" });
  pace.began(pace.due);
  pace.ended(0, code, end);
  return pace;
}

function ran(pace: WatchPace, nowMs: number, code: ExitCode = ExitCode.ok, end = QUIET): Due {
  pace.began(pace.due);
  pace.ended(nowMs, code, end);
  return pace.due;
}

test("the first run is at once, the next one after the poll time, give or take a tenth (UN8)", () => {
  assert.deepEqual(begun().due, { atMs: 60_000, why: "poll" });
  for (const [random, atMs] of [
    [0, 54_000],
    [1, 66_000],
  ] as const) {
    assert.equal(begun(ExitCode.ok, { wroteHere: false, random }).due.atMs, atMs);
  }
});

test("a change is due when nothing more has changed for the settle time (UN8)", () => {
  const pace = begun();
  for (const at of [5_000, 6_000, 7_500]) pace.changed(at);
  assert.deepEqual(pace.due, { atMs: 9_500, why: "changed" });
});

test("changes that never cease wait no longer than 15 settle times (UN8)", () => {
  const pace = begun();
  for (let at = 5_000; at <= 40_000; at += 1_000) pace.changed(at);
  assert.deepEqual(pace.due, { atMs: 35_000, why: "changed" });
});

test("a change just before the poll waits for no more than the poll (UN8)", () => {
  const pace = begun();
  pace.changed(59_000);
  assert.deepEqual(pace.due, { atMs: 60_000, why: "poll" });
});

test("a run covers the changes before it, and those that come while it goes make another one (UN8)", () => {
  const pace = begun();
  pace.changed(5_000);
  pace.began(pace.due);
  pace.changed(7_100);
  pace.ended(8_000, ExitCode.ok, QUIET);
  assert.deepEqual(pace.due, { atMs: 9_100, why: "changed" });
  assert.equal(ran(pace, 9_200).why, "poll");
});

test("a run that wrote here is followed by one more for what it heard, and that one by none (UN9)", () => {
  const pace = begun();
  pace.began(pace.due);
  pace.changed(60_100);
  pace.ended(60_200, ExitCode.ok, WROTE);
  pace.changed(60_300);
  assert.equal(pace.due.why, "changed");
  pace.began(pace.due);
  pace.changed(62_400);
  pace.ended(62_500, ExitCode.incomplete, WROTE);
  pace.changed(62_600);
  assert.equal(pace.due.why, "poll");
});

test("a change well after a run that wrote here is a change, however often runs have written (UN9)", () => {
  const pace = begun();
  for (const at of [10_000, 20_000, 30_000]) {
    pace.changed(at);
    assert.deepEqual(pace.due, { atMs: at + 2_000, why: "changed" });
    ran(pace, at + 2_100, ExitCode.ok, WROTE);
  }
});

test("however runs write and end, with no change from outside there are at most two of them for each poll (UN9)", () => {
  const step = fc.record({
    wroteHere: fc.boolean(),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
    code: fc.constantFrom(ExitCode.ok, ExitCode.incomplete, ExitCode.conflicts),
    takesMs: fc.nat(5_000),
    echoMs: fc.nat(900),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      const pace = new WatchPace(SETTINGS, 0);
      let nowMs = 0;
      let sincePoll = 0;
      for (const { wroteHere, random, code, takesMs, echoMs } of steps) {
        const { due } = pace;
        nowMs = Math.max(nowMs, due.atMs);
        sincePoll = due.why === "changed" ? sincePoll + 1 : 0;
        assert.ok(sincePoll <= 1, `${sincePoll} runs by themselves`);
        pace.began(due);
        if (wroteHere) pace.changed(nowMs + takesMs / 2);
        nowMs += takesMs;
        pace.ended(nowMs, code, { wroteHere, random });
        if (wroteHere) pace.changed(nowMs + echoMs);
      }
    }),
  );
});

test("a clock that was set back makes no wait longer: it runs at once (UN8)", () => {
  const pace = begun();
  assert.equal(pace.waitMs(0), 60_000);
  assert.equal(pace.waitMs(70_000), 0);
  assert.equal(pace.waitMs(-3_600_000), 0);
});

test("no change is ever forgotten unless it may be the echo of a second run that wrote: it is due within the settle time (UN8, UN9)", () => {
  fc.assert(
    fc.property(fc.boolean(), fc.nat(100_000), (wroteHere, afterMs) => {
      const pace = begun(ExitCode.ok, { wroteHere, random: 0.5 });
      pace.changed(afterMs);
      assert.ok(pace.due.atMs <= Math.max(afterMs + 2_000, 60_000), "by then it runs");
      assert.equal(pace.due.why, afterMs + 2_000 < 60_000 ? "changed" : "poll");
    }),
  );
});

test("a run that fails is tried again after 5 seconds, then after twice as long each time, up to five minutes (UN10)", () => {
  for (const code of [ExitCode.failed, ExitCode.guarded]) {
    const pace = begun(code);
    const waits: number[] = [];
    for (let nowMs = 0; waits.length < 9;) {
      const { atMs, why } = pace.due;
      assert.equal(why, "retry");
      waits.push((atMs - nowMs) / 1000);
      nowMs = atMs;
      ran(pace, nowMs, code);
    }
    assert.deepEqual(waits, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
    ran(pace, 5_000_000);
    assert.deepEqual(pace.due, { atMs: 5_060_000, why: "poll" });
    ran(pace, 6_000_000, code);
    assert.equal(pace.due.atMs, 6_005_000, "it begins anew");
  }
});

test("no change makes a run come before the time to try again (UN10)", () => {
  const pace = begun(ExitCode.failed);
  ran(pace, 5_000, ExitCode.failed);
  pace.changed(6_000);
  assert.equal(pace.due.atMs, 15_000);
});

test("a lock that is held is tried for again after two seconds (UN11)", () => {
  const pace = begun(ExitCode.locked);
  assert.deepEqual(pace.due, { atMs: 2_000, why: "locked" });
  assert.deepEqual(ran(pace, 2_000, ExitCode.locked), { atMs: 4_000, why: "locked" });
});
