/** How far a run is, while it goes. */

import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test, type TestContext } from "node:test";
import { progressLines, progressOn } from "../../../src/cli/progress/progress.ts";
import { durationText, standingText, transferLines } from "../../../src/cli/render/progress-text.ts";
import { Transfers } from "../../../src/cli/progress/transfers.ts";
import { Counter } from "../../../src/core/totals.ts";
import type { Action, DeleteRemote, Upload } from "../../../src/model/action.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import type { Totals } from "../../../src/model/totals.ts";
import { aMap, aResult, session } from "../../support/session.ts";

const map = aMap();

function upload(name: string, size: number): Upload {
  const key = keyOfText(name);
  const local = { key, size, mtimeMs: 1, ctimeMs: 1, ino: 1 };
  return { verb: "upload", rule: "R11", key, local, replaces: undefined };
}

function totalsOf(...actions: readonly Action[]): Totals {
  const counter = new Counter();
  for (const action of actions) counter.action(action);
  return counter.totals();
}

function clock(): { now: () => number; ms: number } {
  const time = { ms: 0, now: () => time.ms };
  return time;
}

test("SE4: files and bytes done, rate and time left; what is under way counts by its bytes", () => {
  const time = clock();
  const transfers = new Transfers(time.now);
  assert.equal(transfers.standing(), undefined);
  transfers.comparing(map);
  time.ms = 1500;
  const shown = (): string => {
    const standing = transfers.standing();
    return standing === undefined ? "" : standingText(standing);
  };
  assert.equal(shown(), "/data/docs: comparing both sides, 2 s");
  const [a, b] = [upload("a", 1000), upload("b", 9240)];
  transfers.planned(map, totalsOf(a, b));
  assert.equal(shown(), "/data/docs: 0 of 2 files, 0 B of 10.0 KiB");
  transfers.began(a);
  transfers.moved("up", a.key, 1000);
  transfers.ended(a);
  transfers.began(b);
  transfers.moved("up", b.key, 24);
  time.ms += 1000;
  assert.equal(shown(), "/data/docs: 1 of 2 files, 1.0 KiB of 10.0 KiB, 1.0 KiB/s, 9 s left");
  transfers.moved("up", b.key, 100_000);
  assert.equal(transfers.standing()?.bytes.done, 10_240, "what is sent again is no more than the file");
  assert.deepEqual(transfers.standing()?.transfers, [{ key: b.key, way: "up", moved: 9240, size: 9240 }]);
});

test("SE4: the deletion that ends a rename is no file more, and what is not changed is none", () => {
  const transfers = new Transfers(() => 0);
  transfers.comparing(map);
  const remote = { key: keyOfText("old"), size: 1, etag: "e", modifiedS: 0, archived: false };
  const moved: DeleteRemote = {
    verb: "delete-remote",
    rule: "R7",
    key: remote.key,
    remote,
    size: 1,
    movedTo: keyOfText("new"),
  };
  const plain: DeleteRemote = { verb: "delete-remote", rule: "R7", key: keyOfText("gone"), remote, size: 1 };
  const adopt: Action = {
    verb: "adopt",
    rule: "R12",
    key: remote.key,
    record: { key: remote.key, size: 1, mtimeMs: 1, etag: "e" },
  };
  transfers.planned(map, totalsOf(moved, plain, adopt));
  for (const action of [moved, plain, adopt]) transfers.ended(action);
  assert.deepEqual(transfers.standing()?.files, { done: 1, all: 1 });
});

test("SE6: the rate is that of the last ten seconds", () => {
  const time = clock();
  const transfers = new Transfers(time.now);
  const a = upload("a", 1e9);
  transfers.comparing(map);
  transfers.planned(map, totalsOf(a));
  transfers.began(a);
  const rates: (number | undefined)[] = [];
  for (const [ms, bytes] of [
    [0, 0],
    [400, 400],
    [1000, 600],
    [11_000, 50_000],
    [21_000, 10_000],
  ] as const) {
    time.ms = ms;
    transfers.moved("up", a.key, bytes);
    rates.push(transfers.standing()?.bytesPerSecond);
  }
  assert.deepEqual(rates, [undefined, undefined, 1000, 5000, 1000]);
});

