/** What is under way at one time stays within its bound. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { gate } from "../../../src/core/gate.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("no more than the limit is held, and whoever waits comes in order", async () => {
  const bytes = gate(() => 10);
  const entered: string[] = [];
  const enter = (name: string, amount: number): Promise<() => void> =>
    bytes.take(amount).then((leave) => {
      entered.push(name);
      return leave;
    });
  const a = enter("a", 6);
  const b = enter("b", 6);
  const c = enter("c", 1);
  await turn();
  assert.deepEqual(entered, ["a"]);
  (await a)();
  await turn();
  assert.deepEqual(entered, ["a", "b", "c"]);
  (await b)();
  (await c)();
});

test("what is above the limit passes alone", async () => {
  const bytes = gate(() => 10);
  const leave = await bytes.take(1);
  let passed = false;
  const large = bytes.take(99).then((release) => {
    passed = true;
    return release;
  });
  await turn();
  assert.equal(passed, false);
  leave();
  (await large)();
  assert.equal(passed, true);
});

test("leaving twice counts once", async () => {
  const slots = gate(() => 1);
  const leave = await slots.take(1);
  leave();
  leave();
  const again = await slots.take(1);
  let passed = false;
  void slots.take(1).then(() => (passed = true));
  await turn();
  assert.equal(passed, false);
  again();
  await turn();
  assert.equal(passed, true);
});
