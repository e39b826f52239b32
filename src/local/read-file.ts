/** One file, open: exactly the one that was observed. */

import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, read, readSync } from "node:fs";
import { promisify } from "node:util";
import { Stale } from "../model/errors.ts";
import type { LocalFile } from "../model/observation.ts";
import type { ContentEtags } from "../model/etag.ts";
import type { OpenFile } from "../ports/file-tree.ts";
import { nameOf } from "./disk-path.ts";
import { PERMISSIONS } from "./file-attributes.ts";
import { holdParent } from "./held-directory.ts";
import { isSame } from "./observation.ts";
import { pathError } from "./path-errors.ts";
import type { Root } from "./root.ts";

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
const readAsync = promisify(read);

/** Up to this, a synchronous read is cheaper than a way through the thread pool. */
const SYNC_BYTES = 256 * 1024;
const WINDOW = 1024 * 1024;

/** @throws {Stale} it is not what was observed @throws {PathError} */
export function openFile(root: Root, file: LocalFile): OpenFile {
  try {
    const held = holdParent(root, file.key);
    try {
      // O_NONBLOCK: a FIFO that took the file's place answers at once, and is not the file.
      return new ObservedFile(file, openSync(held.at(nameOf(file.key)), O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    } finally {
      held.close();
    }
  } catch (error) {
    throw pathError(error, "cannot be read");
  }
}

class ObservedFile implements OpenFile {
  readonly file: LocalFile;
  readonly mtimeNs: bigint;
  readonly mode: number;
  readonly #fd: number;
  #closed = false;

  constructor(file: LocalFile, fd: number) {
    this.file = file;
    this.#fd = fd;
    try {
      const { mtimeNs, mode } = fstatSync(fd, { bigint: true });
      this.mtimeNs = mtimeNs;
      this.mode = Number(mode) & PERMISSIONS;
      this.unchanged();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async read(from: number, length: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafe(length);
    try {
      for (let at = 0; at < length;) {
        const got =
          length <= SYNC_BYTES
            ? readSync(this.#fd, bytes, at, length - at, from + at)
            : (await readAsync(this.#fd, bytes, at, length - at, from + at)).bytesRead;
        if (got === 0) throw new Stale("the file became shorter while it was read");
        at += got;
      }
    } catch (error) {
      throw pathError(error, "cannot be read");
    }
    return bytes;
  }

  unchanged(): void {
    if (!isSame(this.file, fstatSync(this.#fd))) throw new Stale("the file changed during the run");
  }

  async etags(partBytes: number): Promise<ContentEtags> {
    const whole = createHash("md5");
    const ofParts = createHash("md5");
    const { size } = this.file;
    const count = Math.max(1, Math.ceil(size / partBytes));
    for (let start = 0; count > 1 && start < size; start += partBytes) {
      const part = createHash("md5");
      await this.#each(start, Math.min(start + partBytes, size), (bytes) => {
        whole.update(bytes);
        part.update(bytes);
      });
      ofParts.update(part.digest());
    }
    if (count === 1) await this.#each(0, size, (bytes) => whole.update(bytes));
    this.unchanged();
    const digest = whole.digest();
    if (count === 1) ofParts.update(digest); // the one part is the whole
    return { single: digest.toString("hex"), multipart: `${ofParts.digest("hex")}-${count}` };
  }

  async sha256(): Promise<string> {
    const hash = createHash("sha256");
    await this.#each(0, this.file.size, (bytes) => hash.update(bytes));
    this.unchanged();
    return hash.digest("hex");
  }

  async equals(chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
    let at = 0;
    for await (const chunk of chunks) {
      if (at + chunk.length > this.file.size) return false;
      for (let done = 0; done < chunk.length; done += WINDOW) {
        const theirs = chunk.subarray(done, done + WINDOW);
        if (Buffer.compare(await this.read(at + done, theirs.length), theirs) !== 0) return false;
      }
      at += chunk.length;
    }
    this.unchanged();
    return at === this.file.size;
  }

  close(): void {
    if (!this.#closed) closeSync(this.#fd);
    this.#closed = true;
  }

  async #each(from: number, to: number, take: (bytes: Uint8Array) => void): Promise<void> {
    for (let at = from; at < to; at += WINDOW) take(await this.read(at, Math.min(WINDOW, to - at)));
  }
}
