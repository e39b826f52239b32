/** Policies that the command line names, for a run or to be stored with a map. */

import type { PolicyFlags } from "../../core/map-policies.ts";
import type { MapOptions } from "../../model/map.ts";
import type { Flags } from "../options/options.ts";
import { backupPolicy, conflictPolicy, directionWord } from "../values/values.ts";

/** @throws {UsageError} */
export function policyFlags({ onConflict, backup, direction }: Flags): PolicyFlags {
  return {
    onConflict: onConflict === undefined ? undefined : conflictPolicy(onConflict),
    backup: backup === undefined ? undefined : backupPolicy(backup),
    direction: direction === undefined ? undefined : directionWord(direction),
  };
}

/** As options of a map. @throws {UsageError} */
export function policyOptions(flags: Flags): MapOptions {
  const { onConflict, backup, direction } = policyFlags(flags);
  return {
    ...(backup === undefined ? {} : { backup }),
    ...(direction === undefined ? {} : { direction }),
    ...(onConflict === undefined ? {} : { "on-conflict": onConflict }),
  };
}
