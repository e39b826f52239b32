/** What a backup says of the version that it keeps. */

import { keyText, type ObjectKey } from "../model/object-key.ts";
import type { Loser } from "../ports/loser-store.ts";

export const CONTENT_ENTRY = "content";
export const MANIFEST_ENTRY = "manifest.json";

/** What was really written. */
export interface Measured {
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly crc32: number;
}

export function manifestText(loser: Loser, { size, sha256 }: Measured): string {
  const { map, key, side, reason, mtimeNs } = loser;
  const manifest = {
    ...naming(key),
    map: { root: map.root, bucket: map.bucket, prefix: map.prefix },
    side,
    reason,
    mtimeNs: String(mtimeNs),
    size,
    sha256,
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
