/** What each exit code says to a script. The codes are those of spec/exit-codes.md. */

import { ExitCode } from "../model/exit-code.ts";

export const EXIT_TEXTS: readonly (readonly [ExitCode, string])[] = [
  [ExitCode.ok, "in sync, or what was asked for is done"],
  [ExitCode.failed, "a map or the whole run failed"],
  [ExitCode.usage, "the command line is wrong; nothing was done"],
  [ExitCode.incomplete, "done, but some paths failed or were skipped; each is named on stderr"],
  [
    ExitCode.guarded,
    "stopped by a guard or by --max-transfer, wholly or in part; the message names the flags that allow it",
  ],
  [
    ExitCode.locked,
    "another run holds the lock; nothing was done, and a sync says nothing of it without --debug",
  ],
  [ExitCode.conflicts, "conflicts wait for an answer"],
  [ExitCode.interrupted, "interrupted by SIGINT (Ctrl-C)"],
  [ExitCode.terminated, "ended by SIGTERM"],
];
