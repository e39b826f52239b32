/** How much is transferred at a time: so little, under a low rate, that nothing looks as if it had stalled. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "../../../src/cli/parse/parse.ts";
import type { TransferLimits } from "../../../src/cli/context.ts";
import { transferLimits } from "../../../src/cli/orders/transfer-flags.ts";
import { throttle } from "../../../src/core/throttle.ts";
import { PATIENCE } from "../../../src/remote/wire/retry.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

async function limits(...argv: readonly string[]): Promise<TransferLimits> {
  return transferLimits((await parse(argv)).flags);
}

test("CL24: 64 transfers at a time, or as many as are asked for, and no limit of the rate", async () => {
  assert.deepEqual(await limits(), { concurrency: 64, bytesPerSecond: undefined });
  assert.deepEqual(await limits("--concurrency", "200"), { concurrency: 200, bytesPerSecond: undefined });
});

test("CL24: under a rate no more transfers than get 32 KiB a second each, but one", async () => {
  assert.deepEqual(await limits("--bwlimit", "16K"), { concurrency: 1, bytesPerSecond: 16 * KIB });
  assert.deepEqual(await limits("--bwlimit", "1M"), { concurrency: 32, bytesPerSecond: MIB });
  assert.deepEqual(await limits("--bwlimit", "1G"), { concurrency: 64, bytesPerSecond: 1024 * MIB });
  assert.deepEqual(await limits("--bwlimit", "1M", "--concurrency", "3"), {
    concurrency: 3,
    bytesPerSecond: MIB,
  });
  assert.equal((await limits("--bwlimit", "4M", "--concurrency", "256")).concurrency, 128);
});

/** What arrives at a time, and how many requests a transfer has at most. */
const CHUNK = 64 * KIB;
const REQUESTS = 4;

test("RM26: at any rate each of the requests has its turn long before it counts as stalled (RM3)", async () => {
  for (const rate of ["16K", "20K", "32K", "63.9K", "64K", "100K", "1M", "10M", "1G"]) {
    const { concurrency, bytesPerSecond = 0 } = await limits("--bwlimit", rate, "--concurrency", "256");
    const { take } = throttle(bytesPerSecond);
    const turns = Array.from({ length: concurrency * REQUESTS }, () => 0);
    let longestMs = 0;
    for (let round = 0; round < 5; round++) {
      for (const [i, lastMs] of turns.entries()) {
        const waitMs = take(CHUNK, lastMs);
        longestMs = Math.max(longestMs, waitMs);
        turns[i] = lastMs + waitMs;
      }
    }
    assert.ok(longestMs <= 17_000, `${rate}: ${longestMs} ms`);
    assert.ok(longestMs * 1.5 < PATIENCE.stallMs, `${rate}: ${longestMs} ms`);
  }
});
