/** What a backup says of the version that it keeps. Version 1 had neither `version` nor `mode` nor `sealed`. */

import { keyText, type ObjectKey } from "../model/object-key.ts";
import type { Loser } from "../ports/loser-store.ts";

export const CONTENT_ENTRY = "content";
export const MANIFEST_ENTRY = "manifest.json";
export const MANIFEST_VERSION = 2;
/** Bytes. The longest path, root and prefix, each byte escaped, have room. */
export const MANIFEST_MAX = 64 * 1024;

/** What has really passed. */
export interface Measured {
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly crc32: number;
}

/** @param sealed how the content is stored, where that is not as it is */
export function manifestText(loser: Loser, { size, sha256 }: Measured, sealed: string | undefined): string {
  const { map, key, side, reason, mtimeNs, mode } = loser;
  const manifest = {
    version: MANIFEST_VERSION,
    ...naming(key),
    map: { root: map.root, bucket: map.bucket, prefix: map.prefix },
    side,
    reason,
    mtimeNs: String(mtimeNs),
    mode: mode === undefined ? undefined : `0${mode.toString(8)}`,
    size,
    sha256,
    sealed,
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** The path as text; where it is not UTF-8, its bytes too. */
function naming(key: ObjectKey): { readonly path: string; readonly keyHex?: string } {
  try {
    return { path: keyText(key) };
  } catch {
    const bytes = Buffer.from(key, "latin1");
    return { path: bytes.toString("utf8"), keyHex: bytes.toString("hex") };
  }
}
