/** A file that lines are added to, and its older siblings: `PATH`, `PATH.1` (the youngest of them), `PATH.2` and so on. */

import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  renameSync,
  writeSync,
} from "node:fs";
import { errorCode } from "../../core/error-words.ts";

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

export interface LogFileOptions {
  /** No file grows beyond it, unless a single line does. */
  readonly maxBytes: number;
  /** Older siblings. */
  readonly keep: number;
}

export class LogFile {
  readonly #path: string;
  readonly #options: LogFileOptions;
  #fd: number;

  /** @throws {Error} of the file system, or with a message of ours */
  constructor(path: string, options: LogFileOptions) {
    this.#path = path;
    this.#options = options;
    this.#fd = opened(path);
  }

  /** In one piece, so that lines of several processes do not mix. @throws {Error} not all of it is written */
  write(line: string): void {
    const bytes = Buffer.from(line);
    const { size } = fstatSync(this.#fd);
    if (size > 0 && size + bytes.length > this.#options.maxBytes) this.#rotate();
    if (writeSync(this.#fd, bytes) < bytes.length) throw new Error("the disk is full");
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** The new file gets the mode of the old one. Where another process was faster, its new file is taken. */
  #rotate(): void {
    const { ino, mode } = fstatSync(this.#fd);
    if (lstatSync(this.#path, { throwIfNoEntry: false })?.ino === ino) {
      for (let at = this.#options.keep - 1; at > 0; at--)
        moved(`${this.#path}.${at}`, `${this.#path}.${at + 1}`);
      renameSync(this.#path, `${this.#path}.1`);
    }
    const fd = opened(this.#path);
    closeSync(this.#fd);
    this.#fd = fd;
    if (fstatSync(fd).size === 0) fchmodSync(fd, mode & 0o777);
  }
}

/** A symlink might lead to a file that is not ours, and a FIFO would hold us up. */
function opened(path: string): number {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) throw new Error("a symlink");
  const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new Error("not a regular file");
}

function moved(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}
