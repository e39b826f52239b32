/** Keeps bytes below a rate: whoever moves some is told when. */

/** What was not used may be made up for during so long. */
const BURST_MS = 100;
/** Small against the rate, so that each of many requests has its turn long before it counts as stalled. */
const PIECES_A_SECOND = 64;
const PIECE_MAX = 64 * 1024;

export interface Throttle {
  /** What is best moved at a time. */
  readonly pieceBytes: number;
  /**
   * @param nowMs of a clock that never goes back
   * @returns how long to wait before these bytes may move, in ms. They are promised: whoever comes next waits for them
   */
  take(bytes: number, nowMs: number): number;
}

/** A bucket of tokens that may be in debt: any amount passes, in the order of the calls, and nothing is kept of those who wait. */
export function throttle(bytesPerSecond: number): Throttle {
  let paidUntilMs = -Infinity;
  return {
    pieceBytes: Math.max(1, Math.min(PIECE_MAX, Math.floor(bytesPerSecond / PIECES_A_SECOND))),
    take(bytes, nowMs) {
      const fromMs = Math.max(paidUntilMs, nowMs - BURST_MS);
      paidUntilMs = fromMs + (bytes / bytesPerSecond) * 1000;
      return Math.max(0, fromMs - nowMs);
    },
  };
}
