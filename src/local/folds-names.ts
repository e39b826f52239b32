/** Whether a directory holds two names that differ only in case as one file. Found without writing. */

import { lstatSync, opendirSync, realpathSync, type Stats } from "node:fs";
import { basename, dirname } from "node:path";
import { diskPath, type DiskPath } from "./disk-path.ts";

/** Asks an entry of the directory by its other case; where it has none, the directory itself. */
export function foldsNames(root: string): boolean {
  try {
    const real = realpathSync.native(root);
    return entryFolds(real) ?? folds(dirname(real), basename(real)) ?? false;
  } catch {
    return false;
  }
}

function entryFolds(root: string): boolean | undefined {
  const entries = opendirSync(root, { encoding: "latin1" as BufferEncoding });
  try {
    for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
      const answer = folds(root, entry.name);
      if (answer !== undefined) return answer;
    }
    return undefined;
  } finally {
    entries.closeSync();
  }
}

/** @returns undefined: this name cannot tell */
function folds(folder: string, name: string): boolean | undefined {
  const twin = otherCase(name);
  const one = look(diskPath(folder, name));
  if (twin === name || one === undefined || (!one.isDirectory() && one.nlink > 1)) return undefined;
  const other = look(diskPath(folder, twin));
  return other !== undefined && other.ino === one.ino && other.dev === one.dev;
}

function look(path: DiskPath): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function otherCase(name: string): string {
  return name.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}
