/** How a large object is cut into parts. */

const MIB = 1024 * 1024;

/** Content up to this size travels in one request. */
export const SINGLE_PUT_MAX = 16 * MIB;

/** Limits of S3: parts of one upload, and bytes of a part that is not the last. */
export const PARTS_MAX = 10_000;
const SMALLEST = 8 * MIB;

/**
 * A fixed function of the size, so that the ETag which S3 gives to an upload in parts can be computed from
 * the file alone, in any later run.
 */
export function partSize(size: number): number {
  return Math.max(SMALLEST, Math.ceil(size / PARTS_MAX / MIB) * MIB);
}

export function partCount(size: number): number {
  return Math.max(1, Math.ceil(size / partSize(size)));
}
