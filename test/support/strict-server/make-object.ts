/** A new object from a request: its headers, its ETag, its time. */

import { randomBytes } from "node:crypto";

import { md5, type Checksum } from "./checksums.ts";
import type { Modes } from "./fault-rules.ts";
import { S3Error } from "./s3-error.ts";
import { headerOf, type S3Request } from "./s3-request.ts";
import { serverTime, type StoredObject } from "./store.ts";
import { type Tags, tagsIn } from "./tagging.ts";

/** What an object has by itself, so that a copy does not get it from its source. */
const ITS_OWN = [
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-website-redirect-location",
];
const KEPT = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
  ...ITS_OWN,
];
const METADATA_BYTES_MAX = 2048;

/** What goes with the content. */
export interface About {
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly tags: Tags;
}

/** @throws {S3Error} too much metadata */
export function aboutOf(request: S3Request): About {
  const metadata = Object.keys(request.headers).filter((name) => name.startsWith("x-amz-meta-"));
  const bytes = metadata.map(
    (name) => name.length - "x-amz-meta-".length + (headerOf(request, name) ?? "").length,
  );
  if (bytes.reduce((sum, one) => sum + one, 0) > METADATA_BYTES_MAX)
    throw new S3Error(400, "MetadataTooLarge");

  const given = [...KEPT, ...metadata]
    .map((name): [string, string] => [name, headerOf(request, name) ?? ""])
    .map(([name, value]): [string, string] => [
      name,
      name === "content-encoding" ? withoutChunked(value) : value,
    ])
    .filter(([, value]) => value !== "");
  const defaults = { "content-type": "binary/octet-stream", "x-amz-server-side-encryption": "AES256" };
  return {
    headers: { ...defaults, ...Object.fromEntries(given) },
    storageClass: headerOf(request, "x-amz-storage-class") ?? "STANDARD",
    tags: tagsIn(request),
  };
}

/** Of a copy, unless the request replaces it: all that went with the source, but for what is an object's own. */
export function copiedAbout(request: S3Request, source: StoredObject): About {
  const given = aboutOf(request);
  const replaced = (directive: string) => headerOf(request, directive) === "REPLACE";
  const own = (headers: About["headers"], is: boolean) =>
    Object.entries(headers).filter(([name]) => ITS_OWN.includes(name) === is);
  return {
    headers: replaced("x-amz-metadata-directive")
      ? given.headers
      : Object.fromEntries([...own(source.headers, false), ...own(given.headers, true)]),
    storageClass: given.storageClass,
    tags: replaced("x-amz-tagging-directive") ? given.tags : source.tags,
  };
}

export function makeObject(
  bytes: Buffer,
  about: About,
  modes: Modes,
  checksum: Checksum | undefined,
): StoredObject {
  const etag = etagOf(bytes, about, modes);
  return { ...about, bytes, etag, checksum, parts: [], lastModified: serverTime() };
}

/** Of an object or part in one piece. Under a key of KMS it is no MD5. */
export function etagOf(bytes: Buffer, about: About, modes: Modes): string {
  if (modes.etags === "text") return `v1-${randomBytes(9).toString("base64url")}`;
  const opaque =
    modes.etags === "random" || about.headers["x-amz-server-side-encryption"]?.startsWith("aws:kms");
  return (opaque ? randomBytes(16) : md5(bytes)).toString("hex");
}

/** It is about the way, not about the content. */
function withoutChunked(encoding: string): string {
  return encoding
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "aws-chunked")
    .join(",");
}
