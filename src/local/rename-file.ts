/** Gives a file another name. */

import { lstatSync, readdirSync, renameSync, type Stats, unlinkSync } from "node:fs";
import { errorCode, errorWords } from "../core/error-words.ts";
import { NotRenamed, PathError, Stale } from "../model/errors.ts";
import type { LocalFile } from "../model/observation.ts";
import type { ObjectKey } from "../model/object-key.ts";
import { type DiskPath, nameOf } from "./disk-path.ts";
import { removeEmptied } from "./emptied-directories.ts";
import { type HeldDirectory, holdParent } from "./held-directory.ts";
import { linkName } from "./link-name.ts";
import { isSame, isSameButCtime, toLocalFile } from "./observation.ts";
import { pathError } from "./path-errors.ts";
import type { Root } from "./root.ts";
import type { DirectorySync } from "./sync-directory.ts";
import { TargetDirectory } from "./target-directory.ts";

/**
 * @returns size and time are those that were observed, whatever an edit of this very moment made of them: the next run sees it
 * @throws {Stale} it is not what was observed, or something is at `to` @throws {PathError}
 */
export async function renameFile(
  root: Root,
  file: LocalFile,
  to: ObjectKey,
  sync: DirectorySync,
): Promise<LocalFile> {
  try {
    const target = TargetDirectory.make(root, to);
    try {
      const { ino, ctimeMs } = moveObserved(root, file, target.held, nameOf(to));
      const gone = removeEmptied(root, file.key);
      try {
        await target.syncMade(sync);
        await sync.sync(target.held);
        await sync.sync(gone);
      } finally {
        gone.close();
      }
      return { ...file, key: to, ino, ctimeMs };
    } finally {
      target.close();
    }
  } catch (error) {
    throw pathError(error, "cannot be renamed");
  }
}

/** In one tick: nothing of this program runs between the look and the new name. @returns what lies there then */
function moveObserved(root: Root, file: LocalFile, target: HeldDirectory, name: string): Stats {
  const from = holdParent(root, file.key);
  try {
    const source = lstatSync(from.at(nameOf(file.key)));
    if (!isSame(file, source)) throw changed();
    const there = lstatSync(target.at(name), { throwIfNoEntry: false });
    if (there === undefined) moveToFree(from, file, target, name);
    else if (from.id === target.id && isSame(file, there) && !lists(target, name))
      respell(target, nameOf(file.key), name);
    else throw new Stale("something else is in its place");
    return lstatSync(target.at(name));
  } finally {
    from.close();
  }
}

/** The new name comes before the old one goes: cut off between, it has both, never none. */
function moveToFree(from: HeldDirectory, file: LocalFile, target: HeldDirectory, name: string): void {
  const source = from.at(nameOf(file.key));
  const place = target.at(name);
  if (!linkName(source, place)) return;
  try {
    if (!isSameButCtime(file, lstatSync(place))) throw changed();
    // To two names of one file this does nothing. A save that has just come to the old name is taken along.
    renameSync(source, place);
    if (inodeAt(place) === file.ino) unlinkSync(source);
  } catch (error) {
    if (inodeAt(place) === inodeAt(source)) unlinkSync(place);
    throw notRenamed(error, file, lstatSync(source));
  }
}

/** That it had another name for a moment is all that has become of it. */
function notRenamed(error: unknown, file: LocalFile, now: Stats): unknown {
  const code = errorCode(error);
  if (code === undefined || !isSameButCtime(file, now)) return error;
  return new NotRenamed(`cannot be renamed: ${errorWords(code)}`, toLocalFile(file.key, now), {
    cause: error,
  });
}

function inodeAt(path: DiskPath): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}

/** The same name to this file system, which folds case or Unicode form: a link would be refused. */
function respell(held: HeldDirectory, from: string, to: string): void {
  renameSync(held.at(from), held.at(to));
  if (!lists(held, to)) throw new PathError("cannot be renamed: the file system keeps the old spelling");
}

function lists(held: HeldDirectory, name: string): boolean {
  return readdirSync(held.at("."), { encoding: "latin1" }).includes(name);
}

function changed(): Stale {
  return new Stale("the file changed during the run");
}
