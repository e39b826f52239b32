/** Reads one page of ListObjectsV2, and proves that it is whole: a page that lies reads as mass deletion. */

import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { isText, keyOfText, keyText } from "../../model/object-key.ts";
import { BrokenPage } from "../wire/broken-answer.ts";
import { wholeSeconds } from "../reading/metadata.ts";

/** An object as listed. */
export interface Listed {
  /** The whole key, as a byte string. */
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  /** In whole s since 1970; 0: the page does not say. */
  readonly modifiedS: number;
  readonly storageClass: string | undefined;
  /** Archived, but with a copy that can be read now. */
  readonly restored: boolean;
}

/** What a page says; undefined where it says nothing. */
export interface PageText {
  readonly objects: readonly Listed[];
  /** Common prefixes, which count as keys. */
  readonly folders: number;
  readonly name: string | undefined;
  /** A byte string, as the page has it: encoded or not. */
  readonly prefix: string | undefined;
  readonly keyCount: number | undefined;
  readonly truncated: boolean | undefined;
  readonly token: string | undefined;
}

/** What was asked for. */
export interface Asked {
  /** Undefined: the page may have another name for it, as behind an access point. */
  readonly bucket: string | undefined;
  /** A byte string. */
  readonly prefix: string;
  readonly token: string | undefined;
}

/** @returns the token of the next page; undefined: this is the last. @throws {BrokenPage} */
export function nextToken(page: PageText, asked: Asked): string | undefined {
  const broken = (why: string): never => {
    throw new BrokenPage(`a page of the listing ${why}`);
  };
  const { objects, folders, name, prefix, keyCount, truncated, token } = page;
  if (truncated === undefined) return broken("does not say whether it is the last");
  if (truncated && (token === undefined || token === ""))
    return broken("is not the last, and does not say how to go on");
  if (truncated && token === asked.token) return broken("leads to itself");
  if (asked.bucket !== undefined && name !== undefined && name !== asked.bucket)
    return broken(`is of bucket ${name}`);
  if (prefix !== undefined && !saysPrefix(prefix, asked.prefix)) return broken("is of another prefix");
  if (keyCount !== undefined && keyCount > objects.length + folders)
    return broken("holds fewer keys than it says");
  for (const { key, size, etag } of objects) {
    if (!key.startsWith(asked.prefix)) return broken("holds a key outside of the prefix");
    if (!Number.isSafeInteger(size) || size < 0) return broken("holds an object without a size");
    // SeaweedFS lists the directory of the prefix itself, if it is empty and a delimiter is asked for.
    const isDirectory = key === asked.prefix && key.endsWith("/") && size === 0;
    if (etag === "" && !isDirectory) return broken("holds an object without an ETag");
  }
  return truncated ? token : undefined;
}

/** A control character cannot be told in XML that is not encoded. */
function saysPrefix(said: string, asked: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what it is about
  return said === asked || urlBytes(said) === asked || /[\0-\x1f\x7f]/.test(asked);
}

const ROOT =
  /^\s*(?:<\?xml[^>]*\?>\s*)?<ListBucketResult(?:\s+[\w:]+="[^"<>]*")*\s*>[^]*<\/ListBucketResult>\s*$/;
/** Which of the two holds is not for us to say. */
const SAID_TWICE = /<(IsTruncated|NextContinuationToken|KeyCount|Name|Prefix|EncodingType)\b[^]*<\1\b/;
const OPEN = "<Contents>";
const CLOSE = "</Contents>";

/** @returns undefined for a shape that it does not know */
export function readPage(body: Buffer): PageText | undefined {
  const xml = body.toString("latin1");
  const url = xml.includes("<EncodingType>url</EncodingType>");
  if (!url && xml.includes("EncodingType")) return undefined;
  const outside: string[] = [];
  const objects: Listed[] = [];
  let from = 0;
  for (let at = xml.indexOf(OPEN); at >= 0; at = xml.indexOf(OPEN, from)) {
    const end = xml.indexOf(CLOSE, at);
    const listed = end < 0 ? undefined : readListed({ body, xml, from: at, to: end }, url);
    if (listed === undefined) return undefined;
    outside.push(xml.slice(from, at));
    objects.push(listed);
    from = end + CLOSE.length;
  }
  outside.push(xml.slice(from));
  const frame = outside.join("");
  const said = frame.replaceAll(/<CommonPrefixes>[^]*?<\/CommonPrefixes>/g, "");
  if (!ROOT.test(frame) || frame.includes("<!") || SAID_TWICE.test(said)) return undefined;
  return { objects, folders: frame.split("<CommonPrefixes>").length - 1, ...readFrame(said) };
}

