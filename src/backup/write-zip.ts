/** Writes one loser as a zip: content first, then what is known of it. */

import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { ZipFile } from "yazl";
import type { Loser } from "../ports/loser-store.ts";
import { CONTENT_ENTRY, MANIFEST_ENTRY, manifestText, type Measured } from "./manifest.ts";

/** Above this an entry needs the larger form of the format, and it must be told before its content is there. */
const LARGE = 2 ** 31;

/**
 * Stored, not compressed: the content stands in the file as it was. Entries have names of ours, never the
 * key. The file is new, 0600 and flushed to the disk.
 * @throws what the chunks throw, and errors of the file system
 */
export async function writeZip(
  path: string,
  loser: Loser,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Measured> {
  const zip = new ZipFile();
  const output = new PassThrough();
  const measure = new Measure();
  const content = Readable.from(measure.passing(chunks), { objectMode: false });
  const fail = (error: Error): unknown => output.destroy(error);
  content.once("error", fail);
  zip.once("error", fail);
  zip.outputStream.pipe(output);

  const options = { mtime: entryTime(loser.mtimeNs), mode: 0o100600, compress: false };
  zip.addReadStream(content, CONTENT_ENTRY, { ...options, forceZip64Format: loser.size >= LARGE });
  zip.addReadStreamLazy(MANIFEST_ENTRY, options, (give) =>
    give(undefined, Readable.from([Buffer.from(manifestText(loser, measure.result))])),
  );
  zip.end();
  try {
    await pipeline(output, createWriteStream(path, { flags: "wx", mode: 0o600, flush: true }));
  } finally {
    content.destroy();
  }
  return measure.result;
}

class Measure {
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

  /** Once all has passed. */
  get result(): Measured {
    return (this.#result ??= { size: this.#size, sha256: this.#sha256.digest("hex"), crc32: this.#crc32 });
  }
}

/** The form has no times before 1980 or after 2038; the exact one is in the manifest. */
function entryTime(mtimeNs: bigint): Date {
  const ms = Number(mtimeNs / 1_000_000n);
  return new Date(Math.min(Math.max(ms, Date.UTC(1980, 0, 2)), Date.UTC(2038, 0, 18)));
}
