/** Runs a program so that it can write nowhere but in a few folders. Needs root, and a kernel that has namespaces. */

import { spawnSync } from "node:child_process";

export const NO_JAIL =
  "no file system can be made read-only for one program here: this needs root and unshare";

/** @returns what must stand before the command; undefined: not here */
export function jail(writable: readonly string[]): readonly string[] | undefined {
  const script = [
    "mount --make-rprivate /",
    ...writable.map((_, at) => `mount --bind "$${at + 1}" "$${at + 1}"`),
    "mount -o remount,bind,ro /",
    `shift ${writable.length}`,
    'exec "$@"',
  ].join(" && ");
  const words = ["unshare", "-m", "sh", "-c", script, "sh", ...writable];
  return spawnSync("unshare", [...words.slice(1), "true"], { stdio: "ignore" }).status === 0
    ? words
    : undefined;
}
