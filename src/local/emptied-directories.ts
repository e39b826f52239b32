/** The directories that a name leaves empty when it goes. */

import { directoryOf } from "../model/object-key.ts";
import { nameOf } from "./disk-path.ts";
import { type HeldDirectory, holdParent, removeIfEmpty } from "./held-directory.ts";
import type { Root } from "./root.ts";

/** Removes them, but never the root. @returns where the topmost name that is gone lay: to be synced and closed */
export function removeEmptied(root: Root, key: string): HeldDirectory {
  const dir = directoryOf(key).slice(0, -1);
  if (dir === "") return holdParent(root, key);
  const parent = holdParent(root, dir);
  const gone = removeIfEmpty(parent, nameOf(dir));
  parent.close();
  return gone ? removeEmptied(root, dir) : holdParent(root, key);
}
