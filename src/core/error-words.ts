/** Errors of the system in words that a user understands. */

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission is denied",
  EPERM: "the system does not permit it",
  EROFS: "the file system is read-only",
  EIO: "the disk reports an error",
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file is too large for this file system",
  ENAMETOOLONG: "the name is too long for this file system",
  EINVAL: "the file system does not accept it",
  EILSEQ: "the file system does not accept the name",
  ENOENT: "it is not there",
  ENOTDIR: "a part of its path is no directory",
  EISDIR: "a directory is in its place",
  ELOOP: "there are too many symbolic links",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  EBUSY: "it is in use",
  ETXTBSY: "it is being run",
};

export function errorWords(code: string): string {
  const words = WORDS[code];
  return words === undefined ? code : `${words} (${code})`;
}

/** @returns such as "ENOENT"; undefined: this is no error of the system */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("errno" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
