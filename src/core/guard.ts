/** Pure questions asked of the totals before anything is changed. See spec/safety.md. */

import type { HeldAmount } from "../model/refusal.ts";
import type { Side, Totals } from "../model/totals.ts";

/** Both must be exceeded. */
export interface Limit {
  readonly files: number;
  /** Of the tracked paths, 0 to 1. */
  readonly share: number;
}

export interface Limits {
  readonly deletions: Limit;
  readonly overwrites: Limit;
}

export const DEFAULT_LIMITS: Limits = {
  deletions: { files: 10, share: 0.5 },
  overwrites: { files: 20, share: 0.9 },
};

const SIDES: readonly Side[] = ["local", "remote"];

/** Guards about amounts: the actions of each refusal are held. */
export function refusals(totals: Totals, limits: Limits): readonly HeldAmount[] {
  const tracked = totals.seen.base;
  return (["deletions", "overwrites"] as const).flatMap((what) =>
    SIDES.filter((side) => exceeds(totals[what][side], tracked, limits[what])).map((side) => ({
      what,
      side,
      count: totals[what][side],
      of: tracked,
    })),
  );
}

/** A side that holds nothing while two or more paths are tracked: a bare mount point, a wrong prefix. */
export function emptySide({ seen }: Totals): Side | undefined {
  return seen.base < 2 ? undefined : SIDES.find((side) => seen[side] === 0);
}

/**
 * Whether the directory may be another one than the records tell of: half of the tracked files are not
 * in place, or more are changed than one run may overwrite. Asked only where its identity is new.
 */
export function looksForeign({ seen, trackedGone, trackedChanged }: Totals, { overwrites }: Limits): boolean {
  return seen.base > 0 && (trackedGone * 2 >= seen.base || exceeds(trackedChanged, seen.base, overwrites));
}

function exceeds(count: number, of: number, { files, share }: Limit): boolean {
  return count > files && count > share * of;
}
