/** A sequence in memory up to a size, and above it in a file that has no name. */

import { closeSync, readSync } from "node:fs";
import type { NewSpool, Spool } from "../ports/spool.ts";
import { writeAll } from "./atomic-file.ts";
import { openNameless } from "./file-bytes.ts";
import { named } from "./fs-errors.ts";

const CHUNK_CHARS = 1024 * 1024;

/** @param folder for what does not fit into memory; is there */
export function spoolIn(folder: string): NewSpool {
  return <T>(): Spool<T> => new FileSpool<T>(folder);
}

class FileSpool<T> implements Spool<T> {
  readonly #folder: string;
  /** Lines of JSON that are not in the file yet. */
  #tail: string[] = [];
  #tailChars = 0;
  #fd: number | undefined;
  /** Lengths in bytes of the pieces in the file. */
  readonly #pieces: number[] = [];
  #length = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get length(): number {
    return this.#length;
  }

  add(item: T): void {
    const line = JSON.stringify(item);
    this.#tail.push(line);
    this.#tailChars += line.length;
    this.#length++;
    if (this.#tailChars > CHUNK_CHARS) this.#spill();
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    const pieces = [...this.#pieces];
    const tail = [...this.#tail];
    let at = 0;
    for (const length of pieces) {
      for (const line of this.#piece(at, length)) yield JSON.parse(line) as T;
      at += length;
    }
    for (const line of tail) yield JSON.parse(line) as T;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#pieces.length = 0;
    this.#tail = [];
    this.#length = 0;
  }

  #spill(): void {
    const fd = (this.#fd ??= openNameless(this.#folder));
    const bytes = Buffer.from(this.#tail.join("\n"));
    named(this.#folder, () => writeAll(fd, bytes));
    this.#pieces.push(bytes.length);
    this.#tail = [];
    this.#tailChars = 0;
  }

  #piece(at: number, length: number): readonly string[] {
    const bytes = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < length) {
      const more = readSync(this.#fd as number, bytes, read, length - read, at + read);
      if (more === 0) throw new Error("a spool file is shorter than what was written to it");
      read += more;
    }
    return bytes.toString().split("\n");
  }
}
