/** What tells one root directory from another. */

import { realpathSync, statSync } from "node:fs";
import type { RootIdentity } from "../model/pair.ts";

/** @returns undefined: nothing is there, no directory, or none that can be reached */
export function identity(root: string): RootIdentity | undefined {
  try {
    const stats = statSync(root);
    if (!stats.isDirectory()) return undefined;
    return { realPath: realpathSync.native(root), ino: stats.ino, birthMs: Math.max(stats.birthtimeMs, 0) };
  } catch {
    return undefined;
  }
}
