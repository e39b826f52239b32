/** What a file carries beside its content. */

import { fchmodSync, fchownSync, fstatSync, futimesSync, type Stats } from "node:fs";

export const PERMISSIONS = 0o777; // never set-user-id or set-group-id: they were given to other content

/** The permissions of the file that is replaced and, as far as this user may give them away, its owner and group. */
export function inheritAttributes(fd: number, old: Stats): void {
  const { uid, gid } = fstatSync(fd);
  if (uid !== old.uid || gid !== old.gid) {
    try {
      fchownSync(fd, old.uid, old.gid);
    } catch {
      // Only root may: for others the new file is their own.
    }
  }
  fchmodSync(fd, old.mode & PERMISSIONS);
}

/** What the common file systems can hold at all: 2^31 s before 1970 to the year 2446. */
const MIN_MS = -(2 ** 31) * 1000;
const MAX_MS = 15_032_385_535_000;

/** A time that no file system could hold is left as it is: the content matters more. */
export function setFileTime(fd: number, mtimeNs: bigint): void {
  const us = mtimeNs / 1000n;
  const ms = Number(us) / 1000;
  if (ms < MIN_MS || ms > MAX_MS) return;
  // Node takes seconds as a double and cuts at microseconds: half a one more hits the right one. A negative
  // number it takes for "now", but not a date.
  const mtime = mtimeNs < 0n ? new Date(Math.floor(ms)) : (Number(us) + 0.5) / 1e6;
  futimesSync(fd, Date.now() / 1000, mtime);
}
