/** Removes a state file and what lies beside it. */

import { closeSync, existsSync, readdirSync, rmSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { hasSignature } from "../codec/state-reader.ts";
import { BsyncError } from "../model/errors.ts";
import { syncDirectory } from "./atomic-file.ts";
import { fileBytes, openRegular } from "./file-bytes.ts";
import { named, unless } from "./fs-errors.ts";

export interface Purged {
  readonly removed: string;
  /** Where backups are that were kept. */
  readonly keptBackups: string | undefined;
}

/**
 * The caller holds the lock; its release removes the folder if nothing else is in it.
 * @param options.backups whether they go too
 * @returns undefined: there was no state file
 * @throws {BsyncError} it is not ours: nothing is removed
 */
export function purgeState(
  path: string,
  folder: string,
  options: { readonly backups: boolean },
): Purged | undefined {
  const fd = openRegular(path);
  if (fd === undefined) return undefined;
  const ours = hasSignature(fileBytes(fd));
  closeSync(fd);
  if (!ours) {
    throw new BsyncError(`${path}: not a state file of s3-bsync`, {
      hint: "it is left as it is; remove it yourself if it may go",
    });
  }
  return named(`${path} cannot be removed`, () => {
    const backups = join(folder, "backups");
    rmSync(path);
    syncDirectory(dirname(path));
    unless(["ENOTEMPTY", "EEXIST", "ENOENT", "ENOTDIR"], () => rmdirSync(backups)); // empty ones are none
    const kept = options.backups ? ["lock"] : ["lock", "backups"];
    for (const name of unless(["ENOENT"], () => readdirSync(folder)) ?? []) {
      if (!kept.includes(name)) rmSync(join(folder, name), { recursive: true, force: true });
    }
    return { removed: path, keptBackups: existsSync(backups) ? backups : undefined };
  });
}
