/** Brings a listing into byte order in pieces that fit memory. */

import { mergeSorted } from "../../core/merge-sorted.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { NewSpool, Spool } from "../../ports/spool.ts";

/** Objects sorted in memory at a time: about 10 MB of them. */
const RUN = 50_000;
const BATCH = 1_000;

interface Keyed {
  readonly key: ObjectKey;
}

export async function* sortListing<T extends Keyed>(
  batches: AsyncIterable<readonly T[]>,
  newSpool: NewSpool,
): AsyncGenerator<readonly T[]> {
  const runs: Spool<T>[] = [];
  let last: T[] = [];
  try {
    for await (const batch of batches) {
      for (const item of batch) last.push(item);
      if (last.length < RUN) continue;
      const run = newSpool<T>();
      runs.push(run);
      for (const item of last.toSorted(byKey)) run.add(item);
      last = [];
    }
    yield* inBatches(mergeSorted<T>([...runs, last.toSorted(byKey)]));
  } finally {
    for (const run of runs) run.close();
  }
}

function byKey(a: Keyed, b: Keyed): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function* inBatches<T>(items: Iterable<T>): Generator<readonly T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
