/** One file or object as seen, and what the base says of it. */

import type { ObjectKey } from "./object-key.ts";

export interface LocalFile {
  readonly key: ObjectKey;
  readonly size: number;
  /** Modification time in ms since 1970, with its fraction. */
  readonly mtimeMs: number;
  /** Time of the last change of content or attributes; no program can set it back. */
  readonly ctimeMs: number;
  readonly ino: number;
}

export interface RemoteObject {
  readonly key: ObjectKey;
  /** Bytes in the store. */
  readonly size: number;
  /** Without quotes. Opaque: compared for equality; a digest only where a proof says so. */
  readonly etag: string;
  /** When the store says that it was last changed, in whole s since 1970; 0: it has not said. */
  readonly modifiedS: number;
  /** In a storage class whose bytes cannot be read now. */
  readonly archived: boolean;
}

/** Something is there, or may be, that this run must neither overwrite nor delete. */
export interface Unknown {
  /** With `below`: "" or ending in "/". */
  readonly key: ObjectKey;
  readonly unknown: string;
  /** The path did not get what it needs: exit code 3. Otherwise it is named at --debug only. */
  readonly reported: boolean;
  /** Stands for every key that begins with `key`. */
  readonly below: boolean;
}

/** What both sides agreed on after the last sync: a recorded object of the state file. */
export interface BaseRecord {
  readonly key: ObjectKey;
  /** Of the file. */
  readonly size: number;
  /** Of the file, as `recordedTime` gives it; 0 is "compare by content". */
  readonly mtimeMs: number;
  /** Of the stored object. "" together with time 0 and size 0 is a forgotten base: both sides read as modified. */
  readonly etag: string;
}

/** What stands for a base that nobody knows any more: both sides read as modified, and the name stays tracked. */
export function forgotten(key: ObjectKey): BaseRecord {
  return { key, size: 0, mtimeMs: 0, etag: "" };
}

/** A sorted sequence in pieces of any size: one `await` a piece, not one an element. */
export type Batches<T> = AsyncIterable<readonly T[]> | Iterable<readonly T[]>;

export function isUnknown<T extends object>(seen: T | Unknown): seen is Unknown {
  return "unknown" in seen;
}

/** A modification time as the state file holds it: whole ms, or 0 where that is not possible. */
export function recordedTime(mtimeMs: number): number {
  const whole = Math.floor(mtimeMs);
  return Number.isSafeInteger(whole) && whole > 0 ? whole : 0;
}

/** The record that holds once both sides carry the same content. */
export function agreed(local: Pick<LocalFile, "key" | "size" | "mtimeMs">, etag: string): BaseRecord {
  return { key: local.key, size: local.size, mtimeMs: recordedTime(local.mtimeMs), etag };
}