test("SE6: a name is one line that does nothing to a terminal, and a long one is shown by its end", () => {
  const transfer = (name: string) => ({ key: keyOfText(name), way: "down", moved: 10, size: 40 }) as const;
  assert.deepEqual(transferLines([transfer("evil\x1b]0;title\x07\nname")], 80), [
    '  down  25%       40 B  "evil\\u{1b}]0;title\\u{7}\\nname"',
  ]);
  const [long = ""] = transferLines([transfer(`${"x".repeat(90)}/the end.txt`)], 60);
  assert.equal(long.length, 60);
  assert.match(long, /…x+\/the end\.txt$/);
  const many = Array.from({ length: 9 }, (_, at) => transfer(`f${at}`));
  assert.deepEqual(transferLines(many, 80).slice(3), ["  down  25%       40 B  f3", "  and 5 more"]);
});

test("SE4: a duration is told as people tell it", () => {
  assert.deepEqual([0.2, 59, 60, 3599, 3600 * 5 + 61, 86_400 * 2 + 3600].map(durationText), [
    "1 s",
    "59 s",
    "1 min",
    "1 h 0 min",
    "5 h 2 min",
    "2 d 1 h",
  ]);
});

/** A terminal of 80 by 24; `drawn` is what came since it was asked last. */
function terminal(): { readonly stream: NodeJS.WriteStream; readonly drawn: () => string } {
  const stream = Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY: true, columns: 80, rows: 24 });
  return { stream: stream as unknown as NodeJS.WriteStream, drawn: () => String(stream.read() ?? "") };
}

function withTimers(t: TestContext): (ms: number) => void {
  t.mock.timers.enable({ apis: ["setInterval", "setImmediate"] });
  return (ms) => t.mock.timers.tick(ms);
}

test("SE4: on a terminal it is drawn in place, below what is printed, never while somebody is asked, and taken away", async (t) => {
  const tick = withTimers(t);
  const { stream, drawn } = terminal();
  const progress = await progressOn({ stream });
  const a = upload("a", 1000);
  await progress.listener.began?.(map);
  assert.match(drawn(), /comparing both sides/);
  progress.watcher.planned(map, totalsOf(a));
  assert.match(drawn(), /0 of 1 file\b/);
  progress.watcher.began(a);
  progress.watcher.moved("up", a.key, 500);
  assert.equal(drawn(), "", "bytes draw nothing by themselves");
  tick(200);
  assert.match(drawn(), /up {4}50% {5}1000 B {2}a/);

  const above = progress.above({ write: async (text) => void stream.write(text) });
  const printing = above.write("a line\n");
  tick(200);
  await printing;
  // oxlint-disable-next-line no-control-regex -- how a line is erased
  assert.match(drawn(), /\x1b\[2K[^]*a line\n$/, "taken away first, and not drawn before the line is out");
  tick(200);
  assert.match(drawn(), /50%/);

  let answer: (typed: string) => void = () => {};
  const asked = progress.aside(() => new Promise((resolve) => (answer = resolve)))("yes? ");
  drawn();
  tick(1000);
  assert.equal(drawn(), "");
  answer("y");
  assert.equal(await asked, "y");
  assert.match(drawn(), /50%/);

  progress.end();
  const last = drawn();
  assert.ok(!last.includes("50%"), last);
  tick(1000);
  assert.equal(drawn(), "");
});

test("SE5: elsewhere it is a line every ten seconds, and one at the end where there was something to do", async (t) => {
  const tick = withTimers(t);
  let text = "";
  const progress = progressLines({ write: async (line) => void (text += line) });
  await progress.listener.began?.(map);
  tick(10_000);
  assert.match(text, /^progress: \/data\/docs: comparing both sides, \d+ s\n$/);
  text = "";
  await progress.listener.finished?.(map, aResult());
  assert.equal(text, "");
  const a = upload("a", 10);
  progress.watcher.planned(map, totalsOf(a));
  progress.watcher.began(a);
  progress.watcher.ended(a);
  await progress.listener.finished?.(map, aResult());
  assert.match(text, /^progress: \/data\/docs: 1 of 1 file, 10 B of 10 B[^\n]*\n$/);
  progress.end();
  text = "";
  tick(20_000);
  assert.equal(text, "");
});

test("SE4: without --progress, and with --debug where there is no terminal, nothing is told on stderr", async () => {
  assert.equal((await session([])).stderr, "");
  assert.equal((await session(["--debug"])).stderr, "");
});
