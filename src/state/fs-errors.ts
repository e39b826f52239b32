/** Errors of the file system about the state file and what lies beside it: they end the run. */

import { BsyncError } from "../model/errors.ts";

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EIO: "input/output error",
  ENOENT: "no such file or directory",
  ENOTDIR: "a part of the path is not a directory",
  EISDIR: "it is a directory",
  ELOOP: "too many symbolic links",
  EXDEV: "it lies on another file system",
  EMFILE: "too many open files",
  EEXIST: "something of that name is there already",
};

const OTHER = "or name another state file with --file";
const HINTS: Readonly<Record<string, string>> = {
  EACCES: `see to its permissions, ${OTHER}`,
  EPERM: `see to its permissions, ${OTHER}`,
  EROFS: `mount it for writing, ${OTHER}`,
  ENOSPC: `make room there, ${OTHER}`,
  EDQUOT: `make room there, ${OTHER}`,
};

/** What a file system without hard links answers to one. */
export const NO_LINKS: readonly string[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"];

/** @returns the code of an error of the file system; undefined: it is another error */
export function fsCode(error: unknown): string | undefined {
  return error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

/** Runs `work`; an error of the file system comes out as a BsyncError that begins with `what`. */
export function named<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw namedError(what, error);
  }
}

/** @returns the error itself where it is none of the file system */
export function namedError(what: string, cause: unknown, told?: string): unknown {
  const code = fsCode(cause);
  if (code === undefined) return cause;
  const hint = told ?? HINTS[code];
  return new BsyncError(`${what}: ${WORDS[code] ?? code}`, { cause, ...(hint !== undefined && { hint }) });
}

/** @returns undefined where the file system answers one of `codes` */
export function unless<T>(codes: readonly string[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (codes.includes(fsCode(error) ?? "")) return undefined;
    throw error;
  }
}
