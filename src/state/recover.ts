/** Puts a damaged state file aside, so that the next run is a first meeting of the same maps. */

import { closeSync, existsSync, fstatSync } from "node:fs";
import { join } from "node:path";
import { spliceState } from "../codec/splice.ts";
import { hasSignature, readState } from "../codec/state-reader.ts";
import { BsyncError, StateFormatError } from "../model/errors.ts";
import type { DirectoryMap } from "../model/map.ts";
import { replaceFile, syncDirectory } from "./atomic-file.ts";
import { makePrivate } from "./companion.ts";
import { fileBytes, openRegular } from "./file-bytes.ts";
import { fsCode, named } from "./fs-errors.ts";
import { keepAs, previousOf } from "./previous.ts";
import { indexOf } from "./state-index.ts";

export interface Recovered {
  readonly setAside: string;
  readonly maps: readonly DirectoryMap[];
}

/**
 * The maps are those of the file itself where it can be read, else of the generation before, else none.
 * At every moment there is a state file.
 * @param ready called when the new file is durable and not yet in place
 * @throws {BsyncError} there is none, or it is somebody else's
 */
export function recoverState(path: string, folder: string, ready: () => void): Recovered {
  if (!isOurs(path, folder)) {
    throw new BsyncError(`${path}: not a state file of s3-bsync`, { hint: "it is left as it is" });
  }
  const maps = mapsOf(path) ?? mapsOf(previousOf(folder)) ?? [];
  const setAside = named(`${path} cannot be set aside`, () => keepAside(path, folder));
  replaceFile(path, folder, (sink) => spliceState([], { syncedMs: 0, maps }, sink), ready);
  return { setAside, maps };
}

/** A power cut may leave nothing of a file's content: then the generation before vouches for it. */
function isOurs(path: string, folder: string): boolean {
  const fd = openRegular(path);
  if (fd === undefined) throw noStateFile(path);
  try {
    return hasSignature(fileBytes(fd)) || fstatSync(fd).size === 0 || existsSync(previousOf(folder));
  } finally {
    closeSync(fd);
  }
}

function mapsOf(path: string): readonly DirectoryMap[] | undefined {
  const fd = openRegular(path);
  if (fd === undefined) return undefined;
  try {
    return indexOf(readState(fileBytes(fd))).maps;
  } catch (error) {
    if (error instanceof StateFormatError) return undefined;
    throw error;
  } finally {
    closeSync(fd);
  }
}

function keepAside(path: string, folder: string): string {
  makePrivate(folder);
  for (let n = 1; ; n++) {
    const name = join(folder, `damaged-${n}`);
    try {
      keepAs(path, name);
      syncDirectory(folder);
      return name;
    } catch (error) {
      if (fsCode(error) !== "EEXIST") throw error;
    }
  }
}

export function noStateFile(path: string): BsyncError {
  return new BsyncError(`${path}: there is no state file`, {
    hint: "s3-bsync --init --dir PATH s3://BUCKET/PREFIX makes one",
  });
}
