/** Gives a file one more name. */

import { linkSync, renameSync } from "node:fs";
import { errorCode } from "../core/error-words.ts";
import type { DiskPath } from "./disk-path.ts";

/**
 * A link never replaces anything; where the file system has none, the look of a moment ago must do.
 * @param to nothing was there in this tick
 * @returns whether the file has its old name still: without links, it is renamed
 */
export function linkName(from: DiskPath, to: DiskPath): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (!NO_LINKS.includes(errorCode(error) ?? "")) throw error;
    renameSync(from, to);
    return false;
  }
}

const NO_LINKS: readonly string[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];
