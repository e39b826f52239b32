/** Which of two times is later, at the coarser of their granularities. */

const STEPS = [1_000_000_000n, 1_000_000n, 1_000n] as const;

/**
 * Times are in ns since 1970. A time that ends in zeros is taken to come from a clock that knows no better:
 * whole seconds from an HTTP date or an old file system, ms from most servers, µs from what Node can set.
 *
 * @returns negative, 0 or positive
 */
export function compareTimes(aNs: bigint, bNs: bigint): number {
  const a = granularity(aNs);
  const b = granularity(bNs);
  const step = a > b ? a : b;
  const difference = floor(aNs, step) - floor(bNs, step);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

function granularity(ns: bigint): bigint {
  return STEPS.find((step) => ns % step === 0n) ?? 1n;
}

function floor(ns: bigint, step: bigint): bigint {
  const rest = ((ns % step) + step) % step;
  return ns - rest;
}
