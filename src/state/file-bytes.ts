/** Bytes of an open file, for the codec. */

import { closeSync, constants, fstatSync, openSync, readSync, unlinkSync } from "node:fs";
import type { ByteSource } from "../codec/bytes.ts";
import { BsyncError } from "../model/errors.ts";
import { tempIn } from "./companion.ts";
import { named, unless } from "./fs-errors.ts";

/** Reads from `offset` on, whatever else reads the same handle. */
export function fileBytes(fd: number, offset = 0): ByteSource {
  let position = offset;
  return {
    read(into, at) {
      const read = readSync(fd, into, at, into.length - at, position);
      position += read;
      return read;
    },
    latin1: (bytes, end) => Buffer.from(bytes.buffer, bytes.byteOffset, end).toString("latin1"),
  };
}

/**
 * @returns undefined: there is none
 * @throws {BsyncError} it cannot be read, or is no regular file
 */
export function openRegular(path: string): number | undefined {
  return named(path, () => {
    // A FIFO would hold us up until somebody writes.
    const fd = unless(["ENOENT"], () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    if (fd === undefined || fstatSync(fd).isFile()) return fd;
    closeSync(fd);
    throw new BsyncError(`${path} is not a regular file`, { hint: "name another state file with --file" });
  });
}

/** A file that has no name, and is gone with its handle. */
export function openNameless(folder: string): number {
  return named(folder, () => {
    const temp = tempIn(folder);
    const fd = openSync(temp, "wx+", 0o600);
    unlinkSync(temp);
    return fd;
  });
}
