/** LoserStore as a folder of zips: one a loser, so that a run that is killed leaves whole ones only. */

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorCode, errorWords } from "../core/error-words.ts";
import { PathError } from "../model/errors.ts";
import type { Loser, LoserStore } from "../ports/loser-store.ts";
import { checkZip } from "./check-zip.ts";
import { writeZip } from "./write-zip.ts";

/**
 * @param folder of all backups: `SYNCFILE.d/backups`. This run's is `<its time in UTC>/NNNN.zip` in it, made
 * with the first loser
 */
export function loserZips(folder: string, runStartMs: number): LoserStore {
  return new LoserZips(folder, runStartMs);
}

class LoserZips implements LoserStore {
  readonly #backups: string;
  readonly #runStartMs: number;
  #folder: string | undefined;
  #count = 0;

  constructor(backups: string, runStartMs: number) {
    this.#backups = backups;
    this.#runStartMs = runStartMs;
  }

  async save(loser: Loser, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const name = `${String(++this.#count).padStart(4, "0")}.zip`;
    try {
      const folder = (this.#folder ??= newFolder(this.#backups, this.#runStartMs));
      const temp = join(folder, `${name}.new`);
      try {
        await checkZip(temp, await writeZip(temp, loser, chunks));
        renameSync(temp, join(folder, name));
      } catch (error) {
        rmSync(temp, { force: true });
        throw error;
      }
      syncFolder(folder);
    } catch (error) {
      const code = errorCode(error);
      if (code === undefined) throw error;
      throw new PathError(`cannot be kept in the backup: ${errorWords(code)}`, { cause: error });
    }
  }
}

/** A folder that no other run has. */
function newFolder(backups: string, runStartMs: number): string {
  mkdirSync(backups, { recursive: true, mode: 0o700 });
  syncFolder(dirname(backups));
  const time = new Date(runStartMs)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(":", "-");
  for (let count = 1; ; count++) {
    const folder = join(backups, count === 1 ? time : `${time}-${count}`);
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      if (errorCode(error) === "EEXIST") continue;
      throw error;
    }
    syncFolder(backups);
    return folder;
  }
}

/** Makes the names in it durable. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
