/** `--init --recover`: a new state file with the maps of the damaged one, or of the version before, and no records. */

import { BsyncError, StateFormatError, StateVersionError, UsageError } from "../../model/errors.ts";
import type { DirectoryMap } from "../../model/map.ts";
import type { Context, Engine } from "../context.ts";
import type { Flags } from "../options/options.ts";
import { shown } from "../render/escape.ts";

/** @throws {BsyncError} there is nothing to recover, or another version of this program wrote the file */
export async function recover(flags: Flags, { engine, stdout }: Context): Promise<readonly DirectoryMap[]> {
  const { dir, rmdir, untrackIgnored } = flags;
  if (dir.length + rmdir.length > 0 || untrackIgnored) {
    throw new UsageError("--recover goes alone: edit the maps afterwards");
  }
  if (!isDamaged(engine)) {
    throw new BsyncError(`${engine.stateFile}: not damaged: nothing to recover`);
  }
  const { setAside, maps } = engine.recover();
  await stdout.write(`set aside: ${shown(setAside)}\n`);
  await stdout.write("The next sync compares everything and deletes nothing.\n");
  return maps;
}

function isDamaged(engine: Engine): boolean {
  try {
    engine.open().close();
    return false;
  } catch (error) {
    if (error instanceof StateFormatError && !(error instanceof StateVersionError)) return true;
    throw error;
  }
}
