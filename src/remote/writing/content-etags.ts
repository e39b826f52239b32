/** The ETags that S3 makes of MD5s. */

import { createHash } from "node:crypto";
import { partSize } from "../../core/part-size.ts";
import type { ContentEtags } from "../../model/etag.ts";

/** Of content that is in memory. */
export function contentEtags(bytes: Uint8Array): ContentEtags {
  const length = partSize(bytes.length);
  const whole = md5Of(bytes);
  const parts: Uint8Array[] = [];
  for (let at = 0; bytes.length > length && at < bytes.length; at += length)
    parts.push(md5Of(bytes.subarray(at, at + length)));
  return { single: whole.toString("hex"), multipart: multipartEtag(parts.length === 0 ? [whole] : parts) };
}

/** The MD5 of the MD5s of the parts, and how many they are. */
export function multipartEtag(parts: readonly Uint8Array[]): string {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part);
  return `${hash.digest("hex")}-${parts.length}`;
}

export function md5Of(bytes: Uint8Array): Buffer {
  return createHash("md5").update(bytes).digest();
}
