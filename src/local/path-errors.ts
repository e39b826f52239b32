/** Errors of the file system, as the rest of the program takes them. */

import { errorCode, errorWords } from "../core/error-words.ts";
import { PathError, Stale } from "../model/errors.ts";

/** Something else is there than was expected, or nothing. */
const MOVED: readonly string[] = ["ENOENT", "ENOTDIR", "ELOOP", "EEXIST", "ENXIO", "ESTALE"];

/**
 * What to throw instead of an error of the file system: `Stale` where the world moved, else a `PathError`.
 * Any other error is returned as it is.
 * @param doing such as "cannot be read"
 */
export function pathError(error: unknown, doing: string): unknown {
  const code = errorCode(error);
  if (code === undefined || error instanceof PathError) return error;
  if (MOVED.includes(code)) return new Stale("the file or its directory changed during the run");
  return new PathError(`${doing}: ${errorWords(code)}`, { cause: error });
}
