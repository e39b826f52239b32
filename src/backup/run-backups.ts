/** The backups of a run as a whole: how large they are, and their end. */

import { lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errorCode, errorWords } from "../core/error-words.ts";
import { BsyncError } from "../model/errors.ts";
import { ExitCode } from "../model/exit-code.ts";
import { isOurs, archivesIn } from "./run-folders.ts";

/** In bytes, of all archives. */
export function sizeOfRun(folder: string): number {
  return archivesIn(folder).reduce(
    (sum, name) => sum + (lstatSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** What the program has put there, and the folder, unless somebody has put something else into it. @throws {BsyncError} */
export function removeRun(folder: string): void {
  try {
    for (const name of readdirSync(folder)) if (isOurs(name)) rmSync(join(folder, name), { force: true });
    rmdirSync(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (["ENOTEMPTY", "EEXIST", "ENOENT"].includes(code)) return;
    throw new BsyncError(`${folder}: old backups cannot be removed: ${errorWords(code)}`, {
      hint: "all maps were synced; only this was not done",
      exitCode: ExitCode.incomplete,
      cause: error,
    });
  }
}
