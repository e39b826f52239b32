/** How much of what could be tried is tried, and which part of it. */

/** Hours, not minutes: S3_BSYNC_LONG=1. */
export const LONG = process.env["S3_BSYNC_LONG"] === "1";

/** Printed by whoever draws; given again by S3_BSYNC_SEED, it draws the same. */
export const SEED = Number(process.env["S3_BSYNC_SEED"]) || Date.now() % 1_000_000_000;

/** Numbers from 0 to below 1, the same for the same seed. */
export function drawing(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // Steps through all 32-bit numbers; the bits are mixed, because the low ones come round soon.
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}

export function drawn<T>(items: readonly T[], draw: () => number): T {
  return items[Math.floor(draw() * items.length)] as T;
}

/** About so many of them, evenly spread; all of them in the long mode. */
export function sampled<T>(items: readonly T[], count: number): readonly T[] {
  if (LONG || items.length <= count) return items;
  return Array.from({ length: count }, (_, at) => items[Math.floor((at * items.length) / count)] as T);
}
