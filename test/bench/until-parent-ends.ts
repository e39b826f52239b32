/** A helper process of the benchmark is never left behind. */

const LOOK_EVERY_MS = 1_000;

export function untilParentEnds(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit();
  }, LOOK_EVERY_MS).unref();
}
