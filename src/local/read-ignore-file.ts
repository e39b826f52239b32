/** The text of an ignore file. */

import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { MAX_IGNORE_BYTES } from "../model/ignoring.ts";
import { IGNORE_FILE } from "../model/object-key.ts";
import { diskPath } from "./disk-path.ts";
import { errorCode, errorWords } from "../core/error-words.ts";

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Why the rules of a directory cannot be known, so that nothing in it may be touched. */
export interface Unreadable {
  readonly why: string;
}

/** @param dir "" or ending in "/" */
export function readIgnoreFile(root: string, dir: string): string | Unreadable {
  try {
    const fd = openSync(diskPath(root, dir + IGNORE_FILE), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) return { why: "its ignore file is no regular file" };
      if (stats.size > MAX_IGNORE_BYTES) return { why: `its ignore file is above ${MAX_IGNORE_BYTES} bytes` };
      return readFileSync(fd, "utf8");
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code === "ELOOP") return { why: "its ignore file is a symbolic link" };
    return { why: `its ignore file cannot be read: ${errorWords(code)}` };
  }
}
