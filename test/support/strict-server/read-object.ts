/** GetObject and HeadObject: the whole, a range, or one part. */

import { checkRead } from "./conditions.ts";
import { checkReadable, checksumHeaders, versionHeaders } from "./objects.ts";
import type { Call, Reply } from "./reply.ts";
import { S3Error } from "./s3-error.ts";
import { headerOf, type S3Request } from "./s3-request.ts";
import type { Bucket, StoredObject, Version } from "./store.ts";

interface Span {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export function getObject(call: Call): Reply {
  const { object, headers } = found(call);
  checkReadable(object);
  return answer(call.request, object, headers);
}

/** The server leaves the body out when it sends. */
export function headObject(call: Call): Reply {
  const { object, headers } = found(call);
  return answer(call.request, object, headers);
}

function found({ request, bucket }: Call): { object: StoredObject; headers: Reply["headers"] } {
  const target = bucket();
  const version = versionOf(request, target);
  const object = version?.object;
  if (version === undefined || object === undefined) throw new S3Error(404, "NoSuchKey");
  checkRead(request, object);
  return { object, headers: { ...headersOf(object), ...versionHeaders(target, version) } };
}

function versionOf(request: S3Request, bucket: Bucket): Version | undefined {
  const versionId = request.query.get("versionId");
  if (versionId === undefined) return bucket.latest(request.key);
  const version = bucket.version(request.key, versionId);
  if (version === undefined) throw new S3Error(404, "NoSuchVersion");
  if (version.object === undefined) throw new S3Error(405, "MethodNotAllowed");
  return version;
}

function headersOf(object: StoredObject): Reply["headers"] {
  const archived = object.storageClass !== "STANDARD" ? { "x-amz-storage-class": object.storageClass } : {};
  return {
    ...object.headers,
    ...archived,
    etag: `"${object.etag}"`,
    "last-modified": object.lastModified.toUTCString(),
    "accept-ranges": "bytes",
  };
}

function answer(request: S3Request, object: StoredObject, headers: Reply["headers"]): Reply {
  const { bytes, parts } = object;
  const partNumber = request.query.get("partNumber");
  const span =
    partNumber === undefined ? rangeOf(request, bytes.length) : partSpan(object, Number(partNumber));
  if (span === undefined) {
    const asked = headerOf(request, "x-amz-checksum-mode") === "ENABLED";
    return {
      status: 200,
      headers: { ...headers, ...(asked ? checksumHeaders(object.checksum) : {}) },
      body: bytes,
    };
  }
  const count =
    partNumber !== undefined && parts.length > 0 ? { "x-amz-mp-parts-count": `${parts.length}` } : {};
  const range = { "content-range": `bytes ${span.from}-${span.to - 1}/${bytes.length}` };
  return {
    status: 206,
    headers: { ...headers, ...count, ...range },
    body: bytes.subarray(span.from, span.to),
  };
}

/** @returns undefined: no range was asked for, or none that S3 understands */
function rangeOf(request: S3Request, size: number): Span | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(headerOf(request, "range") ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (from >= size || from >= to) throw new S3Error(416, "InvalidRange");
  return { from, to };
}

function partSpan(object: StoredObject, partNumber: number): Span | undefined {
  const { parts, bytes } = object;
  if (parts.length === 0) {
    if (partNumber !== 1) throw new S3Error(416, "InvalidPartNumber");
    return bytes.length === 0 ? undefined : { from: 0, to: bytes.length };
  }
  const size = parts[partNumber - 1];
  if (size === undefined) throw new S3Error(416, "InvalidPartNumber");
  const from = parts.slice(0, partNumber - 1).reduce((sum, part) => sum + part, 0);
  return { from, to: from + size };
}
