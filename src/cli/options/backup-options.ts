/** Options about the backups of what was overwritten or deleted. */

import { type Option, SWITCH, TEXT, TEXTS } from "./option.ts";

export const BACKUP_OPTIONS = {
  backups: { ...SWITCH, group: "backups", modes: ["backups"], summary: "List them, run by run, and exit" },
  restoreBackup: {
    ...TEXTS,
    group: "backups",
    modes: ["restore-backup"],
    value: "RUN [PATTERN...]",
    takesRest: true,
    once: true,
    summary:
      "Bring versions of a run back: its name as --backups tells it, the beginning of it, or latest; all, or those whose paths match a pattern as in .s3syncignore. Needs --to",
  },
  to: {
    ...TEXT,
    group: "backups",
    modes: ["restore-backup"],
    value: "DIR",
    path: "directory",
    summary: "Where they go; no file there is replaced unless --force is given",
  },
  keepBackups: {
    ...TEXT,
    group: "backups",
    modes: ["sync", "watch"],
    value: "DAYS",
    summary:
      "Keep those of each run for so many days on which a run was done, or all for ever (default: 30); the newest ten are always kept",
  },
  backupSize: {
    ...TEXT,
    group: "backups",
    modes: ["sync", "watch"],
    value: "SIZE",
    summary: "Remove the oldest above this size in all, such as 10G; the newest ten are always kept",
  },
} as const satisfies Readonly<Record<string, Option>>;
