/** Policies that the command line names, for a run or to be stored with a map. */

import type { PolicyFlags } from "../core/map-policies.ts";
import type { MapOptions } from "../model/map.ts";
import type { Flags } from "./options.ts";
import { backupPolicy, conflictPolicy } from "./values.ts";

/** @throws {UsageError} */
export function policyFlags({ onConflict, backup }: Flags): PolicyFlags {
  return {
    onConflict: onConflict === undefined ? undefined : conflictPolicy(onConflict),
    backup: backup === undefined ? undefined : backupPolicy(backup),
  };
}

/** As options of a map. @throws {UsageError} */
export function policyOptions(flags: Flags): MapOptions {
  const { onConflict, backup } = policyFlags(flags);
  return {
    ...(backup === undefined ? {} : { backup }),
    ...(onConflict === undefined ? {} : { "on-conflict": onConflict }),
  };
}
