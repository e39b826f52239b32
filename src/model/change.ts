/** What happened to one side of a path since both sides last agreed. */

/** The path has a record: both sides had it after the last sync. */
export type TrackedChange = "unchanged" | "modified" | "deleted" | "unknown";

/** The path has no record. */
export type UntrackedChange = "absent" | "created" | "unknown";

/** A pair of changes at one path. A mixed pair, such as unchanged beside created, cannot be written down. */
export type Situation =
  | {
      readonly tracked: true;
      readonly local: TrackedChange;
      readonly remote: TrackedChange;
      /** Only the time says that the file was modified, or its time is racy: its content must decide. */
      readonly touched: boolean;
    }
  | { readonly tracked: false; readonly local: UntrackedChange; readonly remote: UntrackedChange };
