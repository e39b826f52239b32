/** Modification time, digest and content type: what an object says of its content beside it. */

import { lookup } from "mrmime";
import { type Enveloped, ENCODINGS } from "../../model/encoding.ts";
import { PathError } from "../../model/errors.ts";

const SECOND_NS = 1_000_000_000n;
const MS_NS = 1_000_000n;

export type Metadata = Readonly<Record<string, string>>;

/**
 * User metadata of an upload. Nine decimals always: s3fs takes the fraction as it stands, in ns, and rclone pads it.
 * `md5`: lower-case hex.
 */
export function writtenMetadata(mtimeNs: bigint, md5?: string): Record<string, string> {
  const size = mtimeNs < 0n ? -mtimeNs : mtimeNs;
  const mtime = `${mtimeNs < 0n ? "-" : ""}${size / SECOND_NS}.${String(size % SECOND_NS).padStart(9, "0")}`;
  return md5 === undefined ? { mtime } : { mtime, md5chksum: Buffer.from(md5, "hex").toString("base64") };
}

/** What tells of content in an envelope: spec/envelopes.md. */
export function envelopeMetadata({ encoding, size, sha256 }: Enveloped): Record<string, string> {
  return { "bsync-encoding": encoding, "bsync-size": String(size), "bsync-sha256": sha256 };
}

/** @returns undefined: the object is as it is. @throws {PathError} it says that it is not, but not what it is */
export function envelopedOf(metadata: Metadata | undefined): Enveloped | undefined {
  const word = metadata?.["bsync-encoding"];
  if (word === undefined) return undefined;
  const encoding = ENCODINGS.find((each) => each !== "" && each === word);
  const size = metadata?.["bsync-size"] ?? "";
  const sha256 = metadata?.["bsync-sha256"] ?? "";
  if (encoding === undefined || encoding === "" || !/^\d{1,15}$/.test(size) || !/^[0-9a-f]{64}$/.test(sha256))
    throw new PathError("what the object says of its envelope is not known to this version");
  return { encoding, size: Number(size), sha256 };
}

/** In ns since 1970: as rclone, s3fs and we write it, DataSync, s3cmd, Google's tools; else LastModified. */
export function mtimeOf(metadata: Metadata | undefined, lastModified: Date | undefined): bigint {
  return (
    seconds(metadata?.["mtime"]) ??
    fileMtime(metadata?.["file-mtime"]) ??
    seconds(/(?:^|\/)mtime:([^/]*)/.exec(metadata?.["s3cmd-attrs"] ?? "")?.[1]) ??
    seconds(metadata?.["goog-reserved-file-mtime"]) ??
    BigInt(lastModified?.getTime() ?? 0) * MS_NS
  );
}

/** A moment in ms since 1970 as whole s; 0 where there is none, or none that can be one. Some servers list with fractions that HEAD lacks. */
export function wholeSeconds(ms: number | undefined): number {
  return ms === undefined || !(ms > 0) ? 0 : Math.floor(ms / 1000);
}

/** Lower-case hex; undefined where there is none that can be one. */
export function md5Of(metadata: Metadata | undefined): string | undefined {
  const written = metadata?.["md5chksum"] ?? "";
  if (/^[0-9a-f]{32}$/i.test(written)) return written.toLowerCase();
  return /^[A-Za-z0-9+/]{22}==$/.test(written) ? Buffer.from(written, "base64").toString("hex") : undefined;
}

export function contentTypeOf(key: string): string {
  return lookup(key) ?? "application/octet-stream";
}

/** Decimal seconds, with any number of decimals. */
function seconds(text: string | undefined): bigint | undefined {
  const [, sign, whole, fraction] = /^(-?)(\d{1,12})(?:\.(\d{1,20}))?$/.exec(text ?? "") ?? [];
  if (whole === undefined) return undefined;
  const ns = BigInt(whole) * SECOND_NS + BigInt((fraction ?? "").slice(0, 9).padEnd(9, "0"));
  return sign === "-" ? -ns : ns;
}

/** Whole ns with the suffix `ns`, else whole ms. */
function fileMtime(text: string | undefined): bigint | undefined {
  const [, count, unit] = /^(-?\d{1,21})(ns)?$/.exec(text ?? "") ?? [];
  if (count === undefined) return undefined;
  return unit === "ns" ? BigInt(count) : BigInt(count) * MS_NS;
}
