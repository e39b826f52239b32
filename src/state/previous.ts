/** The generation of the state file before the present one, in `SYNCFILE.d/previous`. */

import { chmodSync, constants, copyFileSync, linkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { syncDirectory, syncFile } from "./atomic-file.ts";
import { tempIn } from "./companion.ts";
import { fsCode, NO_LINKS } from "./fs-errors.ts";

export function previousOf(folder: string): string {
  return join(folder, "previous");
}

/** Durable when it returns. Nothing to keep is no error. */
export function keepPrevious(stateFile: string, folder: string): void {
  const temp = tempIn(folder);
  try {
    if (!keepAs(stateFile, temp)) return;
    renameSync(temp, previousOf(folder));
  } finally {
    rmSync(temp, { force: true }); // still there where both were one file already
  }
  syncDirectory(folder);
}

/**
 * Gives the file a second name, or a copy of it that name, mode 0600.
 * @returns false: there is no such file
 * @throws EEXIST the name is taken
 */
export function keepAs(file: string, name: string): boolean {
  try {
    linkSync(file, name);
  } catch (error) {
    const code = fsCode(error) ?? "";
    if (code === "ENOENT") return false;
    if (!NO_LINKS.includes(code)) throw error;
    copyFileSync(file, name, constants.COPYFILE_EXCL);
    syncFile(name);
  }
  chmodSync(name, 0o600);
  return true;
}
