/** Draws histories and plays them. */

import fc from "fast-check";
import { historyOf, type History, type Kinds } from "./history.ts";
import { Reached } from "./reached.ts";
import { World } from "./world.ts";

export async function play(
  { inParts, tracked, steps }: History,
  kinds: Pick<Kinds, "machines" | "places">,
  reached: Reached,
): Promise<void> {
  const { machines, places } = kinds;
  const world = new World({ machines, inParts, reached });
  world.begin(tracked);
  for (const step of steps) {
    if (step.op === "run") await world.run(step);
    else world.edit(step);
    world.assertNothingLost();
  }
  const [writer, ...others] = new Set(places);
  const written = writer === undefined ? [] : world.contentsOf(writer);
  await world.assertSettles();
  world.assertNothingLost();
  if (writer !== undefined && others.length === 0) world.assertObeys(writer, written);
}

/** In an ordinary run of all tests. */
const ORDINARY = 50_000;

/** @param share of all histories that are played @param mustReach what must have happened, or nothing was proved */
export async function playAll(kinds: Kinds, share: number, mustReach: readonly string[]): Promise<void> {
  const { S3_BSYNC_HISTORIES: wanted, S3_BSYNC_SEED: seed, S3_BSYNC_SHRINK: shrink } = process.env;
  const numRuns = Math.ceil(Number(wanted ?? ORDINARY) * share);
  const reached = new Reached();
  await fc.assert(
    fc.asyncProperty(historyOf(kinds), (history) => play(history, kinds, reached)),
    {
      numRuns,
      ...(seed === undefined ? {} : { seed: Number(seed) }),
      endOnFailure: shrink === "no",
      includeErrorInReport: true,
    },
  );
  // What comes thrice in 10,000 comes in nearly every run of all tests, but not five times in 20,000.
  if (shrink !== "no") reached.assertReached(mustReach, numRuns < 4_000 ? 0 : 1);
}
