/** A path of the command line as an absolute one. */

import { isAbsolute, resolve } from "node:path";
import { UsageError } from "../../model/errors.ts";
import type { Context } from "../context.ts";

/** @throws {UsageError} the path begins with `~`, or with nothing, and nobody knows what that is */
export function absolutePath(path: string, { home, cwd }: Pick<Context, "home" | "cwd">): string {
  if (path !== "~" && !path.startsWith("~/"))
    return isAbsolute(path) ? resolve(path) : resolve(here(path, cwd), path);
  if (home === undefined)
    throw new UsageError(`${path}: HOME is not set`, "name the state file: --file /path/to/state.s3sync");
  return resolve(home, path.slice(2));
}

/** A working directory that was removed is nowhere. */
function here(path: string, cwd: () => string): string {
  try {
    return cwd();
  } catch {
    throw new UsageError(
      `${path}: the working directory is gone`,
      "write an absolute path, or change to a directory that is there",
    );
  }
}
