/** The conditions of a request, judged at the moment at which it takes effect. */

import type { ConditionMode } from "./fault-rules.ts";
import { S3Error } from "./s3-error.ts";
import { headerOf, type S3Request } from "./s3-request.ts";
import type { StoredObject, Version } from "./store.ts";

/** For PutObject, CopyObject (of the destination) and CompleteMultipartUpload. @throws {S3Error} 412, 404, 501 */
export function checkWrite(request: S3Request, current: StoredObject | undefined, mode: ConditionMode): void {
  const ifMatch = headerOf(request, "if-match");
  const ifNoneMatch = headerOf(request, "if-none-match");
  if ((ifMatch ?? ifNoneMatch) === undefined || mode === "ignored") return;
  if (mode === "refused") throw notImplemented(ifMatch === undefined ? "If-None-Match" : "If-Match");

  // Only these two forms are documented for writes, and not both at once.
  if (ifNoneMatch !== undefined && (ifNoneMatch !== "*" || ifMatch !== undefined))
    throw notImplemented("If-None-Match");
  if (ifMatch === "*") throw notImplemented("If-Match");
  if (ifNoneMatch !== undefined && current !== undefined) throw failed("If-None-Match");
  if (ifMatch === undefined) return;
  if (current === undefined) throw new S3Error(404, "NoSuchKey");
  if (!sameEtag(ifMatch, current.etag)) throw failed("If-Match");
}

/** For DeleteObject, and each object of DeleteObjects. @throws {S3Error} 412, 404, 501 */
export function checkDelete(
  ifMatch: string | undefined,
  latest: Version | undefined,
  mode: ConditionMode,
): void {
  if (ifMatch === undefined || mode === "ignored") return;
  if (mode === "refused") throw notImplemented("If-Match");
  if (latest === undefined) throw new S3Error(404, "NoSuchKey");
  if (latest.object === undefined) throw failed("If-Match");
  if (ifMatch !== "*" && !sameEtag(ifMatch, latest.object.etag)) throw failed("If-Match");
}

/** For GetObject and HeadObject. @throws {S3Error} 412, 304 */
export function checkRead(request: S3Request, object: StoredObject): void {
  const ifMatch = headerOf(request, "if-match");
  const ifNoneMatch = headerOf(request, "if-none-match");
  if (ifMatch !== undefined && ifMatch !== "*" && !sameEtag(ifMatch, object.etag)) throw failed("If-Match");
  if (ifNoneMatch !== undefined && (ifNoneMatch === "*" || sameEtag(ifNoneMatch, object.etag))) {
    throw new S3Error(304, "NotModified");
  }
}

/** For the source of a copy: both fail with 412. */
export function checkSource(request: S3Request, source: StoredObject, mode: ConditionMode): void {
  if (mode === "ignored") return;
  const ifMatch = headerOf(request, "x-amz-copy-source-if-match");
  const ifNoneMatch = headerOf(request, "x-amz-copy-source-if-none-match");
  if (ifMatch !== undefined && !sameEtag(ifMatch, source.etag)) throw failed("x-amz-copy-source-If-Match");
  if (ifNoneMatch !== undefined && sameEtag(ifNoneMatch, source.etag)) {
    throw failed("x-amz-copy-source-If-None-Match");
  }
}

export function sameEtag(given: string, etag: string): boolean {
  return given.replaceAll('"', "") === etag;
}

function failed(condition: string): S3Error {
  return new S3Error(412, "PreconditionFailed", { Condition: condition });
}

function notImplemented(header: string): S3Error {
  return new S3Error(501, "NotImplemented", { Header: header });
}
