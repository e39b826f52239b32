/** gzip by zlib, in streams: what `gunzip` reads, and nothing in it but the content. */

import { createGunzip, createGzip } from "node:zlib";
import { damaged } from "../ports/envelope.ts";
import { through } from "./through.ts";

const CHUNK_BYTES = 256 * 1024;
const HEADER_BYTES = 10;
/** Where the header names the system; zlib says here what it was built for. */
const SYSTEM_AT = 9;
const UNIX = 3;

/** The same bytes for the same content, however it is cut: no name, no time, no system. @param level 1 to 9 */
export async function* gzipped(
  plain: AsyncIterable<Uint8Array>,
  level: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0;
  for await (const chunk of through(plain, createGzip({ level, chunkSize: CHUNK_BYTES }))) {
    if (at <= SYSTEM_AT && at + chunk.length > SYSTEM_AT) chunk[SYSTEM_AT - at] = UNIX;
    at = Math.min(at + chunk.length, HEADER_BYTES);
    yield chunk;
  }
}

/** Its checksum is known at the end only. @throws {Unreadable} */
export async function* gunzipped(
  stored: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* through(stored, createGunzip({ chunkSize: CHUNK_BYTES }));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "Z_BUF_ERROR") throw damaged("its compressed form is cut off", error);
    if (code === "Z_DATA_ERROR" || code === "Z_NEED_DICT")
      throw damaged("it is not the gzip that it says", error);
    throw error;
  }
}
