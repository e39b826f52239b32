/** Draws histories and plays them. */

import fc from "fast-check";
import { historyOf, type History, type Kinds } from "./history.ts";
import { Reached } from "./reached.ts";
import { World } from "./world.ts";

export async function play(
  { inParts, steps }: History,
  { machines }: Kinds,
  reached: Reached,
): Promise<void> {
  const world = new World({ machines, inParts, reached });
  for (const step of steps) {
    if (step.op === "run") await world.run(step);
    else world.edit(step);
    world.assertNothingLost();
  }
  await world.assertSettles();
  world.assertNothingLost();
}

export async function playAll(kinds: Kinds, runs: number, mustReach: readonly string[]): Promise<void> {
  const reached = new Reached();
  const seed = Number(process.env["S3_BSYNC_SEED"] ?? Date.now() % 2 ** 31);
  const numRuns = Number(process.env["S3_BSYNC_HISTORIES"] ?? runs);
  const began = performance.now();
  await fc.assert(
    fc.asyncProperty(historyOf(kinds), (history) => play(history, kinds, reached)),
    {
      numRuns,
      seed,
      includeErrorInReport: true,
    },
  );
  if (process.env["SHOW"]) console.log(String(reached), (numRuns / (performance.now() - began)) * 1000, "/s");
  reached.assertReached(mustReach, 1);
}
