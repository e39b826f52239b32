/** What the file system says of a file, as the rest of the program sees it. */

import type { Stats } from "node:fs";
import type { LocalFile } from "../model/observation.ts";
import type { ObjectKey } from "../model/object-key.ts";

/** @param stats of a regular file */
export function toLocalFile(key: ObjectKey, { size, mtimeMs, ctimeMs, ino }: Stats): LocalFile {
  return { key, size, mtimeMs, ctimeMs, ino };
}

/** Whether these are still the file, the content and the attributes that were observed. */
export function isSame(file: LocalFile, stats: Stats): boolean {
  return isSameButCtime(file, stats) && stats.ctimeMs === file.ctimeMs;
}

/** Whether they are so after a change of its names, which no content has to do with. */
export function isSameButCtime({ ino, size, mtimeMs }: LocalFile, stats: Stats): boolean {
  return stats.isFile() && stats.ino === ino && stats.size === size && stats.mtimeMs === mtimeMs;
}

/** Why such an entry is left alone. */
export function oddity(entry: Pick<Stats, "isSymbolicLink">): string {
  return entry.isSymbolicLink() ? "a symbolic link, never followed" : "a special file";
}
