/** How far our clock is from the server's, as its answers tell. */

import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { HttpResponse } from "@smithy/core/protocols";
import { retryReason } from "../../../src/remote/wire/retry.ts";
import { ServerClock } from "../../../src/remote/wire/server-clock.ts";
import { signedRequests } from "../../../src/remote/wire/signed-requests.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

test("S22: the clock is compared with the Date of each answer; what is no date says nothing", () => {
  const clock = new ServerClock(() => NOW);
  const heard = (headers: Record<string, string>): number | undefined => {
    clock.heard(headers);
    return clock.aheadMs;
  };
  assert.equal(heard({}), undefined);
  assert.equal(heard({ date: "yesterday, or so" }), undefined);
  assert.equal(heard({ date: "Sun, 22 Nov 2026 11:59:00 GMT" }), 60_000);
  assert.equal(heard({}), 60_000);
  assert.equal(heard({ date: "Tue, 24 Nov 2026 12:00:00 GMT" }), -48 * 3_600_000);
});

test("RM2: requests are signed for the server's time once it has refused ours, and for ours where both are near", () => {
  const clock = new ServerClock(() => NOW);
  clock.heard({ date: "Sun, 22 Nov 2026 11:56:00 GMT" });
  assert.equal(clock.correct(0), false);
  assert.equal(clock.correctionMs, 0);
  clock.heard({ date: "Sun, 22 Nov 2026 09:00:00 GMT" });
  assert.equal(clock.correctionMs, 0, "not before it is asked to");
  assert.equal(clock.correct(0), true);
  assert.equal(clock.signingDate(clock.correctionMs).getTime(), NOW - 3 * 3_600_000);
  assert.equal(clock.correct(clock.correctionMs), false, "what was corrected is not corrected again");
});

test("RM2: of requests that are refused at one time for our clock, each is tried again for the server's", async () => {
  const clock = new ServerClock(() => NOW);
  const ask = refusing(clock, { date: "Sun, 22 Nov 2026 09:00:00 GMT" });
  const answers = await Promise.allSettled([ask(), ask(), ask()]);
  const reasons = answers.map((each) => each.status === "rejected" && retryReason(each.reason));
  assert.deepEqual(reasons, ["transient", "transient", "transient"]);
  const [later] = await Promise.allSettled([ask()]);
  assert.equal(
    later.status === "rejected" && retryReason(later.reason),
    undefined,
    "refused with its own time",
  );
});

/** A request to a server that refuses each for the time that it is signed with. */
function refusing(clock: ServerClock, headers: Record<string, string>): () => Promise<unknown> {
  const ask = signedRequests({
    clock,
    credentials: () => Promise.resolve({ accessKeyId: "a", secretAccessKey: "b" }),
    url: () =>
      Promise.resolve({
        protocol: "http:",
        hostname: "localhost",
        port: undefined,
        path: "/bucket/",
        region: "us-east-1",
        service: "s3",
      }),
    handler: {
      destroy: () => {},
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
      metadata: { handlerProtocol: "http/1.1" },
      handle: async () => {
        await setImmediate(); // so that all are under way
        clock.heard(headers);
        const body = Readable.from([Buffer.from("<Error><Code>RequestTimeTooSkewed</Code></Error>")]);
        return { response: new HttpResponse({ statusCode: 403, headers, body }) };
      },
    },
  });
  return () => ask({ method: "GET", key: "key", headers: {} }, {});
}
