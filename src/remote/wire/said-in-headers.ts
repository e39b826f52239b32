/** What requests and answers say in their headers, under the names that the SDK has for it. */

import type {
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
  PutObjectCommandInput,
} from "@aws-sdk/client-s3";

/** What this program ever says of an object, or asks of one. */
export type Said = Pick<
  PutObjectCommandInput,
  | "CacheControl"
  | "ContentDisposition"
  | "ContentLanguage"
  | "ContentMD5"
  | "ContentType"
  | "Expires"
  | "IfMatch"
  | "IfNoneMatch"
  | "Metadata"
  | "SSEKMSKeyId"
  | "ServerSideEncryption"
  | "StorageClass"
> & { readonly Range?: string | undefined };

const NAMES = {
  CacheControl: "cache-control",
  ContentDisposition: "content-disposition",
  ContentLanguage: "content-language",
  ContentMD5: "content-md5",
  ContentType: "content-type",
  IfMatch: "if-match",
  IfNoneMatch: "if-none-match",
  Range: "range",
  SSEKMSKeyId: "x-amz-server-side-encryption-aws-kms-key-id",
  ServerSideEncryption: "x-amz-server-side-encryption",
  StorageClass: "x-amz-storage-class",
} satisfies Partial<Record<keyof Said, string>>;

const METADATA = "x-amz-meta-";

export function headersOf(said: Said): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, header] of Object.entries(NAMES)) {
    const value = said[name as keyof typeof NAMES];
    if (value !== undefined) headers[header] = value;
  }
  if (said.Expires !== undefined) headers["expires"] = said.Expires.toUTCString();
  for (const [name, value] of Object.entries(said.Metadata ?? {})) headers[METADATA + name] = value;
  return headers;
}

/** What this program wants to know. */
export type Answered = Pick<
  HeadObjectCommandOutput,
  | "ArchiveStatus"
  | "ContentLength"
  | "ETag"
  | "LastModified"
  | "Metadata"
  | "PartsCount"
  | "Restore"
  | "SSECustomerAlgorithm"
  | "ServerSideEncryption"
  | "StorageClass"
> &
  Pick<GetObjectCommandOutput, "ChecksumCRC32" | "ChecksumType" | "ContentRange">;

export function answeredIn(headers: Readonly<Record<string, string>>): Answered {
  const Metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (name.startsWith(METADATA)) Metadata[name.slice(METADATA.length)] = value;
  return {
    ArchiveStatus: headers["x-amz-archive-status"] as Answered["ArchiveStatus"],
    ChecksumCRC32: headers["x-amz-checksum-crc32"],
    ChecksumType: headers["x-amz-checksum-type"] as Answered["ChecksumType"],
    ContentLength: numberOf(headers["content-length"]),
    ContentRange: headers["content-range"],
    ETag: headers["etag"],
    LastModified: dateOf(headers["last-modified"]),
    Metadata,
    PartsCount: numberOf(headers["x-amz-mp-parts-count"]),
    Restore: headers["x-amz-restore"],
    SSECustomerAlgorithm: headers["x-amz-server-side-encryption-customer-algorithm"],
    ServerSideEncryption: headers["x-amz-server-side-encryption"] as Answered["ServerSideEncryption"],
    StorageClass: headers["x-amz-storage-class"] as Answered["StorageClass"],
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}