/** `xml`: the page without its objects and common prefixes. */
function readFrame(xml: string): Omit<PageText, "objects" | "folders"> {
  const text = (tag: string): string | undefined => {
    const found = new RegExp(`<${tag}>([^<]*)<`).exec(xml)?.[1];
    return found === undefined ? undefined : entityBytes(found);
  };
  const truncated = text("IsTruncated");
  const token = text("NextContinuationToken"); // opaque, but some servers make it of a key
  const keyCount = text("KeyCount");
  return {
    name: text("Name"),
    prefix: text("Prefix"),
    keyCount: keyCount === undefined ? undefined : Number(keyCount),
    truncated: truncated === "true" ? true : truncated === "false" ? false : undefined,
    token: token === undefined ? undefined : textOf(token),
  };
}

/** @returns undefined: it is not UTF-8, and so nothing that could be sent back */
function textOf(bytes: string): string | undefined {
  return isText(bytes) ? keyText(bytes) : undefined;
}

/** The same of what the SDK has read, which leaves URL encoding in place. @throws {BrokenPage} a key that is no text */
export function pageOf(output: ListObjectsV2CommandOutput): PageText {
  const isEncoded = output.EncodingType === "url";
  const bytesOf = (text: string): string => (isEncoded ? urlBytes(textBytes(text)) : textBytes(text));
  return {
    objects: (output.Contents ?? []).map(
      ({ Key, Size, ETag, LastModified, StorageClass, RestoreStatus }) => ({
        key: bytesOf(Key ?? ""),
        size: ETag === undefined ? NaN : (Size ?? NaN),
        etag: (ETag ?? "").replaceAll('"', ""),
        modifiedS: wholeSeconds(LastModified?.getTime()),
        storageClass: StorageClass,
        restored: RestoreStatus?.IsRestoreInProgress === false,
      }),
    ),
    folders: output.CommonPrefixes?.length ?? 0,
    name: output.Name,
    prefix: output.Prefix === undefined ? undefined : textBytes(output.Prefix),
    keyCount: output.KeyCount,
    truncated: output.IsTruncated,
    token: output.NextContinuationToken,
  };
}

function textBytes(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new BrokenPage("a page of the listing holds what is no text");
  return keyOfText(text);
}

function readListed({ body, xml, from, to }: Piece, url: boolean): Listed | undefined {
  const content = xml.slice(from, to);
  const size = field(content, "<Size>", (start, end) => content.slice(start, end));
  // A slice of the text would keep the whole page alive as long as the key lives; one of `body` is a copy.
  const copy = (start: number, end: number): string => body.toString("latin1", from + start, from + end);
  const key = field(content, "<Key>", copy);
  const etag = field(content, "<ETag>", copy);
  if (key === undefined || size === undefined || etag === undefined || !/^\d+$/.test(size)) return undefined;
  const plain = entityBytes(key);
  if (plain === undefined) return undefined;
  return {
    key: url ? urlBytes(plain) : plain,
    size: Number(size),
    etag: etag.replace(/&quot;|&#34;|"/g, ""),
    modifiedS: wholeSeconds(
      field(content, "<LastModified>", (start, end) => Date.parse(content.slice(start, end))),
    ),
    storageClass: field(content, "<StorageClass>", (start, end) => content.slice(start, end)),
    restored: content.includes("<IsRestoreInProgress>false<"),
  };
}

function field<T>(content: string, tag: string, take: (start: number, end: number) => T): T | undefined {
  const at = content.indexOf(tag);
  const start = at + tag.length;
  const end = content.indexOf("<", start);
  return at < 0 || content[end + 1] !== "/" ? undefined : take(start, end); // nothing stands in a field but text
}

/** Part of a page: `xml` holds the bytes of `body` as characters, so both have the same places. */
interface Piece {
  readonly body: Buffer;
  readonly xml: string;
  readonly from: number;
  readonly to: number;
}

/** "%C3%A9" is two characters of a byte string: nothing is decoded to text at all. A space is "%20" or "+". */
function urlBytes(encoded: string): string {
  return /[%+]/.test(encoded) ? unescape(encoded.replaceAll("+", " ")) : encoded;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const REFERENCE = /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g;

/** @returns undefined: it refers to something that is none of XML's characters */
function entityBytes(escaped: string): string | undefined {
  if (!escaped.includes("&")) return escaped;
  let isKnown = true;
  const plain = escaped.replaceAll(REFERENCE, (_, hex, decimal, name) => {
    const bytes = name === undefined ? characterBytes(hex, decimal) : ENTITIES[String(name)];
    if (bytes === undefined) isKnown = false;
    return bytes ?? "";
  });
  return isKnown ? plain : undefined;
}

function characterBytes(hex: string | undefined, decimal: string | undefined): string | undefined {
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return keyOfText(String.fromCodePoint(code));
}
