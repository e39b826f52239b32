/** Makes the names in a directory durable. */

import { fsync } from "node:fs";
import { promisify } from "node:util";
import type { HeldDirectory } from "./held-directory.ts";
import { errorCode } from "../core/error-words.ts";

const flush = promisify(fsync);

/** One fsync answers all who asked before it began: many files of one directory arrive side by side. */
export class DirectorySync {
  readonly #running = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Promise<void>>();

  /** @param held stays open until this resolves */
  sync(held: HeldDirectory): Promise<void> {
    const { id } = held;
    const next = this.#next.get(id);
    if (next !== undefined) return next;
    const running = this.#running.get(id);
    if (running === undefined) return this.#begin(id, held);
    const after = running
      .catch(() => undefined) // its failure is told to those who asked for it
      .then(() => {
        this.#next.delete(id);
        return this.#begin(id, held);
      });
    this.#next.set(id, after);
    return after;
  }

  #begin(id: string, held: HeldDirectory): Promise<void> {
    const flushed = syncNow(held.fd).finally(() => this.#running.delete(id));
    this.#running.set(id, flushed);
    return flushed;
  }
}

async function syncNow(fd: number): Promise<void> {
  try {
    await flush(fd);
  } catch (error) {
    if (errorCode(error) !== "EINVAL") throw error; // a file system that keeps no directories to flush
  }
}
