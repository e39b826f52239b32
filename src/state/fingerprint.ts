/** Tells one content of the state file from any other: its last synced time, which is written in place, does not count. */

import { createHash } from "node:crypto";
import { readSync } from "node:fs";
import { SYNCED_OFFSET } from "../codec/format.ts";

/** Length in bytes, "-", SHA-256 in lower-case hex. */
export type Fingerprint = string;

const SYNCED_END = SYNCED_OFFSET + 8;
const CHUNK_BYTES = 256 * 1024;

export class Fingerprinter {
  readonly #hash = createHash("sha256");
  #length = 0;

  add(bytes: Uint8Array): void {
    this.#hash.update(this.#length < SYNCED_END ? this.#withoutSynced(bytes) : bytes);
    this.#length += bytes.length;
  }

  /** Once, after the last byte. */
  end(): Fingerprint {
    return `${this.#length}-${this.#hash.digest("hex")}`;
  }

  #withoutSynced(bytes: Uint8Array): Uint8Array {
    const from = Math.max(SYNCED_OFFSET - this.#length, 0);
    return Uint8Array.from(bytes).fill(0, from, Math.max(SYNCED_END - this.#length, from));
  }
}

/** Of the whole file, wherever its handle stands. */
export function fingerprintOf(fd: number): Fingerprint {
  const print = new Fingerprinter();
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = 0; ;) {
    const read = readSync(fd, chunk, 0, CHUNK_BYTES, at);
    if (read === 0) return print.end();
    print.add(chunk.subarray(0, read));
    at += read;
  }
}
