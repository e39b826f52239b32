/** AWS Signature Version 4 in the Authorization header, checked. */

import { createHash, createHmac } from "node:crypto";

import type { Account } from "../servers/server-kind.ts";
import { percentDecoded, percentEncoded } from "./byte-text.ts";
import { S3Error } from "./s3-error.ts";
import { headerOf, type S3Request } from "./s3-request.ts";

const ALGORITHM = "AWS4-HMAC-SHA256";
const SKEW_MAX_MS = 15 * 60_000;

interface Authorization {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** @throws {S3Error} not signed, or not rightly, or not now */
export function checkSignature(request: S3Request, search: string, account: Account): void {
  const given = readAuthorization(headerOf(request, "authorization"));
  if (given.accessKeyId !== account.accessKeyId) throw new S3Error(403, "InvalidAccessKeyId");
  if (given.region !== account.region || given.service !== "s3") {
    throw new S3Error(400, "AuthorizationHeaderMalformed", { Region: account.region });
  }
  const time = headerOf(request, "x-amz-date") ?? "";
  checkTime(time, given.day);
  checkSigned(request, given.signedHeaders);

  const scope = `${given.day}/${given.region}/s3/aws4_request`;
  const canonical = sha256(canonicalRequest(request, search, given.signedHeaders));
  const text = [ALGORITHM, time, scope, canonical].join("\n");
  const signature = hmac(signingKey(account, given.day), text).toString("hex");
  if (signature !== given.signature) throw new S3Error(403, "SignatureDoesNotMatch");
}

function readAuthorization(header: string | undefined): Authorization {
  if (header === undefined) throw new S3Error(403, "AccessDenied");
  const shape =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, accessKeyId = "", day = "", region = "", service = "", signed = "", signature = ""] =
    shape.exec(header) ?? [];
  if (signature === "") throw new S3Error(400, "AuthorizationHeaderMalformed");
  return { accessKeyId, day, region, service, signedHeaders: signed.split(";"), signature };
}

/** @param time such as 20261231T235959Z */
function checkTime(time: string, day: string): void {
  const iso = time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const skew = Math.abs(Date.parse(iso) - Date.now());
  if (!time.startsWith(day) || Number.isNaN(skew)) throw new S3Error(403, "AccessDenied");
  if (skew > SKEW_MAX_MS) throw new S3Error(403, "RequestTimeTooSkewed");
}

/** What the signature does not cover could be changed on the way. */
function checkSigned(request: S3Request, signed: readonly string[]): void {
  const needed = Object.keys(request.headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  const open = needed.filter((name) => !signed.includes(name));
  if (open.length > 0) throw new S3Error(403, "AccessDenied", { HeadersNotSigned: open.join(", ") });
}

function canonicalRequest(request: S3Request, search: string, signed: readonly string[]): string {
  const query = search
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const [name = "", ...value] = part.split("=");
      return `${again(name)}=${again(value.join("="))}`;
    })
    .toSorted();
  const headers = signed.map(
    (name) => `${name}:${(headerOf(request, name) ?? "").trim().replace(/ +/g, " ")}\n`,
  );
  return [
    request.method,
    again(request.path, "/"),
    query.join("&"),
    headers.join(""),
    signed.join(";"),
    headerOf(request, "x-amz-content-sha256") ?? "",
  ].join("\n");
}

/** However it was encoded, the signature is over one form. */
function again(encoded: string, keep = ""): string {
  return percentEncoded(percentDecoded(encoded) ?? encoded, keep);
}

function signingKey(account: Account, day: string): Buffer {
  const parts = [day, account.region, "s3", "aws4_request"];
  return parts.reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${account.secretAccessKey}`));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text, "latin1").digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "latin1").digest("hex");
}
