/** One local directory tied to one prefix of one bucket. */

/** What version 1 of the state file cannot hold, in the order in which version 2 writes it. */
export const MAP_OPTION_NAMES = [
  "backup",
  "ca-bundle",
  "direction",
  "endpoint-url",
  "header",
  "on-conflict",
  "path-style",
  "profile",
  "region",
  "request-payer",
  "sse",
  "storage-class",
] as const;
export type MapOptionName = (typeof MAP_OPTION_NAMES)[number];
export type MapOptions = { readonly [name in MapOptionName]?: string };

export interface DirectoryMap {
  /** Absolute path, without a final "/". */
  readonly root: string;
  readonly bucket: string;
  /** Without a final "/"; "" is the whole bucket. */
  readonly prefix: string;
  /** 0 is off, 1 to 9 zlib, 10 and 11 Zopfli. */
  readonly gzip: number;
  readonly recursive: boolean;
  readonly gpg: boolean;
  /** Of the GPG key; may be set while `gpg` is off. */
  readonly email: string;
  readonly options: MapOptions;
}

/** `s3://bucket/prefix`, as the user writes it. */
export function destinationOf({ bucket, prefix }: Pick<DirectoryMap, "bucket" | "prefix">): string {
  return prefix === "" ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
}

type Places = Pick<DirectoryMap, "root" | "bucket" | "prefix">;

/** The same pair of places, whatever its options. */
export function isSameMap(a: Places, b: Places): boolean {
  return a.root === b.root && a.bucket === b.bucket && a.prefix === b.prefix;
}
