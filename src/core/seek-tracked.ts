/** Finds tracked keys while something else walks in the same order. */

import type { BaseRecord } from "../model/observation.ts";
import type { ObjectKey } from "../model/object-key.ts";

/** @returns a function that, asked with ascending keys, gives the first tracked key that is not before its argument */
export function seekTracked(
  records: Iterable<readonly BaseRecord[]>,
): (key: ObjectKey) => ObjectKey | undefined {
  let iterator: Iterator<readonly BaseRecord[]> | undefined;
  let batch: readonly BaseRecord[] = [];
  let at = 0;
  return (key) => {
    iterator ??= records[Symbol.iterator](); // nothing is read unless somebody asks
    for (;;) {
      for (; at < batch.length; at++) {
        const tracked = batch[at]?.key;
        if (tracked !== undefined && tracked >= key) return tracked;
      }
      const next = iterator.next();
      if (next.done === true) return undefined;
      batch = next.value;
      at = 0;
    }
  };
}
