/** Replaces a file so that at every moment, and after a power cut, it is the old one or the new one. */

import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Sink } from "../codec/bytes.ts";
import { makePrivate, tempIn } from "./companion.ts";
import { named } from "./fs-errors.ts";

/**
 * Writes a new file, mode 0600, and puts it into place.
 * @param folder where it is written until it is whole: on the same file system
 * @param write puts the content into the sink; what it throws comes out, and the old file stays
 * @param ready called when the new file is durable and not yet in place
 * @throws {BsyncError} the file system refuses
 */
export function replaceFile(
  path: string,
  folder: string,
  write: (sink: Sink) => void,
  ready?: () => void,
): void {
  const temp = tempIn(folder);
  named(`${path} cannot be written`, () => {
    makePrivate(folder);
    const fd = openSync(temp, "wx", 0o600);
    try {
      try {
        fchmodSync(fd, 0o600); // whatever the umask
        write((bytes) => writeAll(fd, bytes));
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      ready?.();
      renameSync(temp, path);
    } catch (error) {
      rmSync(temp, { force: true });
      throw error;
    }
    syncDirectory(dirname(path));
  });
}

export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}

/** Makes its content durable. */
export function syncFile(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes names that were given, changed or removed in it durable. */
export function syncDirectory(path: string): void {
  syncFile(path);
}
