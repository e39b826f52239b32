/** After a run: notes that it was done, and removes backups that are old enough. */

import { join } from "node:path";
import { removeRun, sizeOfRun } from "../backup/run-backups.ts";
import { runFolders } from "../backup/run-folders.ts";
import { expiredBackups, type Keeping } from "../core/expired-backups.ts";
import type { Reporter } from "../ports/reporter.ts";
import { BackupDays } from "../state/backup-days.ts";

/** A clock that is wrong by more than that neither counts days nor removes anything. */
const CLOCK_MS = 24 * 60 * 60 * 1000;

export interface DoneRun {
  /** The companion folder. */
  readonly folder: string;
  readonly keeping: Keeping;
  readonly dryRun: boolean;
  /** Whether it put something into the backup: then nothing is removed. */
  readonly saved: boolean;
  readonly nowMs: number;
  /** How far the clock is ahead of each server's. */
  readonly clocksAheadMs: readonly (number | undefined)[];
}

/** Costs a look at the folder where there are no backups. @throws {BsyncError} they cannot be removed */
export async function tidyBackups(run: DoneRun, reporter: Reporter): Promise<void> {
  const { folder, keeping, dryRun, nowMs, clocksAheadMs } = run;
  const backups = join(folder, "backups");
  const runs = runFolders(backups);
  const clockIsRight =
    clocksAheadMs.length > 0 && clocksAheadMs.every((ms) => ms !== undefined && Math.abs(ms) <= CLOCK_MS);
  if (runs.length === 0 || !clockIsRight) return;

  const days = new BackupDays(folder);
  days.done(nowMs);
  const aged = runs.map((each) => ({
    run: each,
    days: days.ageOf(each),
    bytes: keeping.bytes === Infinity ? 0 : sizeOfRun(join(backups, each)),
  }));
  // Of equal age, as their names say.
  const oldestFirst = aged.toSorted((a, b) => b.days - a.days);
  const expired = run.saved ? [] : expiredBackups(oldestFirst, keeping);
  if (!dryRun) days.save(runs.filter((each) => !expired.some((gone) => gone.run === each)));
  for (const { run: gone } of expired) {
    if (!dryRun) removeRun(join(backups, gone));
    await reporter.expired(gone);
  }
}
