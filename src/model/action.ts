/** A verdict with the evidence it rests on: all that `execute` may know. */

import type { Enveloped } from "./encoding.ts";
import type { Rule } from "./decision.ts";
import type { Content } from "./etag.ts";
import type { BaseRecord, LocalFile, RemoteObject } from "./observation.ts";
import type { ObjectKey } from "./object-key.ts";

/** Why a version goes into the backup before an action overwrites or deletes it. */
export type SaveReason =
  | "conflict" // both sides changed, and this version lost
  | "rolled-back" // the local tree went back in time
  | "unproved" // the record cannot prove that these bytes are known
  | "overwritten" // by a change of the other side; where every version is kept
  | "deleted"; // likewise

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

/**
 * `saves`: the version on the other side goes into the backup first; if that fails, nothing is done.
 * `keptAs`: that version gets this name first, on both sides; only if that was done is anything else.
 * `movedTo`: the content lives on under another name, and the deletion is done only if the action there was.
 */
export interface Upload extends Common {
  readonly verb: "upload";
  readonly local: LocalFile;
  readonly replaces: RemoteObject | undefined;
  readonly saves?: SaveReason;
  readonly keptAs?: ObjectKey;
  /** Known where it may be the content of an object that goes; "unread" where that could not be found out. */
  readonly content?: Content | "unread";
}
export interface Download extends Common {
  readonly verb: "download";
  readonly remote: RemoteObject;
  readonly replaces: LocalFile | undefined;
  /** Known where the map has envelopes, and a file may have been renamed. */
  readonly enveloped?: Enveloped;
  /** Why its bytes cannot come here: then it is done only if a file can be renamed to it. */
  readonly onlyRename?: Pick<Leave, "why" | "reported">;
  readonly saves?: SaveReason;
  readonly keptAs?: ObjectKey;
}
export interface DeleteLocal extends Common {
  readonly verb: "delete-local";
  readonly local: LocalFile;
  readonly saves?: SaveReason;
  /** What the file was proved to hold. */
  readonly content?: Content;
  readonly movedTo?: ObjectKey;
}
export interface DeleteRemote extends Common {
  readonly verb: "delete-remote";
  readonly remote: RemoteObject;
  /** Of the recorded content. */
  readonly size: number;
  readonly saves?: SaveReason;
  /** SHA-256 of content in an envelope, from metadata; known where a file of this size is new. */
  readonly digest?: string;
  /** It must be uploaded under its new name: it is not encrypted, and its map is. */
  readonly neverCopy?: true;
  readonly movedTo?: ObjectKey;
}
/** The file was renamed: so is its object, by a copy inside the store and the deletion of the old one. */
export interface CopyRemote extends Common {
  readonly verb: "copy-remote";
  readonly local: LocalFile;
  readonly from: RemoteObject;
}
/** The object was renamed: so is its file. */
export interface RenameLocal extends Common {
  readonly verb: "rename-local";
  readonly remote: RemoteObject;
  readonly from: LocalFile;
}
/** The loser of a conflict gets a name of its own, on both sides. */
export interface SetBeside extends Common {
  readonly verb: "set-beside";
  readonly loser:
    | { readonly side: "local"; readonly version: LocalFile }
    | { readonly side: "remote"; readonly version: RemoteObject };
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
  /** It waits for an answer: exit code 6. */
  readonly conflict?: Conflict;
  /** The user has asked for no more: a dry run shows it, and nobody else is told. */
  readonly byChoice?: true;
}

/** Both sides hold new content, and it is not the same. */
export interface Conflict {
  readonly key: ObjectKey;
  readonly rule: Rule;
  readonly local: LocalFile;
  readonly remote: RemoteObject;
  /** Modification time of the remote content, in ms since 1970. */
  readonly remoteMs: number;
  /** Undefined: neither, as far as the times can tell. */
  readonly newer: "local" | "remote" | undefined;
  readonly belied?: BaseRecord;
}

export type Action =
  | Upload
  | Download
  | CopyRemote
  | RenameLocal
  | SetBeside
  | DeleteLocal
  | DeleteRemote
  | Adopt
  | Forget
  | Leave;
export type Verb = Action["verb"];

/** The key at which another action of the plan must have ended done before this one is begun. */
export function prerequisite(action: Action): ObjectKey | undefined {
  if ("movedTo" in action) return action.movedTo;
  return "keptAs" in action ? action.keptAs : undefined;
}
