/** Whether there is nothing at a path, not even a dangling link's target. */

import { statSync } from "node:fs";

/** A path that cannot be looked at is not missing: nobody knows. */
export function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}
