/** Removes a file, and the directories that this empties. */

import { unlinkSync } from "node:fs";
import { Stale } from "../model/errors.ts";
import type { LocalFile } from "../model/observation.ts";
import { nameOf } from "./disk-path.ts";
import { removeEmptied } from "./emptied-directories.ts";
import { holdParent } from "./held-directory.ts";
import { lookInTurn } from "./look-in-turn.ts";
import { isSame } from "./observation.ts";
import { pathError } from "./path-errors.ts";
import type { DirectorySync } from "./sync-directory.ts";
import type { Root } from "./root.ts";

/** @throws {Stale} it is not what was observed @throws {PathError} */
export async function removeFile(root: Root, file: LocalFile, sync: DirectorySync): Promise<void> {
  try {
    unlinkObserved(root, file);
    const held = removeEmptied(root, file.key);
    try {
      await sync.sync(held);
    } finally {
      held.close();
    }
  } catch (error) {
    throw pathError(error, "cannot be removed");
  }
}

/** In one tick: nothing of this program runs between the look and the removal. */
function unlinkObserved(root: Root, file: LocalFile): void {
  const held = holdParent(root, file.key);
  try {
    const path = held.at(nameOf(file.key));
    if (!isSame(file, lookInTurn(path))) throw new Stale("the file changed during the run");
    unlinkSync(path);
  } finally {
    held.close();
  }
}
