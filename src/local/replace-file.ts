/** Puts content into its place: whole, durable and with its attributes first, visible in one step then. */

import { lstatSync, renameSync, type Stats, unlinkSync } from "node:fs";
import { PathError, Stale } from "../model/errors.ts";
import type { LocalFile } from "../model/observation.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { StagedFile, StageOptions } from "../ports/file-tree.ts";
import { type DiskPath, nameOf } from "./disk-path.ts";
import { type HeldDirectory, holdParent } from "./held-directory.ts";
import { linkName } from "./link-name.ts";
import { lookInTurn } from "./look-in-turn.ts";
import { isSame, isSameButCtime, toLocalFile } from "./observation.ts";
import { setAsideName } from "./own-names.ts";
import { pathError } from "./path-errors.ts";
import type { Root } from "./root.ts";
import { SetAsideFile } from "./set-aside-file.ts";
import type { DirectorySync } from "./sync-directory.ts";
import { TargetDirectory } from "./target-directory.ts";

export interface Target {
  readonly root: Root;
  readonly key: ObjectKey;
  readonly sync: DirectorySync;
}

/** @throws {Stale} @throws {PathError} nothing is left behind then. Whatever `announce` throws */
export async function stageFile(
  target: Target,
  chunks: AsyncIterable<Uint8Array>,
  { mtimeNs, replaces, mode, announce }: StageOptions,
): Promise<StagedFile> {
  const { root, key, sync } = target;
  const name = setAsideName();
  await announce(name);
  try {
    const aside = new SetAsideFile(TargetDirectory.make(root, key), name);
    try {
      const old = whatIsThere(aside.directory.held.at(nameOf(key)), replaces);
      const written = await aside.write({ chunks, mtimeNs, old, mode }, sync);
      return new Staged(target, aside, toLocalFile(key, written), replaces);
    } catch (error) {
      aside.abandon();
      throw error;
    }
  } catch (error) {
    throw pathError(error, "cannot be written");
  }
}

class Staged implements StagedFile {
  readonly file: LocalFile;
  readonly #target: Target;
  readonly #aside: SetAsideFile;
  readonly #replaces: LocalFile | undefined;

  constructor(target: Target, aside: SetAsideFile, file: LocalFile, replaces: LocalFile | undefined) {
    this.#target = target;
    this.#aside = aside;
    this.file = file;
    this.#replaces = replaces;
  }

  async commit(): Promise<LocalFile> {
    const { directory } = this.#aside;
    try {
      const local = this.#place(directory.held);
      await this.#target.sync.sync(directory.held);
      return local;
    } catch (error) {
      throw pathError(error, "cannot be written");
    } finally {
      this.discard();
    }
  }

  discard(): void {
    this.#aside.clear();
  }

  /** In one tick: nothing of this program runs between the look at what is there and the replacement. */
  #place(held: HeldDirectory): LocalFile {
    const { root, key } = this.#target;
    const directory = holdParent(root, key);
    const moved = directory.id !== held.id;
    directory.close();
    if (moved) throw new Stale("its directory was replaced during the run");
    const { path } = this.#aside;
    const place = held.at(nameOf(key));
    if (whatIsThere(place, this.#replaces) !== undefined) renameSync(path, place);
    else if (linkName(path, place)) unlinkSync(path);
    this.#aside.placed();
    const now = lstatSync(place, { throwIfNoEntry: false });
    // What was put there is what is recorded; an edit of this very moment is for the next run to see.
    if (now === undefined || !isSameButCtime(this.file, now))
      throw new PathError("the file changed as soon as it was written");
    return toLocalFile(key, now);
  }
}

/** What is in the place. @throws {Stale} it is not what the action rests on */
function whatIsThere(place: DiskPath, expected: LocalFile | undefined): Stats | undefined {
  if (expected === undefined) {
    if (lstatSync(place, { throwIfNoEntry: false }) === undefined) return undefined;
  } else {
    const now = lookInTurn(place);
    if (isSame(expected, now)) return now;
  }
  throw new Stale("the file changed during the run");
}
