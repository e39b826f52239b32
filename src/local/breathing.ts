/** Gives the event loop a turn now and then: the scan is synchronous, the listing comes in beside it. */

/** Longer, and answers of the server wait for the scan; shorter, and the turns cost more than they give. */
const TURN_MS = 4;

/** Passes the batches on, but for empty ones. */
export async function* breathing<T>(batches: Iterable<readonly T[]>): AsyncGenerator<readonly T[]> {
  let turn = performance.now();
  for (const batch of batches) {
    if (batch.length > 0) yield batch;
    if (performance.now() - turn < TURN_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turn = performance.now();
  }
}
