/** Which backups may go. */

/** The backups of one run. */
export interface RunBackups {
  readonly run: string;
  /** Days on which a run was done, since they were made. */
  readonly days: number;
  readonly bytes: number;
}

export interface Keeping {
  /** Days on which a run was done; Infinity: for ever. */
  readonly days: number;
  /** Of all backups. */
  readonly bytes: number;
}

export const DEFAULT_KEEPING: Keeping = { days: 30, bytes: Infinity };

/** Of so many runs, the newest, nothing ever goes. */
const NEWEST = 10;

/** @param runs oldest first @returns those that go, oldest first */
export function expiredBackups(runs: readonly RunBackups[], { days, bytes }: Keeping): readonly RunBackups[] {
  let kept = runs.reduce((sum, run) => sum + run.bytes, 0);
  return runs.slice(0, Math.max(0, runs.length - NEWEST)).filter((run) => {
    if (run.days < days && kept <= bytes) return false;
    kept -= run.bytes;
    return true;
  });
}
