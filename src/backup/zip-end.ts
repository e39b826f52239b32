/**
 * The end of an archive, checked before the package that reads zips sees it: lies there would make it wait
 * for ever, allocate what it is told to, or throw where nobody can catch it.
 */

import { readSync } from "node:fs";
import { PathError } from "../model/errors.ts";

const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
/** Of all three records, as they stand at the end of an archive above 4 GiB. */
const TAIL_BYTES = END64_BYTES + LOCATOR_BYTES + END_BYTES;

const END_MARK = Buffer.from("PK\x05\x06", "latin1");
const LOCATOR_MARK = Buffer.from("PK\x06\x07", "latin1");
const END64_MARK = Buffer.from("PK\x06\x06", "latin1");

/** In the 32 bits of an offset: see the larger record. */
const IS_LARGE = 0xffff_ffff;
const ENTRIES = 2;
/** Two entries with short names and no comments; an archive of ours has less. */
const DIRECTORY_MAX = 512;

/**
 * An archive of ours ends in a directory of two entries, which the end record follows at once, without a comment.
 * @param size of the file
 * @returns where the directory begins: all content lies before it
 * @throws {PathError} the archive does not end so
 */
export function directoryStart(fd: number, size: number): number {
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  for (let at = 0; at < tail.length;) {
    const got = readSync(fd, tail, at, tail.length - at, size - tail.length + at);
    if (got === 0) throw damaged("it became shorter while it was read");
    at += got;
  }
  const endAt = tail.length - END_BYTES;
  if (endAt < 0 || tail.lastIndexOf(END_MARK) !== endAt) throw damaged("its end is missing");
  const end = tail.subarray(endAt);
  const directory =
    end.readUInt32LE(16) === IS_LARGE
      ? largeDirectory(tail, size)
      : {
          entries: end.readUInt16LE(10),
          onThisDisk: end.readUInt16LE(8),
          bytes: end.readUInt32LE(12),
          from: end.readUInt32LE(16),
          to: size - END_BYTES,
        };
  if (directory.entries !== ENTRIES || directory.onThisDisk !== ENTRIES)
    throw damaged("it does not hold two entries");
  const fits = directory.bytes <= DIRECTORY_MAX && directory.from + directory.bytes === directory.to;
  if (!fits || end.readUInt16LE(20) !== 0) throw damaged("its directory is not where it says");
  return directory.from;
}

interface Directory {
  readonly entries: number;
  readonly onThisDisk: number;
  readonly bytes: number;
  readonly from: number;
  /** Where it must end. */
  readonly to: number;
}

function largeDirectory(tail: Buffer, size: number): Directory {
  const isWhole =
    tail.length === TAIL_BYTES &&
    tail.lastIndexOf(END64_MARK) === 0 &&
    tail.lastIndexOf(LOCATOR_MARK) === END64_BYTES;
  const to = size - TAIL_BYTES;
  if (!isWhole || u64(tail, END64_BYTES + 8) !== to) throw damaged("its end is missing");
  return {
    onThisDisk: u64(tail, 24),
    entries: u64(tail, 32),
    bytes: u64(tail, 40),
    from: u64(tail, 48),
    to,
  };
}

/** Above 2^53 it is not exact, and equal to nothing that it is compared with. */
function u64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);
}

export function damaged(why: string): PathError {
  return new PathError(`is damaged, or no backup of s3-bsync: ${why}`);
}
