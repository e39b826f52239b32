/** A guard about amounts: these actions are held, with their records; the rest goes on. */

import type { Side } from "./totals.ts";

export interface Refusal {
  readonly what: "deletions" | "overwrites";
  readonly side: Side;
  readonly count: number;
  /** Tracked paths that the count is a share of. */
  readonly of: number;
}
