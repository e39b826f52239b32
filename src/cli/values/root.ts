/** The local directory of a map, checked before it is stored. */

import { UsageError } from "../../model/errors.ts";
import { absolutePath } from "./absolute-path.ts";

const FORM = "--dir PATH s3://BUCKET/PREFIX";

interface RootOptions {
  readonly home: string | undefined;
  readonly cwd: () => string;
  /** Takes "/" and home directories too. */
  readonly force: boolean;
  /** @returns undefined: no directory */
  readonly realPath: (path: string) => string | undefined;
}

/** @returns the path without final and double slashes. @throws {UsageError} */
export function checkRoot(path: string, { home, cwd, force, realPath }: RootOptions): string {
  if (/^s3:\/\//i.test(path)) throw new UsageError(`--dir ${path}: the directory comes first`, FORM);
  if (!path.startsWith("/"))
    throw new UsageError(`--dir ${path}: not an absolute path`, `write ${absolutePath(path, { home, cwd })}`);
  const root = tidyPath(path);
  const real = realPath(root);
  if (real === undefined)
    throw new UsageError(`--dir ${root}: no directory is there`, "make it first: an empty one will do");
  if (root.split("/").some((part) => part === "." || part === "..")) {
    throw new UsageError(`--dir ${root}: a path with . or .. in it`, `write ${real}`);
  }
  const realHome = home === undefined ? undefined : realPath(home);
  const isWide = [root, real].some(
    (each) => each === "/" || isHome(each) || each === home || each === realHome,
  );
  if (isWide && !force) {
    const what = root === "/" || real === "/" ? "the whole file system" : "a home directory";
    throw new UsageError(`--dir ${root}: ${what}`, "map a directory inside it; if it is meant, add --force");
  }
  return root;
}

/** As roots are stored. */
export function tidyPath(path: string): string {
  return path.replace(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
}

/** Where home directories lie, and those of other users. */
function isHome(path: string): boolean {
  return path === "/root" || /^\/(?:home|Users)(?:\/[^/]+)?$/.test(path);
}
