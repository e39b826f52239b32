/** What a run does in a map where there is a choice: its flags say, else the map, else the default. */

import { BACKUP_POLICIES, type BackupPolicy } from "../model/backup-policy.ts";
import { CONFLICT_POLICIES, type ConflictPolicy } from "../model/conflict-policy.ts";
import { type Direction, DIRECTIONS } from "../model/choice.ts";
import { BsyncError } from "../model/errors.ts";
import type { DirectoryMap, MapOptionName } from "../model/map.ts";

export interface Policies {
  readonly onConflict: ConflictPolicy;
  readonly backup: BackupPolicy;
  readonly direction: Direction;
}

/** Undefined: as the map has it. */
export type PolicyFlags = { readonly [name in keyof Policies]: Policies[name] | undefined };

/** @throws {BsyncError} the map has a word that is none */
export function policiesOf(map: DirectoryMap, { onConflict, backup, direction }: PolicyFlags): Policies {
  return {
    onConflict: onConflict ?? stored(map, "on-conflict", CONFLICT_POLICIES) ?? "newer",
    backup: backup ?? stored(map, "backup", BACKUP_POLICIES) ?? "losers",
    direction: direction ?? stored(map, "direction", DIRECTIONS) ?? "both",
  };
}

function stored<T extends string>(
  { root, options }: DirectoryMap,
  name: MapOptionName,
  words: readonly T[],
): T | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  const word = words.find((each) => each === value);
  if (word !== undefined) return word;
  throw new BsyncError(`${root}: the map has --${name} ${value}, which this version does not know`, {
    hint: `say --${name} ${words.join("|")} for this run, or give the map another one: s3-bsync --init --dir`,
  });
}
