/** What is tried again, how often, and after how long. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BrokenPage, GarbledBody } from "../../../src/remote/wire/broken-answer.ts";
import {
  PATIENCE,
  retryAfterMs,
  retryDelay,
  type RetryReason,
  retryReason,
} from "../../../src/remote/wire/retry.ts";

const answered = (httpStatusCode: number, name = "Unknown", headers: Record<string, string> = {}): Error =>
  Object.assign(new Error("x"), { name, $metadata: { httpStatusCode }, $response: { headers } });
const network = (code: string): Error => Object.assign(new Error("x"), { code });

describe("the reason", () => {
  const cases: readonly (readonly [string, unknown, RetryReason | undefined])[] = [
    ["500", answered(500, "InternalError"), "transient"],
    ["502 without a code", answered(502), "transient"],
    ["503 SlowDown", answered(503, "SlowDown"), "throttled"],
    ["429", answered(429), "throttled"],
    ["a reset connection", network("ECONNRESET"), "transient"],
    ["a stall", Object.assign(new Error("x"), { name: "TimeoutError" }), "transient"],
    ["a refused connection", network("ECONNREFUSED"), "unreachable"],
    ["an unknown host", network("ENOTFOUND"), "unreachable"],
    ["409 ConditionalRequestConflict", answered(409, "ConditionalRequestConflict"), "conflict"],
    ["409 of another kind", answered(409, "BucketAlreadyExists"), undefined],
    ["a page that is not whole", new BrokenPage("x"), "transient"],
    ["garbled content", new GarbledBody("x"), "transient"],
    ["412", answered(412, "PreconditionFailed"), undefined],
    ["403", answered(403, "AccessDenied"), undefined],
    ["404", answered(404, "NoSuchKey"), undefined],
    ["501", answered(501, "NotImplemented"), undefined],
    ["a bad certificate", network("DEPTH_ZERO_SELF_SIGNED_CERT"), undefined],
    ["a bug", new TypeError("x is not a function"), undefined],
  ];
  for (const [what, error, reason] of cases) {
    test(`${what}: ${reason ?? "not tried again"}`, () => assert.equal(retryReason(error), reason));
  }
});

describe("the delay", () => {
  const delays = (reason: RetryReason, random: number): number[] => {
    const found: number[] = [];
    for (let failures = 1; ; failures++) {
      const delay = retryDelay(reason, { failures, random }, PATIENCE);
      if (delay === undefined) return found;
      found.push(delay);
    }
  };

  test("doubles up to a limit, and ends", () => {
    assert.deepEqual(delays("transient", 1), [200, 400, 800, 1_600, 3_200, 6_400, 12_800]);
    assert.deepEqual(delays("unreachable", 1), [200, 400, 800, 1_600]);
  });

  test("RM2: outlasts a minute of SlowDown, and never comes back at once", () => {
    const least = delays("throttled", 0);
    assert.ok(least.reduce((sum, each) => sum + each, 0) > 60_000, `${least}`);
    assert.ok(Math.min(...least) >= 500);
    assert.ok(Math.max(...delays("throttled", 1)) <= PATIENCE.capMs);
  });

  test("is at least what the server asks for, up to a minute", () => {
    const after = (afterMs: number): number | undefined =>
      retryDelay("transient", { failures: 1, random: 0, afterMs }, PATIENCE);
    assert.equal(after(7_000), 7_000);
    assert.equal(after(3_600_000), 60_000);
  });

  test("Retry-After is read in seconds and as a date", () => {
    const now = Date.parse("Sun, 22 Nov 2026 10:00:00 GMT");
    assert.equal(retryAfterMs(answered(503, "SlowDown", { "retry-after": "3" }), now), 3_000);
    const date = { "retry-after": "Sun, 22 Nov 2026 10:00:05 GMT" };
    assert.equal(retryAfterMs(answered(503, "SlowDown", date), now), 5_000);
    assert.equal(retryAfterMs(answered(503, "SlowDown", { "retry-after": "soon" }), now), undefined);
    assert.equal(retryAfterMs(answered(503), now), undefined);
  });
});
