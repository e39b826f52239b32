/** What is about to be done to a side, written down before: a run that is cut off is settled by it. */

import type { ContentEtags } from "./etag.ts";
import type { LocalFile, RemoteObject } from "./observation.ts";
import type { ObjectKey } from "./object-key.ts";

/** The version of an object that a listing showed. */
export type Version = Pick<RemoteObject, "size" | "etag" | "modifiedS">;

interface Common {
  readonly key: ObjectKey;
}

/** An object comes into being, with the content of a file. */
export interface PutObject extends Common {
  readonly does: "put-object";
  /** Of the file. */
  readonly size: number;
  readonly mtimeMs: number;
  /** Undefined: only metadata can tell whose content it is. */
  readonly etags: ContentEtags | undefined;
  /** Of the plain content, for content in an envelope. */
  readonly sha256: string | undefined;
  /** Undefined: nothing is there. */
  readonly replaces: Version | undefined;
  /** An upload in parts that must be given up if it never ended. */
  readonly uploadId: string | undefined;
}
/** An object comes into being, with the content of another one. */
export interface CopyObject extends Common {
  readonly does: "copy-object";
  readonly from: Version & Common;
  /** The file that lies at the new name already. */
  readonly local: LocalFile;
  readonly uploadId: string | undefined;
}
export interface DeleteObject extends Common {
  readonly does: "delete-object";
  readonly object: Version;
}
/** A file of our own is made beside the place of the key. */
export interface SetAside extends Common {
  readonly does: "set-aside";
  readonly name: string;
}
/** A file that was set aside, which is whole, is put into its place. */
export interface PlaceFile extends Common {
  readonly does: "place-file";
  /** As it lies there then, but for its ctime. */
  readonly file: LocalFile;
  /** Of the object that it came from. */
  readonly etag: string;
  readonly replaces: LocalFile | undefined;
}
export interface DeleteFile extends Common {
  readonly does: "delete-file";
  readonly file: LocalFile;
}
/** `key` is the new name, the key of `file` the old one. */
export interface RenameFile extends Common {
  readonly does: "rename-file";
  readonly file: LocalFile;
  /** Of the object that lies at the new name already. */
  readonly etag: string;
}

export type Intent = PutObject | CopyObject | DeleteObject | SetAside | PlaceFile | DeleteFile | RenameFile;

export function versionOf({ size, etag, modifiedS }: RemoteObject): Version {
  return { size, etag, modifiedS };
}
