/** Options of runs that nobody watches. */

import { type Option, SWITCH, TEXT } from "./option.ts";

export const UNATTENDED_OPTIONS = {
  skipMissing: {
    ...SWITCH,
    group: "unattended",
    modes: ["sync", "status"],
    summary: "Pass silently over maps whose directory is missing, such as that of a disk that is unplugged",
  },
  report: {
    ...TEXT,
    group: "unattended",
    modes: ["sync"],
    value: "WHEN",
    summary:
      "Tell of trouble always (default), or when it changes: a report that equals the last one is told once in 24 hours. The exit code is the same",
  },
  onFailure: {
    ...TEXT,
    group: "unattended",
    modes: ["sync"],
    value: "COMMAND",
    summary:
      "Run this by /bin/sh after a run that ends with 1, 3, 4 or 6 and is told of; S3_BSYNC_EXIT_CODE has the code, standard input the report",
  },
  staleAfter: {
    ...TEXT,
    group: "unattended",
    modes: ["sync", "status"],
    value: "DAYS",
    summary:
      "Where a map fails and its last run to the end was longer ago, say so in one line (default: 7; never: do not)",
  },
} as const satisfies Readonly<Record<string, Option>>;
