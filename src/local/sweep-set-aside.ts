/** Clears away what a run that was cut off has set aside. */

import { fsyncSync, lstatSync, unlinkSync } from "node:fs";
import { errorCode } from "../core/error-words.ts";
import { Stale } from "../model/errors.ts";
import type { ObjectKey } from "../model/object-key.ts";
import { holdParent } from "./held-directory.ts";
import { isSetAside } from "./own-names.ts";
import { pathError } from "./path-errors.ts";
import type { Root } from "./root.ts";

/** Removes the file of this name beside `key`, durably. Only a regular file of such a name is ours. @throws {PathError} */
export function sweepSetAside(root: Root, key: ObjectKey, name: string): void {
  if (!isSetAside(name)) return;
  try {
    const held = holdParent(root, key);
    try {
      const path = held.at(name);
      if (lstatSync(path).isFile()) unlinkSync(path);
      fsyncSync(held.fd);
    } finally {
      held.close();
    }
  } catch (error) {
    if (errorCode(error) === "EINVAL") return; // a file system that keeps no directories to flush
    const mapped = pathError(error, "cannot be cleared away");
    if (!(mapped instanceof Stale)) throw mapped; // it, or its directory, is gone, and so is the file
  }
}
