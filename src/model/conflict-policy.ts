/** What happens where both sides hold new, different content. No loser is ever destroyed. */
export const CONFLICT_POLICIES = [
  "newer", // the other one goes into the backup, as with the next two
  "local",
  "remote",
  "both", // the older one gets a name of its own, on both sides
  "ask",
] as const;
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number];
