/** The body of a request, with everything checked that was said about it. */

import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";

import { ALGORITHMS, checksumHeader, checksumOf, md5, type Checksum } from "./checksums.ts";
import { S3Error } from "./s3-error.ts";
import { headerOf, type S3Request } from "./s3-request.ts";

export interface Body {
  readonly bytes: Buffer;
  /** The one that came with it and was right. */
  readonly checksum: Checksum | undefined;
}

const SINGLE_PUT_MAX = 5 * 1024 ** 3;

/** @returns undefined: the connection ended before the body did */
export async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return message.complete ? Buffer.concat(chunks) : undefined;
}

/** @throws {S3Error} */
export function checkLength(request: S3Request): void {
  const length = headerOf(request, "content-length");
  const decoded = headerOf(request, "x-amz-decoded-content-length");
  if (request.method === "PUT" && request.key !== "" && length === undefined && decoded === undefined) {
    throw new S3Error(411, "MissingContentLength");
  }
  if (Number(decoded ?? length ?? 0) > SINGLE_PUT_MAX) throw new S3Error(400, "EntityTooLarge");
}

/** @throws {S3Error} the body is not what the headers say */
export function checkedBody(request: S3Request, raw: Buffer): Body {
  const payload = headerOf(request, "x-amz-content-sha256") ?? "";
  if (payload === "STREAMING-UNSIGNED-PAYLOAD-TRAILER") return chunkedBody(request, raw);
  if (payload.startsWith("STREAMING-")) throw new S3Error(501, "NotImplemented");
  if (payload !== "UNSIGNED-PAYLOAD" && createHash("sha256").update(raw).digest("hex") !== payload) {
    throw new S3Error(400, "XAmzContentSHA256Mismatch");
  }
  checkMd5(request, raw);
  // There it is the checksum of the object that is put together.
  if (request.operation === "CompleteMultipartUpload") return { bytes: raw, checksum: undefined };
  return { bytes: raw, checksum: checkedSum(raw, (name) => headerOf(request, name)) };
}

/** Chunks of `length CRLF bytes CRLF`, then trailing headers. */
function chunkedBody(request: S3Request, raw: Buffer): Body {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = raw.indexOf("\r\n", at);
    const length = Number.parseInt(raw.toString("latin1", at, lineEnd), 16);
    if (lineEnd === -1 || Number.isNaN(length)) throw new S3Error(400, "IncompleteBody");
    at = lineEnd + 2;
    if (length === 0) break;
    chunks.push(raw.subarray(at, at + length));
    at += length + 2;
  }
  const trailers = new Map(
    raw
      .toString("latin1", at)
      .split("\r\n")
      .map((line) => line.split(":"))
      .map(([name = "", value = ""]) => [name.trim().toLowerCase(), value.trim()]),
  );
  const bytes = Buffer.concat(chunks);
  if (bytes.length !== Number(headerOf(request, "x-amz-decoded-content-length"))) {
    throw new S3Error(400, "IncompleteBody");
  }
  checkMd5(request, bytes);
  return { bytes, checksum: checkedSum(bytes, (name) => trailers.get(name) ?? headerOf(request, name)) };
}

function checkMd5(request: S3Request, bytes: Buffer): void {
  const given = headerOf(request, "content-md5");
  if (given === undefined) return;
  const digest = Buffer.from(given, "base64");
  if (digest.length !== 16) throw new S3Error(400, "InvalidDigest");
  if (!digest.equals(md5(bytes))) throw new S3Error(400, "BadDigest");
}

function checkedSum(bytes: Buffer, field: (name: string) => string | undefined): Checksum | undefined {
  const given = ALGORITHMS.filter((algorithm) => field(checksumHeader(algorithm)) !== undefined);
  const [algorithm] = given;
  if (algorithm === undefined) return undefined;
  if (given.length > 1) throw new S3Error(400, "InvalidRequest");
  const value = checksumOf(algorithm, bytes);
  if (value !== field(checksumHeader(algorithm))) throw new S3Error(400, "BadDigest");
  return { algorithm, value, type: "FULL_OBJECT" };
}
