/** Backups over the folder of all runs. */

import { join } from "node:path";
import { errorCode, errorWords } from "../core/error-words.ts";
import { PathError } from "../model/errors.ts";
import type { Backups, KeptVersion, LostVersion } from "../ports/backups.ts";
import type { Envelope } from "../ports/envelope.ts";
import { Measure } from "./measure.ts";
import { type OpenZip, openZip } from "./open-zip.ts";
import { type Manifest, readManifest } from "./read-manifest.ts";
import { sizeOfRun } from "./run-backups.ts";
import { archivesIn, runFolders } from "./run-folders.ts";
import { damaged } from "./zip-end.ts";

/** Archives open at one time. */
const AT_ONCE = 32;

/** Opens what could not lie open, or could not be opened when it was saved. */
export type Opener = Pick<Envelope, "decode">;

/** @param folder `SYNCFILE.d/backups`; need not be there */
export function backupFolder(folder: string, envelope: Opener): Backups {
  const look = async (run: string, archive: string): Promise<KeptVersion | LostVersion> => {
    try {
      const { sha256: _, encoding: __, ...kept } = await within(join(folder, run, archive), manifestOf);
      return { run, archive, ...kept };
    } catch (error) {
      if (error instanceof PathError) return { run, archive, why: error.message };
      throw error;
    }
  };
  return {
    folder,
    runs: () => runFolders(folder),
    sizeOf: (run) => sizeOfRun(join(folder, run)),
    async *versions(run) {
      const archives = archivesIn(join(folder, run));
      for (let at = 0; at < archives.length; at += AT_ONCE) {
        yield await Promise.all(archives.slice(at, at + AT_ONCE).map((archive) => look(run, archive)));
      }
    },
    read: ({ run, archive }) => contentOf(join(folder, run, archive), envelope),
  };
}

async function* contentOf(path: string, envelope: Opener): AsyncGenerator<Uint8Array, void, undefined> {
  const zip = await inWords(() => openZip(path));
  try {
    const manifest = await inWords(() => manifestOf(zip));
    const measure = new Measure();
    for await (const chunk of measure.passing(opened(zip, manifest, envelope))) {
      // More than the manifest says is not what was saved, and may have no end.
      if (measure.size > manifest.size) break;
      yield chunk;
    }
    const { size, sha256 } = measure.result;
    if (size !== manifest.size || sha256 !== manifest.sha256)
      throw new PathError("is damaged: the content is not what was saved");
  } finally {
    zip.close();
  }
}

function opened(zip: OpenZip, manifest: Manifest, envelope: Opener): AsyncIterable<Uint8Array> {
  const { encoding, size, sha256 } = manifest;
  if (encoding !== "") return envelope.decode(zip.content(), { encoding, size, sha256 });
  if (zip.size !== size) throw damaged("its manifest says another size");
  return zip.content();
}

async function manifestOf(zip: OpenZip): Promise<Manifest> {
  return readManifest(await zip.manifest());
}

async function within<T>(path: string, use: (zip: OpenZip) => Promise<T>): Promise<T> {
  return inWords(async () => {
    const zip = await openZip(path);
    try {
      return await use(zip);
    } finally {
      zip.close();
    }
  });
}

/** @throws {PathError} for whatever is wrong with the archive or its disk */
async function inWords<T>(reading: () => Promise<T>): Promise<T> {
  try {
    return await reading();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new PathError(`cannot be read: ${errorWords(code)}`, { cause: error });
  }
}
