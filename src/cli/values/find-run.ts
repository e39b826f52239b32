/** Which run the user means. */

import { BsyncError, UsageError } from "../../model/errors.ts";

/**
 * @param runs oldest first
 * @param word the name of one, the beginning of it, or `latest`
 * @throws {BsyncError} there is none such @throws {UsageError} there are several
 */
export function findRun(runs: readonly string[], word: string): string {
  const found = word === "latest" ? runs.slice(-1) : runs.filter((run) => run.startsWith(word));
  const run = found.find((each) => each === word) ?? found[0];
  if (run === undefined)
    throw new BsyncError(runs.length === 0 ? "there are no backups" : `no backups of a run ${word}`, {
      hint: "s3-bsync --backups lists them",
    });
  if (found.length > 1 && run !== word)
    throw new UsageError(`--restore-backup ${word}: may be any of ${found.join(", ")}`, "write more of it");
  return run;
}
