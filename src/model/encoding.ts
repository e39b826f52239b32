/** The forms in which the content of an object is stored, and what its metadata say of it. */

import type { DirectoryMap } from "./map.ts";

/** "" is as it is; the last is compressed, then encrypted. */
export const ENCODINGS = ["", "gzip", "openpgp", "gzip+openpgp"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Content in an envelope. */
export interface Enveloped {
  readonly encoding: Exclude<Encoding, "">;
  /** Of the plain content, in bytes. */
  readonly size: number;
  /** Of the plain content, lower-case hex. */
  readonly sha256: string;
}

/** What a map makes of new content; objects that are there say for themselves what they are. */
export function encodingOf({ gzip, gpg }: Pick<DirectoryMap, "gzip" | "gpg">): Encoding {
  if (gpg) return gzip > 0 ? "gzip+openpgp" : "openpgp";
  return gzip > 0 ? "gzip" : "";
}

export function isCompressed(encoding: Encoding): boolean {
  return encoding === "gzip" || encoding === "gzip+openpgp";
}

export function isEncrypted(encoding: Encoding): boolean {
  return encoding === "openpgp" || encoding === "gzip+openpgp";
}

/** Whether new content of this map goes into envelopes. */
export function hasEnvelopes({ gzip, gpg }: Pick<DirectoryMap, "gzip" | "gpg">): boolean {
  return gzip > 0 || gpg;
}
