/** What is not done, with the records left as they are, while the rest goes on: exit code 4. */

import type { Side } from "./totals.ts";

export type Refusal = HeldAmount | LeftTransfers;

/** By a guard about amounts. */
export interface HeldAmount {
  readonly what: "deletions" | "overwrites";
  readonly side: Side;
  readonly count: number;
  /** Tracked paths that the count is a share of. */
  readonly of: number;
}

/** By `--max-transfer`. */
export interface LeftTransfers {
  readonly what: "transfers";
  readonly count: number;
  readonly bytes: number;
  /** What the whole run may transfer. */
  readonly limit: number;
}
