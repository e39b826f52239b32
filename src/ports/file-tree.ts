/** One local directory, as the rest of the program sees it. Keys are relative to it. */

import type { IgnoreTexts } from "../model/ignoring.ts";
import type { ContentEtags } from "../model/etag.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { Batches, LocalFile, Unknown } from "../model/observation.ts";
import type { RootIdentity } from "../model/pair.ts";

export interface FileTree {
  /** Two names that differ only in case or Unicode form are one file here. */
  readonly foldsNames: boolean;

  /** @returns undefined: nothing is there, or no directory */
  identity(): RootIdentity | undefined;

  /** Files below the root. Nothing is read before the first batch is asked for. */
  scan(options: ScanOptions): Scan;

  /** Where a listing may be cut of which nothing is known. */
  guessSplits(): readonly ObjectKey[];

  /** Every ignore file that can be read, in directories that are ignored too. */
  ignoreFiles(): Promise<IgnoreTexts>;

  /** A fresh look at one path. @returns undefined where nothing is, proved by reading its directory */
  observe(key: ObjectKey): LocalFile | Unknown | undefined;

  /** Whether the file system finds anything under this name, be it in another case or Unicode form. */
  isTaken(key: ObjectKey): boolean;

  /**
   * Opens exactly the file that was observed, never through a symlink.
   * @throws {Stale} it is not what was seen
   * @throws {PathError} it cannot be read
   */
  open(file: LocalFile): Promise<OpenFile>;

  /**
   * Writes content beside its place under a hidden name, with this time, durable, not yet visible.
   * Directories on the way are made. A file that is replaced hands on its mode.
   * @throws {Stale} a parent is a symlink or no directory
   * @throws {PathError} it cannot be written
   */
  stage(key: ObjectKey, chunks: AsyncIterable<Uint8Array>, options: StageOptions): Promise<StagedFile>;

  /**
   * Removes the file, and the directories that this empties.
   * @throws {Stale} it is not what was seen
   */
  remove(file: LocalFile): Promise<void>;

  /**
   * Gives a file another name, durably and in one step of the program; its inode stays, nothing is ever replaced.
   * Directories on the way are made, those that this empties are removed.
   * @throws {Stale} it is not what was seen, or something is at `to`
   * @throws {NotRenamed} it had both names for a moment, and keeps the old one
   */
  rename(file: LocalFile, to: ObjectKey): Promise<LocalFile>;

  /** Removes what a run that was cut off has set aside beside `key`. A name of another form is left alone. */
  sweep(key: ObjectKey, setAside: string): void;
}

export interface ScanOptions {
  readonly recursive: boolean;
  /** Ignore files that are taken to read thus, whatever stands on disk; all others are read as they are met. */
  readonly overrides: IgnoreTexts;
  /** @returns the first tracked key that is not before `key`. Asked with ascending keys. */
  readonly tracked: (key: ObjectKey) => ObjectKey | undefined;
}

export interface Scan {
  /**
   * Strictly ascending. Directories that the rules ignore yield only what is tracked below them. What
   * cannot be read, and symlinks and special files, are unknowns; so is all below them.
   */
  readonly batches: Batches<LocalFile | Unknown>;
  /** The ignore files that the scan pruned by; complete when it has ended. */
  readonly ignoreTexts: IgnoreTexts;
  /** Whether it left out any directory; known when it has ended. */
  pruned(): boolean;
}

export interface OpenFile {
  readonly file: LocalFile;
  /** Modification time in ns since 1970. */
  readonly mtimeNs: bigint;
  /** Permission bits, 0 to 0o777. */
  readonly mode: number;
  /** @throws {Stale} the file is shorter than it was */
  read(from: number, length: number): Promise<Uint8Array>;
  /** @throws {Stale} the file is not what was observed any more: whatever was read of it is void */
  unchanged(): void;
  /** The ETags that S3 gives to this content, in one reading. @throws {Stale} */
  etags(partBytes: number): Promise<ContentEtags>;
  /** Of the content, lower-case hex. @throws {Stale} */
  sha256(): Promise<string>;
  /** Whether the chunks are, in all, exactly this content. @throws {Stale} */
  equals(chunks: AsyncIterable<Uint8Array>): Promise<boolean>;
  close(): void;
}

export interface StageOptions {
  /** In ns since 1970; set on the file as far as the file system can hold it. */
  readonly mtimeNs: bigint;
  readonly replaces: LocalFile | undefined;
  /** Permission bits; without them, those of the file that it replaces, or the user's default. */
  readonly mode?: number;
  /** Awaited before the hidden file is made; gets its name. */
  readonly announce: (setAside: string) => Promise<void>;
}

export interface StagedFile {
  /** As it will lie in its place, but for its ctime. */
  readonly file: LocalFile;
  /** Puts it into place, atomically and durably. @throws {Stale} `replaces` is not what is there now: it stays, and the staged file is gone @throws {PathError} */
  commit(): Promise<LocalFile>;
  discard(): void;
}
