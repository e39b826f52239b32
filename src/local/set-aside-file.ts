/** Content beside its place, under a name that is ours, while it is not yet visible. */

import type { Stats } from "node:fs";
import { closeSync, constants, fchmodSync, fstatSync, fsync, openSync, unlinkSync } from "node:fs";
import { promisify } from "node:util";
import { errorCode } from "../core/error-words.ts";
import type { DiskPath } from "./disk-path.ts";
import { inheritAttributes, PERMISSIONS, setFileTime } from "./file-attributes.ts";
import { pathError } from "./path-errors.ts";
import type { DirectorySync } from "./sync-directory.ts";
import type { TargetDirectory } from "./target-directory.ts";
import { writeChunks } from "./write-chunks.ts";

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
const flush = promisify(fsync);

export interface Content {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly mtimeNs: bigint;
  /** The file whose place it takes; it hands on its mode. */
  readonly old: Stats | undefined;
  /** Permission bits that it has instead, in its place or not. */
  readonly mode?: number | undefined;
}

export class SetAsideFile {
  readonly directory: TargetDirectory;
  readonly #name: string;
  #placed = false;
  #cleared = false;

  /** @param directory is this file's from now on */
  constructor(directory: TargetDirectory, name: string) {
    this.directory = directory;
    this.#name = name;
  }

  get path(): DiskPath {
    return this.directory.held.at(this.#name);
  }

  /** Durable, and the directories made for it too, when it resolves. */
  async write({ chunks, mtimeNs, old, mode }: Content, sync: DirectorySync): Promise<Stats> {
    // A new file has the user's default mode; one that gets another mode has it when it is whole.
    const isDefault = old === undefined && mode === undefined;
    const fd = openSync(this.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, isDefault ? 0o666 : 0o600);
    try {
      await this.directory.syncMade(sync);
      await writeChunks(fd, chunks);
      if (old !== undefined) inheritAttributes(fd, old);
      if (mode !== undefined) fchmodSync(fd, mode & PERMISSIONS);
      setFileTime(fd, mtimeNs);
      await flush(fd);
      return fstatSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** It has its own name now, and no other. */
  placed(): void {
    this.#placed = true;
  }

  /** Removes it where it still is, and lets go of its directory. @throws {PathError} */
  clear(): void {
    if (this.#cleared) return;
    this.#cleared = true;
    try {
      if (!this.#placed) unlinkSync(this.path);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw pathError(error, "cannot be cleared away");
    } finally {
      this.directory.close();
    }
  }

  /** As `clear`, where another error is what counts. */
  abandon(): void {
    try {
      this.clear();
    } catch {
      // the file system has said already what is wrong with it
    }
  }
}
