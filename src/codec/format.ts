/** Constants of the state file (spec/state-file.md). */

import type { DirectoryMap } from "../model/map.ts";

export const SIGNATURE = [0x9d, 0x9f, 0x53, 0x33] as const;

export const Mark = {
  bucket: 0x90,
  bucketEnd: 0x91,
  map: 0x92,
  mapEnd: 0x93,
  record: 0x94,
  recordEnd: 0x95,
  md5Etag: 0x96,
  textEtag: 0x97,
  option: 0x98,
  optionEnd: 0x99,
  metadata: 0x9a,
  metadataEnd: 0x9b,
} as const;

/** Where the last synced time stands: the one field that is ever written in place. */
export const SYNCED_OFFSET = 6;

export const MAX_GZIP_LEVEL = 11;
/** Of an object key: the limit of S3. */
export const MAX_KEY_BYTES = 1024;
/** Of any other string: what Linux takes as a path. */
export const MAX_STRING_BYTES = 4096;
/** Maps, and bucket blocks, in one file: both are held in memory. */
export const MAX_BLOCKS = 65_536;

export type Version = 1 | 2;

/** The lowest version that can hold these maps. */
export function versionFor(maps: readonly DirectoryMap[]): Version {
  return maps.some(({ options }) => Object.keys(options).length > 0) ? 2 : 1;
}
