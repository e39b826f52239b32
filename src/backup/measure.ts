/** Size and digests of what passes. */

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Measured } from "./manifest.ts";

export class Measure {
  readonly #sha256 = createHash("sha256");
  #size = 0;
  #crc32 = 0;
  #result: Measured | undefined;

  async *passing(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      this.#size += chunk.length;
      this.#crc32 = crc32(chunk, this.#crc32);
      this.#sha256.update(chunk);
      yield chunk;
    }
  }

  /** Until now. */
  get size(): number {
    return this.#size;
  }

  /** Once all has passed. */
  get result(): Measured {
    return (this.#result ??= { size: this.#size, sha256: this.#sha256.digest("hex"), crc32: this.#crc32 });
  }
}
