/** LoserStore as a folder of zips: one a loser, so that a run that is killed leaves whole ones only. */

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorCode, errorWords } from "../core/error-words.ts";
import { PathError } from "../model/errors.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { Loser, LoserStore } from "../ports/loser-store.ts";
import { archiveName, runName } from "./run-folders.ts";
import type { Seal } from "./write-zip.ts";

/**
 * @param folder of all backups: `SYNCFILE.d/backups`. This run's is `<its time in UTC>/NNNN.zip` in it, made
 * with the first loser
 */
export function loserZips(folder: string, runStartMs: number, sealOf: SealOf = asItIs): LoserZips {
  return new LoserZips(folder, runStartMs, sealOf);
}

/** @returns undefined: versions of this map may lie open. @throws {BsyncError} its key cannot be used */
export type SealOf = (map: DirectoryMap) => Promise<Seal | undefined>;

const asItIs: SealOf = async () => undefined;

export class LoserZips implements LoserStore {
  readonly #backups: string;
  readonly #runStartMs: number;
  readonly #sealOf: SealOf;
  #folder: string | undefined;
  #count = 0;

  constructor(backups: string, runStartMs: number, sealOf: SealOf) {
    this.#backups = backups;
    this.#runStartMs = runStartMs;
    this.#sealOf = sealOf;
  }

  /** Whether this run tried to keep anything. */
  get used(): boolean {
    return this.#count > 0;
  }

  async save(loser: Loser, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const name = archiveName(++this.#count);
    try {
      const folder = (this.#folder ??= newFolder(this.#backups, this.#runStartMs));
      const temp = join(folder, `${name}.new`);
      try {
        const seal = loser.enveloped === undefined ? await this.#sealOf(loser.map) : undefined;
        const { writeZip } = await import("./write-zip.ts");
        const { checkZip } = await import("./check-zip.ts");
        await checkZip(temp, await writeZip(temp, loser, chunks, seal));
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
  for (let count = 1; ; count++) {
    const folder = join(backups, runName(runStartMs, count));
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
