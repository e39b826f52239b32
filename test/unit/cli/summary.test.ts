/** What a run tells at its end. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Score } from "../../../src/core/totals.ts";
import { ExitCode } from "../../../src/model/exit-code.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import type { MapResult } from "../../../src/ports/reporter.ts";
import { AWS_ENDPOINT } from "../../../src/remote/wire/connection.ts";
import { aMap, aResult, memoryEngine, session } from "../../support/session.ts";

const REQUESTS = { list: 1, head: 0, get: 0, put: 3, delete: 2 };

function uploads(count: number): Score {
  const score = new Score();
  const outcome = { end: "done", verb: "upload", rule: "R11", key: keyOfText("a"), bytes: 1 } as const;
  for (let at = 0; at < count; at++) score.ended({ ...outcome, base: undefined });
  return score;
}

function ending(...results: readonly Partial<MapResult>[]) {
  return memoryEngine({
    async sync(reporter) {
      for (const result of results) await reporter.finished(aMap(), aResult(result));
      return ExitCode.ok;
    },
  });
}

const PAID = {
  done: uploads(3),
  requests: REQUESTS,
  traffic: { up: 4096, down: 1 },
  endpoint: AWS_ENDPOINT,
};

test("SE1: --debug ends each map with what was done and what it took, at list price, and the run with the sum", async () => {
  const { stdout } = await session(["--debug"], ending(PAID, PAID));
  const line = "3 uploaded; 4.0 KiB up, 1 B down; 1 LIST, 3 PUT, 2 DELETE; $0.00002 at list price\n";
  assert.equal(
    stdout,
    `  done: ${line}  done: ${line}all 2 maps: 6 uploaded; 8.0 KiB up, 2 B down; 2 LIST, 6 PUT, 4 DELETE; $0.00004 at list price\n`,
  );
});

test("SE1: a run without --debug or --json says nothing of what it did", async () => {
  assert.equal((await session([], ending(PAID, PAID))).stdout, "");
});

test("SE3: without a price where one of the endpoints is not Amazon's; a map that sent nothing is in nobody's way", async () => {
  const { stdout } = await session(["--debug"], ending(PAID, { ...PAID, endpoint: "http://127.0.0.1" }));
  assert.match(stdout, /^all 2 maps: [^$]*2 LIST, 6 PUT, 4 DELETE\n$/m);
  const idle = { endpoint: undefined, requests: { list: 0, head: 0, get: 0, put: 0, delete: 0 } };
  assert.match(
    (await session(["--debug"], ending(PAID, idle))).stdout,
    /no requests\nall 2 maps: .*\$0\.00002 at list price\n$/,
  );
});

test("SE1: --json has the same in every summary", async () => {
  const { stdout } = await session(["--json"], ending(PAID));
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const taken = {
    done: { ...uploads(3).actions, failed: 0 },
    requests: REQUESTS,
    bytes: PAID.traffic,
    listPriceUsd: 0.00002,
  };
  const { type, root: _, destination: __, exitCode, ...summary } = lines[0] ?? {};
  assert.deepEqual([type, exitCode, summary], ["summary", 0, taken]);
  assert.equal(lines.length, 1);
});

test("SE2: a rename counts once, and what failed counts where somebody must know", () => {
  const score = new Score();
  const key = keyOfText("a");
  const done = { end: "done", rule: "R7", key, base: undefined, bytes: 0 } as const;
  score.ended({ ...done, verb: "copy-remote" });
  score.ended({ ...done, verb: "delete-remote", isMoved: true });
  const left = { end: "left", verb: "leave", rule: "RU", key, why: "" } as const;
  score.ended({ ...left, reported: true });
  score.ended({ ...left, reported: false });
  assert.deepEqual([score.actions["copy-remote"], score.actions["delete-remote"], score.failed], [1, 0, 1]);
});
