/** `s3://bucket/prefix`, checked before it is stored. */

import { UsageError } from "../../model/errors.ts";

export interface Destination {
  readonly bucket: string;
  /** Without a final "/"; "" is the whole bucket. */
  readonly prefix: string;
}

const FORM = /^s3:\/\/([^/]*)(?:\/(.*))?$/s;
const BUCKET = /^[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;
const IP_ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;
/** Names that S3 keeps for itself: access points, directory buckets, tables. */
const RESERVED_STARTS = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_ENDS = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/** The longest object key; a prefix is a part of one. */
const MAX_KEY_BYTES = 1024;

/** @throws {UsageError} */
export function parseDestination(text: string): Destination {
  const [, bucket, path = ""] = FORM.exec(text) ?? [];
  if (bucket === undefined) throw wrong(text, "not of the form s3://bucket/prefix");
  const prefix = path.endsWith("/") ? path.slice(0, -1) : path;
  const fault = bucketFault(bucket) ?? prefixFault(prefix, path);
  if (fault !== undefined) throw wrong(text, fault);
  return { bucket, prefix };
}

function wrong(text: string, why: string): UsageError {
  return new UsageError(
    `--dir: ${text}: ${why}`,
    "an example: --dir /home/ann/documents s3://my-bucket/documents",
  );
}

function bucketFault(bucket: string): string | undefined {
  if (!BUCKET.test(bucket) || IP_ADDRESS.test(bucket)) {
    return "a bucket name is 3 to 63 lower-case letters, digits, dots and hyphens";
  }
  const start = RESERVED_STARTS.find((each) => bucket.startsWith(each));
  if (start !== undefined) return `bucket names that begin with ${start} are reserved`;
  const end = RESERVED_ENDS.find((each) => bucket.endsWith(each));
  return end === undefined ? undefined : `bucket names that end with ${end} are reserved`;
}

function prefixFault(prefix: string, path: string): string | undefined {
  if (path === "") return undefined;
  if (/\p{Cc}/u.test(prefix)) return "a prefix holds no control characters";
  if (new TextEncoder().encode(prefix).length > MAX_KEY_BYTES)
    return `a prefix has at most ${MAX_KEY_BYTES} bytes`;
  const segment = prefix.split("/").find((each) => each === "" || each === "." || each === "..");
  if (segment === undefined) return undefined;
  return segment === ""
    ? 'a prefix neither begins with "/" nor holds "//"'
    : `a prefix has no segment "${segment}"`;
}
