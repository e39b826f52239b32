/** Directories held open, so that nothing is ever read or written through a symlink put in their place. */

import { closeSync, constants, existsSync, fstatSync, openSync, rmdirSync } from "node:fs";
import { directoryOf } from "../model/object-key.ts";
import { Stale } from "../model/errors.ts";
import { diskPath, type DiskPath } from "./disk-path.ts";
import { errorCode } from "../core/error-words.ts";
import type { Root } from "./root.ts";

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/** Whether a name can be reached through an open directory, whatever has become of the path to it. */
const THROUGH_HANDLES = existsSync("/proc/self/fd");

export class HeldDirectory {
  readonly fd: number;
  readonly #path: string;
  readonly #below: string;

  private constructor(fd: number, path: string, below: string) {
    this.fd = fd;
    this.#path = path;
    this.#below = below;
  }

  static root(root: Root): HeldDirectory {
    return new HeldDirectory(root.open(), root.path, "");
  }

  child(name: string): HeldDirectory {
    const fd = openSync(this.at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    return new HeldDirectory(fd, this.#path, `${this.#below}${name}/`);
  }

  /** The path of a name in this directory; without handles, the path on which no symlink was a moment ago. */
  at(name: string): DiskPath {
    return THROUGH_HANDLES
      ? diskPath(`/proc/self/fd/${this.fd}`, name)
      : diskPath(this.#path, `${this.#below}${name}`);
  }

  /** Equal for two handles of one directory. */
  get id(): string {
    const { dev, ino } = fstatSync(this.fd);
    return `${dev}.${ino}`;
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** How far a way goes: the last directory on it, and the components that are not directories below that. */
export interface Reached {
  readonly held: HeldDirectory;
  readonly rest: readonly string[];
}

/** @param dir "" or ending in "/". @throws errors of the file system, but for a component that is missing or no directory */
export function reach(root: Root, dir: string): Reached {
  const components = dir.split("/").slice(0, -1);
  let held = HeldDirectory.root(root);
  for (const [index, component] of components.entries()) {
    const next = childOf(held, component);
    if (next === undefined) return { held, rest: components.slice(index) };
    held.close();
    held = next;
  }
  return { held, rest: [] };
}

/** The directory that a key lies in. @throws {Stale} it is not there, or not without a symlink on the way */
export function holdParent(root: Root, key: string): HeldDirectory {
  const { held, rest } = reach(root, directoryOf(key));
  if (rest.length === 0) return held;
  held.close();
  throw new Stale("a directory on its path is gone, or is no directory any more");
}

/** @returns whether it is gone */
export function removeIfEmpty(parent: HeldDirectory, name: string): boolean {
  try {
    rmdirSync(parent.at(name));
    return true;
  } catch {
    return false; // something is in it, it is a mount point, or may not be removed: it stays
  }
}

function childOf(held: HeldDirectory, name: string): HeldDirectory | undefined {
  try {
    return held.child(name);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
    held.close();
    throw error;
  }
}
