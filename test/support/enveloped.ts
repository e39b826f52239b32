/** Content on its way into an envelope and out of it. */

import { createHash } from "node:crypto";
import { openSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { DecryptTools } from "../../src/envelope/decrypt.ts";
import type { Enveloped } from "../../src/model/encoding.ts";
import { tempDir } from "./temp-dir.ts";

/** What its metadata say. */
export function envelopedAs(encoding: Enveloped["encoding"], plain: Uint8Array): Enveloped {
  return { encoding, size: plain.length, sha256: createHash("sha256").update(plain).digest("hex") };
}

export async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(Buffer.from(chunk));
  return Buffer.concat(all);
}

/** Chunks that know whether they were let go of. */
export class Source implements AsyncIterable<Uint8Array> {
  readonly #next: () => AsyncIterator<Uint8Array>;
  #closed = false;

  /** @param failure thrown in place of the end */
  constructor(chunks: Iterable<Uint8Array>, failure?: Error) {
    const close = (): void => void (this.#closed = true);
    this.#next = async function* () {
      try {
        yield* chunks;
        if (failure !== undefined) throw failure;
      } finally {
        close();
      }
    };
  }

  get closed(): boolean {
    return this.#closed;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#next();
  }
}

/** Pieces of so many bytes. */
export function pieces(bytes: Uint8Array, length: number): readonly Uint8Array[] {
  const count = Math.ceil(bytes.length / length);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * length, (at + 1) * length));
}

/** The nameless files of a test, in a folder of its own. */
export function decryptTools(
  env: DecryptTools["env"],
  more: Partial<DecryptTools> = {},
): DecryptTools & Disposable & { readonly folder: string } {
  const temp = tempDir("plain");
  const openNameless = (): number => {
    const path = join(temp.path, "plain");
    const fd = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    return fd;
  };
  return {
    env,
    folder: temp.path,
    openNameless,
    mayAsk: false,
    ...more,
    [Symbol.dispose]: () => temp.remove(),
  };
}
