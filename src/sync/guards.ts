/** The guards of one map, asked when its plan is complete. Spec: spec/safety.md. */

import { emptySide, looksForeign, refusals } from "../core/guard.ts";
import { deletes, overwrites } from "../core/totals.ts";
import type { Action } from "../model/action.ts";
import { GuardError } from "../model/errors.ts";
import { destinationOf } from "../model/map.ts";
import type { HeldAmount } from "../model/refusal.ts";
import type { Totals } from "../model/totals.ts";
import type { MapOrder, MapPorts } from "./map-ports.ts";

/** Guards about a whole side: the map stops, in both directions. @throws {GuardError} that names every flag that is needed */
export function guardSides(
  { map }: MapPorts,
  { allowEmpty, limits }: MapOrder,
  totals: Totals,
  rootIsNew: boolean,
): void {
  const { seen, trackedGone, trackedChanged } = totals;
  const reasons: string[] = [];
  const flags: string[] = [];
  const empty = allowEmpty ? undefined : emptySide(totals);
  if (empty !== undefined) {
    reasons.push(
      `${empty === "local" ? map.root : destinationOf(map)} is empty, while ${seen.base} paths are tracked`,
    );
    flags.push("--allow-empty");
  }
  if (rootIsNew && looksForeign(totals, limits)) {
    const missing = `${trackedGone} of ${seen.base} tracked files are gone and ${trackedChanged} changed`;
    reasons.push(`${map.root} is not the directory that was synced before: ${missing}`);
    flags.push("--accept-identity");
  }
  if (reasons.length === 0) return;
  for (const { what } of refusals(totals, limits))
    flags.push(what === "deletions" ? "--max-delete all" : "--max-overwrite all");
  throw new GuardError(
    `${reasons.join("; ")}: nothing is done, lest it read as a deletion`,
    `see that the right disk is mounted and the right bucket reached; if this is meant: s3-bsync ${[...new Set(flags)].join(" ")}`,
  );
}

/** Whether a guard about amounts leaves this action out. */
export function isHeldBy(held: readonly HeldAmount[], action: Action): boolean {
  return held.some(
    ({ what, side }) => (what === "deletions" ? deletes(action) : overwrites(action)) === side,
  );
}
