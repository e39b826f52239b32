/** Puts content into its place: whole, durable and with its attributes first, visible in one step then. */

import type { Stats } from "node:fs";
import {
  closeSync,
  constants,
  fstatSync,
  fsync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
} from "node:fs";
import { promisify } from "node:util";
import { Stale } from "../model/errors.ts";
import type { LocalFile } from "../model/observation.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { StagedFile, StageOptions } from "../ports/file-tree.ts";
import { type DiskPath, nameOf } from "./disk-path.ts";
import { inheritAttributes, setFileTime } from "./file-attributes.ts";
import { type HeldDirectory, holdParent, type Made, makeParent, unmake } from "./held-directory.ts";
import { isSame, toLocalFile } from "./observation.ts";
import { setAsideName } from "./own-names.ts";
import type { Root } from "./root.ts";
import { errorCode } from "../core/error-words.ts";
import { pathError } from "./path-errors.ts";
import type { DirectorySync } from "./sync-directory.ts";
import { writeChunks } from "./write-chunks.ts";

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
const flush = promisify(fsync);

export interface Target {
  readonly root: Root;
  readonly key: ObjectKey;
  readonly sync: DirectorySync;
}

/** @throws {Stale} @throws {PathError} nothing is left behind then */
export async function stageFile(
  target: Target,
  chunks: AsyncIterable<Uint8Array>,
  { mtimeNs, replaces }: StageOptions,
): Promise<StagedFile> {
  try {
    const staged = new Staged(target, replaces);
    try {
      await staged.fill(chunks, mtimeNs);
      return staged;
    } catch (error) {
      staged.abandon();
      throw error;
    }
  } catch (error) {
    throw pathError(error, "cannot be written");
  }
}

class Staged implements StagedFile {
  readonly #target: Target;
  readonly #replaces: LocalFile | undefined;
  readonly #held: HeldDirectory;
  readonly #temp = setAsideName();
  #made: readonly Made[];
  #written: Stats | undefined;
  #settled = false;

  constructor(target: Target, replaces: LocalFile | undefined) {
    this.#target = target;
    this.#replaces = replaces;
    const { held, made } = makeParent(target.root, target.key);
    this.#held = held;
    this.#made = made;
  }

  async fill(chunks: AsyncIterable<Uint8Array>, mtimeNs: bigint): Promise<void> {
    const old = this.#expected();
    // A new file has the user's default mode; one that replaces another has that one's when it is whole.
    const fd = openSync(
      this.#path(this.#temp),
      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
      old ? 0o600 : 0o666,
    );
    try {
      await Promise.all(this.#made.map(({ parent }) => this.#target.sync.sync(parent)));
      await writeChunks(fd, chunks);
      if (old !== undefined) inheritAttributes(fd, old);
      setFileTime(fd, mtimeNs);
      await flush(fd);
      this.#written = fstatSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  async commit(): Promise<LocalFile> {
    try {
      const local = this.#place();
      for (const { parent } of this.#made) parent.close();
      this.#made = [];
      await this.#target.sync.sync(this.#held);
      return local;
    } catch (error) {
      throw pathError(error, "cannot be written");
    } finally {
      this.discard();
    }
  }

  /** As `discard`, where another error is what counts. */
  abandon(): void {
    try {
      this.discard();
    } catch {
      // the file system has said already what is wrong with it
    }
  }

  discard(): void {
    if (this.#settled) return;
    this.#settled = true;
    try {
      unlinkSync(this.#path(this.#temp));
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw pathError(error, "cannot be cleared away");
    } finally {
      this.#held.close();
      unmake(this.#made);
    }
  }

  /** In one tick: nothing of this program runs between the look at what is there and the replacement. */
  #place(): LocalFile {
    const { root, key } = this.#target;
    const directory = holdParent(root, key);
    const moved = directory.id !== this.#held.id;
    directory.close();
    if (moved) throw new Stale("its directory was replaced during the run");
    this.#expected();
    const place = this.#path(nameOf(key));
    if (this.#replaces === undefined) this.#putWhereNothingIs(place);
    else renameSync(this.#path(this.#temp), place);
    const now = lstatSync(place);
    const local = toLocalFile(key, now);
    const written = this.#written;
    // What was put there is what is recorded; an edit of this very moment is for the next run to see.
    if (written === undefined || !isSame({ ...toLocalFile(key, written), ctimeMs: now.ctimeMs }, now))
      throw new Stale("the file changed as soon as it was written");
    return local;
  }

  /** A link never replaces anything; where the file system has none, the look of a moment ago must do. */
  #putWhereNothingIs(place: DiskPath): void {
    const temp = this.#path(this.#temp);
    try {
      linkSync(temp, place);
    } catch (error) {
      if (!NO_LINKS.includes(errorCode(error) ?? "")) throw error;
      return renameSync(temp, place);
    }
    unlinkSync(temp);
  }

  /** What is in the place. @throws {Stale} it is not what the action rests on */
  #expected(): Stats | undefined {
    const now = lstatSync(this.#path(nameOf(this.#target.key)), { throwIfNoEntry: false });
    const same =
      this.#replaces === undefined ? now === undefined : now !== undefined && isSame(this.#replaces, now);
    if (!same) throw new Stale("the file changed during the run");
    return now;
  }

  #path(name: string): DiskPath {
    return this.#held.at(name);
  }
}

const NO_LINKS: readonly string[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];
