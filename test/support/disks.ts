/** File systems of their own, for what an ordinary one never does. Only root may mount them. */

import { spawnSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { atExit } from "./servers/at-exit.ts";

export const NO_MOUNT = "a file system cannot be mounted here: this needs root and a kernel that has it";

/** A disk of so many bytes over an empty directory. @returns undefined: not here */
export function smallDisk(folder: string, bytes: number): Disposable | undefined {
  return mounted(folder, ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs"]);
}

/**
 * A disk where names that differ in case only are one, over an empty directory.
 * @param image where to put what it is made of
 * @returns the directory in it that folds, and its end; undefined: not here
 */
export function foldingDisk(
  folder: string,
  image: string,
): (Disposable & { readonly path: string }) | undefined {
  writeFileSync(image, "");
  truncateSync(image, 4 * 1024 * 1024);
  if (!runs("mkfs.ext4", ["-q", "-O", "casefold", "-E", "encoding=utf8", image])) return undefined;
  const disk = mounted(folder, ["-o", "loop", image]);
  const path = join(folder, "folds");
  if (disk === undefined) return undefined;
  mkdirSync(path);
  if (runs("chattr", ["+F", path])) return { path, [Symbol.dispose]: () => disk[Symbol.dispose]() };
  disk[Symbol.dispose]();
  return undefined;
}

function mounted(folder: string, words: readonly string[]): Disposable | undefined {
  if (!runs("mount", [...words, folder])) return undefined;
  const unmount = (): void => {
    runs("umount", [folder]);
  };
  const forget = atExit(unmount);
  const dispose = (): void => {
    unmount();
    forget();
  };
  return { [Symbol.dispose]: dispose };
}

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}
