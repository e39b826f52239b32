/** The default mode: sync every map, or show what that would do. */

import { DEFAULT_KEEPING } from "../../core/expired-backups.ts";
import { DEFAULT_LIMITS } from "../../core/guard.ts";
import { LockedError } from "../../model/errors.ts";
import type { ExitCode } from "../../model/exit-code.ts";
import { arbiterBy } from "../arbiter.ts";
import { chosenNames } from "../chosen-names.ts";
import { connectionOf } from "../connection.ts";
import type { Context, SyncOptions } from "../context.ts";
import { jsonListener } from "../json-listener.ts";
import { type Listener, reporterOf } from "../listeners.ts";
import type { Flags } from "../options.ts";
import { problemListener } from "../problem-listener.ts";
import { textListener } from "../text-listener.ts";
import { told, tellingOf } from "../told.ts";
import { policyFlags } from "../policy-flags.ts";
import { objectOptions, transferLimits } from "../transfer-flags.ts";
import { byteSize, keptDays, limit } from "../values.ts";

/** @param heard hears of all that happens, too */
export async function sync(
  flags: Flags,
  context: Context,
  telling = tellingOf(flags),
  heard: Listener = {},
): Promise<ExitCode> {
  const { stdout, engine } = context;
  const { debug, dryrun: dryRun, json } = flags;
  const options = await syncOptions(flags, context);
  const facts = json ? jsonListener(stdout) : textListener(stdout, { dryRun, debug });
  try {
    return await told(telling, context, (stderr, also) =>
      engine.sync(
        options,
        reporterOf([facts, problemListener(stderr, { debug }), also, heard], { wantsNotes: debug }),
      ),
    );
  } catch (error) {
    // From cron, a run that meets another one has nothing to say.
    if (error instanceof LockedError && !debug) return error.exitCode;
    throw error;
  }
}

async function syncOptions(flags: Flags, context: Context): Promise<SyncOptions> {
  return {
    dryRun: flags.dryrun,
    skipMissing: flags.skipMissing,
    ...policyFlags(flags),
    names: await chosenNames(flags),
    maxTransfer: byteSize("--max-transfer", flags.maxTransfer),
    keeping: {
      days: keptDays(flags.keepBackups) ?? DEFAULT_KEEPING.days,
      bytes: byteSize("--backup-size", flags.backupSize) ?? DEFAULT_KEEPING.bytes,
    },
    acceptPlain: flags.acceptPlain,
    reencode: flags.reencode,
    arbiter:
      context.prompt === undefined || flags.dryrun ? undefined : arbiterBy(context.prompt, context.signal),
    limits: {
      deletions: limit("--max-delete", flags.maxDelete, DEFAULT_LIMITS.deletions),
      overwrites: limit("--max-overwrite", flags.maxOverwrite, DEFAULT_LIMITS.overwrites),
    },
    allowEmpty: flags.allowEmpty,
    acceptIdentity: flags.acceptIdentity,
    connection: connectionOf(flags, context),
    objects: objectOptions(flags),
    transfers: transferLimits(flags),
    signal: context.signal,
  };
}
