/** Archives made byte by byte, so that every field of them can lie. */

import { createHash } from "node:crypto";
import { crc32, deflateRawSync } from "node:zlib";

export interface EntryBytes {
  readonly name: string;
  readonly data: Uint8Array;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** File type and permissions. */
  readonly mode: number;
  /** What the header beside the content says instead. */
  readonly local: { readonly method?: number; readonly extra?: number; readonly name?: string };
  /** Where the directory says that it lies; undefined: where it does. */
  readonly offset: number | undefined;
  /** Sizes and offset as the larger form has them. */
  readonly large: boolean;
}

export function entry(name: string, data: Uint8Array | string, lies: Partial<EntryBytes> = {}): EntryBytes {
  const bytes = Buffer.from(data);
  const crc = crc32(bytes);
  const honest = { name, data: bytes, method: 0, flags: 0x808, crc, mode: 0o100600, local: {} };
  const sizes = { compressedSize: bytes.length, size: bytes.length };
  return { ...honest, ...sizes, offset: undefined, large: false, ...lies };
}

export function deflated(name: string, data: Uint8Array | string): EntryBytes {
  const bytes = Buffer.from(data);
  const packed = deflateRawSync(bytes);
  const { crc, size } = entry(name, bytes);
  return entry(name, packed, { method: 8, crc, size });
}

export interface EndLies {
  readonly entries?: number;
  readonly bytes?: number;
  readonly from?: number;
  readonly comment?: string;
  /** With the records of an archive above 4 GiB, in which these fields lie. */
  readonly large?: {
    readonly entries?: number;
    readonly bytes?: number;
    readonly from?: number;
    readonly at?: number;
  };
}

export function zipBytes(entries: readonly EntryBytes[], lies: EndLies = {}): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  const add = (bytes: Buffer): void => {
    parts.push(bytes);
    at += bytes.length;
  };
  const offsets = entries.map((each) => {
    const offset = at;
    add(localHeader(each));
    add(Buffer.from(each.data));
    return offset;
  });
  const from = at;
  for (const [index, each] of entries.entries())
    add(directoryEntry(each, each.offset ?? offsets[index] ?? 0));
  const bytes = at - from;
  if (lies.large !== undefined) {
    const { large } = lies;
    const recordAt = at;
    const count = BigInt(large.entries ?? entries.length);
    add(
      fields(
        ["PK\x06\x06"],
        [44, 8],
        [45, 2],
        [45, 2],
        [0, 4],
        [0, 4],
        [count, 8],
        [count, 8],
        [BigInt(large.bytes ?? bytes), 8],
        [BigInt(large.from ?? from), 8],
      ),
    );
    add(fields(["PK\x06\x07"], [0, 4], [BigInt(large.at ?? recordAt), 8], [1, 4]));
  }
  const isLarge = lies.large !== undefined;
  const count = lies.entries ?? (isLarge ? 0xffff : entries.length);
  const comment = Buffer.from(lies.comment ?? "", "latin1");
  add(
    fields(
      ["PK\x05\x06"],
      [0, 2],
      [0, 2],
      [count, 2],
      [count, 2],
      [lies.bytes ?? (isLarge ? 0xffff_ffff : bytes), 4],
      [lies.from ?? (isLarge ? 0xffff_ffff : from), 4],
      [comment.length, 2],
    ),
  );
  add(comment);
  return Buffer.concat(parts);
}

/** The manifest of a version, as the program writes it. */
export function manifestOf(
  path: string,
  content: Uint8Array | string,
  change: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    version: 2,
    path,
    map: { root: "/home/ada/photos", bucket: "photos", prefix: "ada" },
    side: "local",
    reason: "conflict",
    mtimeNs: "1700000000123456000",
    size: Buffer.from(content).length,
    sha256: createHash("sha256").update(content).digest("hex"),
    ...change,
  });
}

/** A whole, honest archive. */
export function backupBytes(path: string, content: string): Buffer {
  return zipBytes([entry("content", content), entry("manifest.json", manifestOf(path, content))]);
}

function localHeader({ name, method, flags, local }: EntryBytes): Buffer {
  const bytes = Buffer.from(local.name ?? name);
  const extra = local.extra ?? 0;
  return Buffer.concat([
    fields(
      ["PK\x03\x04"],
      [20, 2],
      [flags, 2],
      [local.method ?? method, 2],
      [0, 4],
      [0, 4],
      [0, 4],
      [0, 4],
      [bytes.length, 2],
      [extra, 2],
    ),
    bytes,
  ]);
}

function directoryEntry(each: EntryBytes, offset: number): Buffer {
  const { name, method, flags, crc, compressedSize, size, mode, large } = each;
  const bytes = Buffer.from(name);
  const extra = large
    ? fields([], [1, 2], [24, 2], [BigInt(size), 8], [BigInt(compressedSize), 8], [BigInt(offset), 8])
    : Buffer.alloc(0);
  return Buffer.concat([
    fields(
      ["PK\x01\x02"],
      [0x33f, 2],
      [20, 2],
      [flags, 2],
      [method, 2],
      [0, 4],
      [crc, 4],
      [large ? 0xffff_ffff : compressedSize, 4],
      [large ? 0xffff_ffff : size, 4],
      [bytes.length, 2],
      [extra.length, 2],
      [0, 2],
      [0, 2],
      [0, 2],
      [(mode << 16) >>> 0, 4],
      [large ? 0xffff_ffff : offset, 4],
    ),
    bytes,
    extra,
  ]);
}

/** Little-endian: a mark, then each number in so many bytes. */
function fields(
  mark: readonly string[],
  ...numbers: readonly (readonly [number | bigint, number])[]
): Buffer {
  return Buffer.concat([
    Buffer.from(mark.join(""), "latin1"),
    ...numbers.map(([value, length]) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(value));
      return bytes.subarray(0, length);
    }),
  ]);
}
