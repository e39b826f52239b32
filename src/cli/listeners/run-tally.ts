/** What a run has done over all its maps, and what it took. */

import { listPriceUsd } from "../../core/list-price.ts";
import type { Verb } from "../../model/action.ts";
import type { MapResult } from "../../ports/reporter.ts";
import type { Listener } from "./listeners.ts";
import type { Spent } from "../render/totals-text.ts";

export interface RunTally {
  readonly listener: Listener;
  /** Undefined: no map was gone through. */
  spent(): Spent | undefined;
  /** Gone through so far. */
  maps(): number;
}

export function runTally(): RunTally {
  const results: Spent[] = [];
  return {
    listener: {
      async finished(_map, result) {
        results.push(spentOn(result));
      },
    },
    maps: () => results.length,
    spent: () => (results.length === 0 ? undefined : results.reduce(sum)),
  };
}

/** Of one map. */
export function spentOn({ done, requests, traffic, endpoint }: MapResult): Spent {
  const isIdle = Object.values(requests).every((count) => count === 0);
  return { done, requests, traffic, usd: isIdle ? 0 : listPriceUsd(endpoint, requests) };
}

function sum(a: Spent, b: Spent): Spent {
  return {
    done: {
      actions: added<Verb>(a.done.actions, b.done.actions),
      failed: a.done.failed + b.done.failed,
    },
    requests: added(a.requests, b.requests),
    traffic: added(a.traffic, b.traffic),
    usd: a.usd === undefined || b.usd === undefined ? undefined : a.usd + b.usd,
  };
}

function added<K extends string>(
  a: Readonly<Record<K, number>>,
  b: Readonly<Record<K, number>>,
): Record<K, number> {
  const both: Record<K, number> = { ...a };
  for (const name of Object.keys(b) as K[]) both[name] += b[name];
  return both;
}
