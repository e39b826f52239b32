/** Several listeners as one reporter. */

import type { Reporter } from "../../ports/reporter.ts";

/** Hears what it has a method for. */
export type Listener = Partial<Omit<Reporter, "wantsNotes">>;

/** Each fact reaches the listeners one after the other, so that their lines keep an order. */
export function reporterOf(
  listeners: readonly Listener[],
  { wantsNotes }: Pick<Reporter, "wantsNotes">,
): Reporter {
  return {
    wantsNotes,
    async began(map) {
      for (const each of listeners) await each.began?.(map);
    },
    async noted(map, text, key) {
      for (const each of listeners) await each.noted?.(map, text, key);
    },
    async planned(map, action) {
      for (const each of listeners) await each.planned?.(map, action);
    },
    async held(map, refusal) {
      for (const each of listeners) await each.held?.(map, refusal);
    },
    async ended(map, outcome) {
      for (const each of listeners) await each.ended?.(map, outcome);
    },
    async finished(map, result) {
      for (const each of listeners) await each.finished?.(map, result);
    },
    async expired(run) {
      for (const each of listeners) await each.expired?.(run);
    },
  };
}
