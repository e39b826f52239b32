/** Keys as paths of the file system. */

export type DiskPath = string | Buffer;

/** @param key below `folder`; a byte string. Bytes that are not ASCII reach the file system as they are */
export function diskPath(folder: string, key: string): DiskPath {
  // oxlint-disable-next-line no-control-regex -- NUL to DEL is what ASCII is
  if (!/[^\0-\x7f]/.test(key)) return `${folder}/${key}`;
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(key, "latin1")]);
}

/** The name of a key in its directory. */
export function nameOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}
