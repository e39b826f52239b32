/** Lets one request find out whether an endpoint honours conditions; without it, each one of a crowd would. */

import type { Remote } from "../remote.ts";

type Fact = "conditionalPut" | "conditionalDelete";

const UNDER_WAY: Readonly<Record<Fact, WeakMap<Remote, Promise<unknown>>>> = {
  conditionalPut: new WeakMap(),
  conditionalDelete: new WeakMap(),
};

export interface FindingOut {
  readonly fact: Fact;
  /** False: it cannot find out, but waits like all others. */
  readonly able: boolean;
}

/**
 * While the fact is not known, waits for whoever is finding it out, once: where that one could not tell, the next finds out, and
 * no crowd goes in single file because of that.
 *
 * @param request is told whether it is the one that finds out
 */
export async function firstFindsOut<T>(
  remote: Remote,
  { fact, able }: FindingOut,
  request: (findsOut: boolean) => Promise<T>,
): Promise<T> {
  const isKnown = (): boolean => remote.memory.facts[fact] !== "untold";
  const underWay = UNDER_WAY[fact];
  const other = underWay.get(remote);
  if (!isKnown() && other !== undefined) await other; // without one there is no turn of the loop in which a second could begin
  if (isKnown() || underWay.has(remote) || !able) return request(false);
  const finding = request(true).finally(() => underWay.delete(remote));
  underWay.set(
    remote,
    finding.catch(() => {}), // its failure is its own
  );
  return finding;
}
