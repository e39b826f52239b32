/** The checksum that Amazon S3 keeps beside an object. */

import { crc32 as add } from "node:zlib";

/** Of all of them as one. @returns as headers have it: base64 of four bytes, the highest first */
export function crc32(chunks: readonly Uint8Array[]): string {
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(chunks.reduce((sum, chunk) => add(chunk, sum), 0));
  return crc.toString("base64");
}
