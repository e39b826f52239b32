/** The maps that a run goes through. */

import { BsyncError } from "../model/errors.ts";
import { ExitCode } from "../model/exit-code.ts";
import type { DirectoryMap } from "../model/map.ts";

/** @param roots undefined: all. @throws {BsyncError} a directory has no map */
export function chosenMaps(
  maps: readonly DirectoryMap[],
  roots: readonly string[] | undefined,
): readonly DirectoryMap[] {
  if (roots === undefined) return maps;
  const unknown = roots.find((root) => !maps.some((map) => map.root === root));
  if (unknown === undefined) return maps.filter(({ root }) => roots.includes(root));
  throw new BsyncError(`${unknown}: no map has this directory`, {
    exitCode: ExitCode.usage,
    hint: "s3-bsync --dump shows the maps",
  });
}
