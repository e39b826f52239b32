/** What the flags of a sync ask of the engine. */

import { DEFAULT_KEEPING } from "../../core/expired-backups.ts";
import { DEFAULT_LIMITS } from "../../core/guard.ts";
import { chosenNames } from "./chosen-names.ts";
import { connectionOf } from "./connection.ts";
import type { Context, SyncOptions } from "../context.ts";
import type { Flags } from "../options/options.ts";
import { policyFlags } from "./policy-flags.ts";
import { objectOptions, transferLimits } from "./transfer-flags.ts";
import { byteSize, keptDays, limit } from "../values/values.ts";

type Surroundings = Pick<Context, "home" | "cwd" | "signal" | "engine"> &
  Pick<SyncOptions, "arbiter" | "watcher">;

/** @throws {UsageError} */
export async function syncOptions(flags: Flags, surroundings: Surroundings): Promise<SyncOptions> {
  const { arbiter, watcher, signal, engine } = surroundings;
  return {
    dryRun: flags.dryrun,
    skipMissing: flags.skipMissing,
    ...policyFlags(flags),
    names: await chosenNames(flags, engine),
    maxTransfer: byteSize("--max-transfer", flags.maxTransfer),
    keeping: {
      days: keptDays(flags.keepBackups) ?? DEFAULT_KEEPING.days,
      bytes: byteSize("--backup-size", flags.backupSize) ?? DEFAULT_KEEPING.bytes,
    },
    acceptPlain: flags.acceptPlain,
    reencode: flags.reencode,
    arbiter,
    watcher,
    limits: {
      deletions: limit("--max-delete", flags.maxDelete, DEFAULT_LIMITS.deletions),
      overwrites: limit("--max-overwrite", flags.maxOverwrite, DEFAULT_LIMITS.overwrites),
    },
    allowEmpty: flags.allowEmpty,
    acceptIdentity: flags.acceptIdentity,
    connection: connectionOf(flags, surroundings),
    objects: objectOptions(flags),
    transfers: transferLimits(flags),
    signal,
  };
}
