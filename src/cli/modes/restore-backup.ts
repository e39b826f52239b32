/** `--restore-backup`: versions of one run come back. Neither network nor lock. */

import { BsyncError, UsageError } from "../../model/errors.ts";
import { ExitCode } from "../../model/exit-code.ts";
import type { Restored } from "../../sync/restore.ts";
import { absolutePath } from "../values/absolute-path.ts";
import type { Context } from "../context.ts";
import { findRun } from "../values/find-run.ts";
import type { Flags } from "../options/options.ts";
import { countText } from "../render/amounts.ts";
import { notRestoredText, restoredText } from "../render/backup-text.ts";
import { shown } from "../render/escape.ts";
import { restoredLine } from "../render/json-lines.ts";

export async function restoreBackup(flags: Flags, context: Context): Promise<ExitCode> {
  const { engine, stdout, stderr, signal } = context;
  const { dryrun: dryRun, json, force } = flags;
  const [word, ...patterns] = flags.restoreBackup;
  if (word === undefined || flags.to === undefined) throw new UsageError("--restore-backup needs --to DIR");
  const to = absolutePath(flags.to, context);
  const run = findRun((await engine.backups()).runs(), word);

  const tell = async (restored: Restored): Promise<boolean> => {
    const problem = notRestoredText(restored);
    if (problem !== undefined) await stderr.write(problem);
    if (json) await stdout.write(restoredLine(restored, dryRun));
    else if ("to" in restored) await stdout.write(restoredText(restored, dryRun) ?? "");
    return problem === undefined;
  };
  let done = 0;
  let notDone = 0;
  for await (const restored of engine.restore(to, { run, patterns, force, dryRun, signal })) {
    if (await tell(restored)) done++;
    else notDone++;
  }
  if (done + notDone === 0) {
    throw new BsyncError(`nothing in the backup of ${run} matches`, {
      hint: "s3-bsync --backups lists what is there",
    });
  }
  const not = notDone === 0 ? "" : `, ${notDone} not`;
  const what = dryRun ? `${countText(done, "version")} to restore` : `${done} restored`;
  if (!json) await stdout.write(`${what}${not}: ${shown(to)}\n`);
  return notDone === 0 ? ExitCode.ok : ExitCode.incomplete;
}
