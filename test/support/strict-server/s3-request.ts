/** A request, read as one of the operations of S3. */

import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

import { isUtf8, percentDecoded } from "./byte-text.ts";
import { S3Error } from "./s3-error.ts";

export interface S3Request {
  readonly method: string;
  readonly operation: Operation;
  readonly bucket: string;
  /** Byte string; empty where the request is about the bucket. */
  readonly key: string;
  /** Byte strings. */
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  /** As sent, still encoded. */
  readonly path: string;
}

export type Operation = (typeof BY_SHAPE)[number][2] | "ListBuckets";

/** Method, what the request carries, its name; the first that fits. `key`: about an object. `~name`: that header. */
const BY_SHAPE = [
  ["GET", ["key", "tagging"], "GetObjectTagging"],
  ["PUT", ["key", "tagging"], "PutObjectTagging"],
  ["DELETE", ["key", "tagging"], "DeleteObjectTagging"],
  ["GET", ["key", "uploadId"], "ListParts"],
  ["GET", ["key"], "GetObject"],
  ["HEAD", ["key"], "HeadObject"],
  ["PUT", ["key", "uploadId", "~x-amz-copy-source"], "UploadPartCopy"],
  ["PUT", ["key", "uploadId"], "UploadPart"],
  ["PUT", ["key", "~x-amz-copy-source"], "CopyObject"],
  ["PUT", ["key"], "PutObject"],
  ["POST", ["key", "uploads"], "CreateMultipartUpload"],
  ["POST", ["key", "uploadId"], "CompleteMultipartUpload"],
  ["DELETE", ["key", "uploadId"], "AbortMultipartUpload"],
  ["DELETE", ["key"], "DeleteObject"],
  ["GET", ["versioning"], "GetBucketVersioning"],
  ["PUT", ["versioning"], "PutBucketVersioning"],
  ["GET", ["versions"], "ListObjectVersions"],
  ["GET", ["uploads"], "ListMultipartUploads"],
  ["GET", ["location"], "GetBucketLocation"],
  ["GET", ["list-type"], "ListObjectsV2"],
  ["GET", [], "ListObjects"],
  ["POST", ["delete"], "DeleteObjects"],
  ["HEAD", [], "HeadBucket"],
  ["PUT", [], "CreateBucket"],
  ["DELETE", [], "DeleteBucket"],
] as const;

/** Parts of an object or bucket that this server does not have. */
const UNKNOWN_PARTS = ["acl", "policy", "lifecycle", "encryption", "restore", "retention", "select"];

const KEY_BYTES_MAX = 1024;

/** @throws {S3Error} */
export function readRequest(message: IncomingMessage): S3Request {
  const [path = "", search = ""] = split(message.url ?? "/", "?");
  const [bucket = "", rawKey = ""] = split(path.slice(1), "/");
  const key = percentDecoded(rawKey);
  if (key === undefined || !isUtf8(key)) throw new S3Error(400, "InvalidURI");
  if (key.length > KEY_BYTES_MAX) throw new S3Error(400, "KeyTooLongError");

  const query = readQuery(search);
  const { method = "GET", headers } = message;
  return {
    method,
    operation: operationOf(method, bucket, key, query, headers),
    bucket,
    key,
    query,
    headers,
    path,
  };
}

export function readQuery(search: string): ReadonlyMap<string, string> {
  const pairs = search.split("&").filter((part) => part !== "");
  return new Map(
    pairs.map((part): [string, string] => {
      const [name = "", value = ""] = split(part, "=");
      return [percentDecoded(name) ?? name, percentDecoded(value.replaceAll("+", " ")) ?? value];
    }),
  );
}

/** A header that came once; undefined where it did not come. */
export function headerOf(request: Pick<S3Request, "headers">, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

function operationOf(
  method: string,
  bucket: string,
  key: string,
  query: ReadonlyMap<string, string>,
  headers: IncomingHttpHeaders,
): Operation {
  if (bucket === "" && method === "GET") return "ListBuckets";
  if (UNKNOWN_PARTS.some((part) => query.has(part)) || (key === "" && query.has("tagging")))
    throw new S3Error(501, "NotImplemented");
  const carries = (part: string) => (part.startsWith("~") ? part.slice(1) in headers : query.has(part));
  const shape = BY_SHAPE.find(
    ([verb, parts]) =>
      verb === method &&
      (key !== "") === (parts as readonly string[]).includes("key") &&
      parts.every((part) => part === "key" || carries(part)),
  );
  if (shape === undefined) throw new S3Error(405, "MethodNotAllowed");
  return shape[2];
}

function split(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
