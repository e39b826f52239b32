/** Exit codes. Part of the command-line contract: never renumbered. See spec/exit-codes.md. */

export const ExitCode = {
  /** In sync. */
  ok: 0,
  /** A map or the whole run failed. */
  failed: 1,
  /** The command line is wrong; nothing was done. */
  usage: 2,
  /** Done, but some paths failed or were skipped; each is named. */
  incomplete: 3,
  /** Stopped by a guard, wholly or in part. */
  guarded: 4,
  /** Another run holds the lock. */
  locked: 5,
  /** Conflicts wait for an answer. */
  conflicts: 6,
  /** By SIGINT. */
  interrupted: 130,
  /** By SIGTERM. */
  terminated: 143,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const BY_WEIGHT: readonly ExitCode[] = [130, 143, 1, 4, 6, 3];

/** The code of a run of which several parts ended in these. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  return BY_WEIGHT.find((code) => codes.includes(code)) ?? codes.find((code) => code !== 0) ?? ExitCode.ok;
}
