/** What became of an intent of a run that was cut off, by what is there now. Spec: spec/execution.md. */

import type {
  CopyObject,
  DeleteFile,
  DeleteObject,
  PlaceFile,
  PutObject,
  RenameFile,
  Version,
} from "../model/intent.ts";
import { agreed, forgotten, type LocalFile, type RemoteObject } from "../model/observation.ts";
import type { ObjectFacts } from "../ports/object-store.ts";
import type { BaseEdit } from "../model/outcome.ts";

export type Fate =
  /** It is done, and the record must say so. */
  | BaseEdit
  /** All is as it was before: so is the record. */
  | "never landed"
  /** Somebody has acted since: what the record says may not be what it rests on. */
  | "unknown";

/**
 * An ETag proves whose content it is, or the digest of an envelope, which cannot be opened where it is another's; no
 * other metadata do, because they outlive content that other tools replace.
 */
export function fateOfPut(intent: PutObject, there: ObjectFacts | undefined): Fate {
  const { key, size, mtimeMs, etags, sha256, replaces } = intent;
  if (there === undefined) return replaces === undefined ? "never landed" : "unknown";
  const { object, enveloped } = there;
  const sent = object.size === size && (object.etag === etags?.single || object.etag === etags?.multipart);
  const sealed = sha256 !== undefined && enveloped?.sha256 === sha256 && enveloped.size === size;
  if (sent || sealed) return { key, record: agreed({ key, size, mtimeMs }, object.etag) };
  return isSameVersion(replaces, object) ? "never landed" : "unknown";
}

export function fateOfCopy({ key, from, local }: CopyObject, there: RemoteObject | undefined): Fate {
  if (there === undefined) return "never landed";
  const copied = there.etag === from.etag && there.size === from.size;
  return copied ? { key, record: agreed({ ...local, key }, there.etag) } : "unknown";
}

export function fateOfDeletedObject({ key, object }: DeleteObject, there: RemoteObject | undefined): Fate {
  if (there === undefined) return { key, record: undefined };
  return isSameVersion(object, there) ? "never landed" : "unknown";
}

/** An inode that was set aside can lie in the place of a key by that one step only; its number alone may be used again. */
export function fateOfPlaced({ key, file, etag, replaces }: PlaceFile, here: LocalFile | undefined): Fate {
  if (here !== undefined && isSameInode(file, here)) return { key, record: agreed({ ...file, key }, etag) };
  if (here === undefined || replaces === undefined) return here === replaces ? "never landed" : "unknown";
  // The old inode is there: touched or edited at that moment, perhaps, but not replaced.
  return here.ino === replaces.ino ? "never landed" : "unknown";
}

export function fateOfDeletedFile({ key, file }: DeleteFile, here: LocalFile | undefined): Fate {
  if (here === undefined) return { key, record: undefined };
  return isSameFile(file, here) ? "never landed" : "unknown";
}

/** A rename that was cut in the middle leaves two names: the old one is deleted as a file whose object is gone. */
export function fateOfRename({ key, file, etag }: RenameFile, here: LocalFile | undefined): Fate {
  if (here === undefined) return "never landed";
  return isSameInode(file, here) ? { key, record: agreed({ ...file, key }, etag) } : "unknown";
}

/**
 * What the record of the old name must say: that the file is gone is the doing of this program, and must not read as a
 * deletion by the user, should its object come back.
 *
 * @param old what is under the old name now
 * @returns undefined: its record stays
 */
export function editOfOldName(
  { file }: RenameFile,
  fate: Fate,
  old: LocalFile | undefined,
): BaseEdit | undefined {
  const { key } = file;
  if (old !== undefined && old.ino === file.ino) return undefined;
  const landed = typeof fate === "object" && fate.record !== undefined;
  if (landed) return { key, record: undefined };
  return old === undefined ? { key, record: forgotten(key) } : undefined;
}

function isSameVersion(a: Version | undefined, b: Version): boolean {
  return a?.etag === b.etag && a.size === b.size && a.modifiedS === b.modifiedS;
}

function isSameInode(a: LocalFile, b: LocalFile): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

function isSameFile(a: LocalFile, b: LocalFile): boolean {
  return isSameInode(a, b) && a.ctimeMs === b.ctimeMs;
}
