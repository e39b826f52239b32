/** What a user, or another program, does to a side. */

/** A machine's tree, or the bucket. */
export type Place = "A" | "B" | "bucket";
export type MachineName = Exclude<Place, "bucket">;

export interface Edit {
  readonly op: (typeof OPS)[number];
  readonly place: Place;
  readonly path: string;
  /** Where a move goes. */
  readonly to: string;
  /** Which of the older versions comes back; which rules are written; which time a file gets. */
  readonly n: number;
}

export const OPS = [
  "write",
  "erase",
  "move",
  "touch",
  /** An edit that keeps size and time: a run need not see it, but must never destroy it unseen. */
  "sneak",
  /** The same new content in both places. */
  "both",
  /** An older version of the path comes back. */
  "restore",
  /** A write with a time before that of what it replaces. */
  "age",
  /** An ignore file in the directory of the path. */
  "rules",
] as const;
