/** Who wins where both sides hold new, different content. The loser always goes into the backup. */
export const CONFLICT_POLICIES = ["newer", "local", "remote"] as const;
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number];
