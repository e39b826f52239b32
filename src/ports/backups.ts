/** The backups of all runs, to be listed and brought back. */

import type { DirectoryMap } from "../model/map.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { Batches } from "../model/observation.ts";
import type { Side } from "../model/totals.ts";

/** A version that a run has put into the backup. */
export interface KeptVersion {
  /** The run by its name, such as `2026-11-22T23-05-01Z`. */
  readonly run: string;
  /** Name of the archive; no other one of the run has it. */
  readonly archive: string;
  readonly map: Pick<DirectoryMap, "root" | "bucket" | "prefix">;
  readonly key: ObjectKey;
  readonly side: Side;
  /** A `SaveReason`, or what another version of this program calls one. */
  readonly reason: string;
  readonly size: number;
  /** In ns since 1970. */
  readonly mtimeNs: bigint;
  /** Permission bits of the file; undefined: an object, or nobody noted them. */
  readonly mode: number | undefined;
}

/** An archive that cannot be read, or is none of this program: what it kept, nobody knows. */
export interface LostVersion {
  readonly run: string;
  readonly archive: string;
  readonly why: string;
}

export interface Backups {
  /** Where they lie, for people. */
  readonly folder: string;
  /** Oldest first. */
  runs(): readonly string[];
  /** What the archives of a run take on the disk, in bytes. */
  sizeOf(run: string): number;
  /** In the order in which they were saved. Content is not read: that it is whole, only `read` shows. */
  versions(run: string): Batches<KeptVersion | LostVersion>;
  /** Exactly what was saved: the size and the SHA-256 have been checked when the chunks end. @throws {PathError} */
  read(version: KeptVersion): AsyncIterable<Uint8Array>;
}

export function isLost(version: KeptVersion | LostVersion): version is LostVersion {
  return "why" in version;
}
