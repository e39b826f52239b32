/** The last look before a name is taken away. */

import { lstatSync, renameSync, type Stats } from "node:fs";
import type { DiskPath } from "./disk-path.ts";

/**
 * To rename a name to itself does nothing, but it waits for whoever is changing the directory at this moment. A
 * look alone would not, and what it saw would be gone before its consequence had its turn.
 * @throws errors of the file system, also where nothing is
 */
export function lookInTurn(path: DiskPath): Stats {
  renameSync(path, path);
  return lstatSync(path);
}
