/** Which versions go into the backup before they are overwritten or deleted. */
export const BACKUP_POLICIES = [
  "losers", // of conflicts, of a tree that went back in time, and what no record proves
  "all", // those, and every version that R2, R3, R4 or R7 overwrites or deletes
  "none", // of conflicts, and what no record proves: these are never given up
] as const;
export type BackupPolicy = (typeof BACKUP_POLICIES)[number];
