/** The root of a tree, and which directory it was when it was first met. */

import { closeSync, constants, fstatSync, openSync, statSync } from "node:fs";
import { errorCode } from "../core/error-words.ts";
import { GuardError } from "../model/errors.ts";

const { O_RDONLY, O_DIRECTORY } = constants;

/** Within one run the device number holds too, so a disk that goes, or comes, is seen at the next path. */
export class Root {
  readonly path: string;
  #id: string | undefined;

  /** @param path absolute; may be a symlink */
  constructor(path: string) {
    this.path = path;
  }

  /** From now on it must be this directory. */
  pin(): void {
    this.#id ??= idOf(statSync(this.path));
  }

  /** @returns a handle. @throws {GuardError} it is gone, or another directory is in its place */
  open(): number {
    let fd: number;
    try {
      fd = openSync(this.path, O_RDONLY | O_DIRECTORY);
    } catch (error) {
      if (GONE.includes(errorCode(error) ?? "")) throw this.#other();
      throw error;
    }
    const id = idOf(fstatSync(fd));
    if (id === (this.#id ??= id)) return fd;
    closeSync(fd);
    throw this.#other();
  }

  #other(): GuardError {
    return new GuardError(
      `${this.path} went away, or became another directory, while it was being synced`,
      "see that it is mounted, then run again",
    );
  }
}

const GONE: readonly string[] = ["ENOENT", "ENOTDIR", "ENODEV", "ENXIO", "ESTALE"];

function idOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}.${ino}`;
}
