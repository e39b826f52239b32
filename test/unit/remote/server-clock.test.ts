/** How far our clock is from the server's, as its answers tell. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../../../src/remote/wire/server-clock.ts";

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
  assert.equal(clock.correct(), false);
  assert.equal(clock.signingDate.getTime(), NOW);
  clock.heard({ date: "Sun, 22 Nov 2026 09:00:00 GMT" });
  assert.equal(clock.signingDate.getTime(), NOW, "not before it is asked to");
  assert.equal(clock.correct(), true);
  assert.equal(clock.signingDate.getTime(), NOW - 3 * 3_600_000);
  assert.equal(clock.correct(), false, "what was corrected is not corrected again");
});
