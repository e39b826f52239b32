/** A verdict with the evidence it rests on: all that `execute` may know. */

import type { Rule } from "./decision.ts";
import type { BaseRecord, LocalFile, RemoteObject } from "./observation.ts";
import type { ObjectKey } from "./object-key.ts";

/** Why a version goes into the backup before an action overwrites or deletes it. */
export type SaveReason =
  | "conflict" // both sides changed, and this version lost
  | "rolled-back" // the local tree went back in time
  | "unproved"; // the record cannot prove that these bytes are known

interface Common {
  readonly key: ObjectKey;
  readonly rule: Rule;
  /** What the user should know of this action, such as who won a conflict and why. */
  readonly note?: string;
  /**
   * The file has the size and time of this record but other content. If the action does not end done, the
   * record must say so, or a later run would take the file for unchanged.
   */
  readonly belied?: BaseRecord;
}

/** `saves`: the version on the other side goes into the backup first; if that fails, nothing is done. */
export interface Upload extends Common {
  readonly verb: "upload";
  readonly local: LocalFile;
  readonly replaces: RemoteObject | undefined;
  readonly saves?: SaveReason;
}
export interface Download extends Common {
  readonly verb: "download";
  readonly remote: RemoteObject;
  readonly replaces: LocalFile | undefined;
  readonly saves?: SaveReason;
}
export interface DeleteLocal extends Common {
  readonly verb: "delete-local";
  readonly local: LocalFile;
  readonly saves?: SaveReason;
}
export interface DeleteRemote extends Common {
  readonly verb: "delete-remote";
  readonly remote: RemoteObject;
  readonly saves?: SaveReason;
}
/** Both sides hold this already: only the record is new. */
export interface Adopt extends Common {
  readonly verb: "adopt";
  readonly record: BaseRecord;
}
/** Drops the record; both sides stay as they are. With a `note` the path is reported: exit code 3. */
export interface Forget extends Common {
  readonly verb: "forget";
}
/** Nothing is done, and the record stays. */
export interface Leave extends Common {
  readonly verb: "leave";
  readonly why: string;
  /** See `Unknown.reported`. */
  readonly reported: boolean;
}

export type Action = Upload | Download | DeleteLocal | DeleteRemote | Adopt | Forget | Leave;
export type Verb = Action["verb"];
