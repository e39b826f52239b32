/** Checksums of content as S3 names them, in base64. */

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

export type Algorithm = "CRC32" | "CRC32C" | "SHA1" | "SHA256";

export const ALGORITHMS: readonly Algorithm[] = ["CRC32", "CRC32C", "SHA1", "SHA256"];

export interface Checksum {
  readonly algorithm: Algorithm;
  readonly value: string;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

/** Name of the header that carries it. */
export function checksumHeader(algorithm: Algorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

export function checksumOf(algorithm: Algorithm, bytes: Uint8Array): string {
  switch (algorithm) {
    case "CRC32":
      return bigEndian(crc32(bytes));
    case "CRC32C":
      return bigEndian(crc32c(bytes));
    case "SHA1":
      return createHash("sha1").update(bytes).digest("base64");
    case "SHA256":
      return createHash("sha256").update(bytes).digest("base64");
  }
}

export function md5(bytes: Uint8Array): Buffer {
  return createHash("md5").update(bytes).digest();
}

function bigEndian(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString("base64");
}

/** Castagnoli's polynomial, reflected. */
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ (CRC32C_TABLE[(value ^ byte) & 0xff] as number);
  return ~value >>> 0;
}
