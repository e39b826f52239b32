/** What a backup says of the version that it keeps. Version 1 had neither `version` nor `mode` nor `encoding`. */

import type { Encoding } from "../model/encoding.ts";
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

/** @param plain of the version; what it is stored as, `encoding` tells, where that is another thing */
export function manifestText(
  { map, key, side, reason, mtimeNs, mode }: Loser,
  plain: Pick<Measured, "size" | "sha256">,
  encoding: Encoding,
): string {
  const manifest = {
    version: MANIFEST_VERSION,
    ...naming(key),
    map: { root: map.root, bucket: map.bucket, prefix: map.prefix },
    side,
    reason,
    mtimeNs: String(mtimeNs),
    mode: mode === undefined ? undefined : `0${mode.toString(8)}`,
    size: plain.size,
    sha256: plain.sha256,
    encoding: encoding === "" ? undefined : encoding,
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
