/** `SYNCFILE.d/`, the private folder beside the state file. */

import { chmodSync, lstatSync, mkdirSync, readlinkSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { randomBytes } from "node:crypto";
import { BsyncError } from "../model/errors.ts";
import { fsCode, unless } from "./fs-errors.ts";

const MAX_LINKS = 40;

/** Where a path leads by way of symlinks, whether or not anything is there. */
export function followLinks(path: string): string {
  let at = resolve(path);
  for (let i = 0; i < MAX_LINKS; i++) {
    const seen = unless(["ENOENT", "ENOTDIR"], () => lstatSync(at));
    if (seen?.isSymbolicLink() !== true) return at;
    at = resolve(dirname(at), readlinkSync(at));
  }
  throw new BsyncError(`${path}: too many symbolic links`);
}

/** @param stateFile its real path */
export function companionOf(stateFile: string): string {
  return `${stateFile}.d`;
}

/** Makes the folder, or takes from others what they may do in it. @throws what the file system says */
export function makePrivate(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const code = fsCode(error);
    if (code === "ENOENT") throw nowhere(dirname(folder));
    if (code !== "EEXIST") throw error;
  }
  const seen = lstatSync(folder);
  if (!seen.isDirectory()) throw new BsyncError(`${folder} is not a directory`, { hint: "move it away" });
  if ((seen.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

function nowhere(directory: string): BsyncError {
  return new BsyncError(`${directory} is not there, and the state file would lie in it`, {
    hint: "make it, or name another state file with --file",
  });
}

/** A name in the folder that nobody else has. */
export function tempIn(folder: string): string {
  return join(folder, `new-${randomBytes(16).toString("hex")}`);
}

/** Removes what a killed run was writing. Only under the lock. */
export function removeTemps(folder: string, names: readonly string[]): void {
  for (const name of names) if (/^new-[0-9a-f]{32}$/.test(name)) rmSync(join(folder, name), { force: true });
}
