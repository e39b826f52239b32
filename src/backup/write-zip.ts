/** Writes one loser as a zip: content first, then what is known of it. */

import { createWriteStream } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import type { Envelope } from "../ports/envelope.ts";
import type { Loser } from "../ports/loser-store.ts";
import { CONTENT_ENTRY, MANIFEST_ENTRY, manifestText, type Measured } from "./manifest.ts";
import { Measure } from "./measure.ts";

export interface Written {
  readonly content: Measured;
  readonly manifest: string;
}

/** Puts content that must not lie open into an envelope. */
export type Seal = Pick<Envelope, "encoding" | "encode">;

/** Above this an entry needs the larger form of the format, and it must be told before its content is there. */
const LARGE = 2 ** 31;

/**
 * Stored, not compressed: the content stands in the file as it was, or in an envelope. Entries have names of ours,
 * never the key. The file is new, 0600 and flushed to the disk.
 * @param seal undefined: the content may lie open, or is in an envelope already
 * @returns what both entries hold: the content as it is stored, and the manifest
 * @throws what the chunks throw, and errors of the file system
 */
export async function writeZip(
  path: string,
  loser: Loser,
  chunks: AsyncIterable<Uint8Array>,
  seal: Seal | undefined,
): Promise<Written> {
  const zip = new ZipFile();
  const output = new PassThrough();
  const plain = new Measure();
  const stored = seal === undefined ? plain : new Measure();
  const passing = plain.passing(chunks);
  const content = Readable.from(seal === undefined ? passing : stored.passing(seal.encode(passing)), {
    objectMode: false,
  });
  let manifest = "";
  const fail = (error: Error): unknown => output.destroy(error);
  content.once("error", fail);
  zip.once("error", fail);
  zip.outputStream.pipe(output);

  const options = { mtime: entryTime(loser.mtimeNs), mode: 0o100600, compress: false };
  zip.addReadStream(content, CONTENT_ENTRY, { ...options, forceZip64Format: loser.size >= LARGE });
  zip.addReadStreamLazy(MANIFEST_ENTRY, options, (give) => {
    manifest = manifestText(
      loser,
      loser.enveloped ?? plain.result,
      loser.enveloped?.encoding ?? seal?.encoding ?? "",
    );
    give(undefined, Readable.from([Buffer.from(manifest)]));
  });
  zip.end();
  try {
    await pipeline(output, createWriteStream(path, { flags: "wx", mode: 0o600, flush: true }));
  } finally {
    content.destroy();
  }
  return { content: stored.result, manifest };
}

/** The form has no times before 1980 or after 2038; the exact one is in the manifest. */
function entryTime(mtimeNs: bigint): Date {
  const ms = Number(mtimeNs / 1_000_000n);
  return new Date(Math.min(Math.max(ms, Date.UTC(1980, 0, 2)), Date.UTC(2038, 0, 18)));
}
