/** ListObjectsV2, ListObjects and ListObjectVersions. */

import { percentEncoded } from "./byte-text.ts";
import type { ListingLie, Modes } from "./fault-rules.ts";
import { lieAbout } from "./listing-lies.ts";
import { xmlReply, type Call, type Reply } from "./reply.ts";
import { S3Error } from "./s3-error.ts";
import { rank, type Bucket, type StoredObject } from "./store.ts";
import { element } from "./xml.ts";

const KEYS_MAX = 1000;

/** Where a page begins: after this key, or after all keys below this common prefix. */
interface Position {
  readonly after: string;
  readonly below: boolean;
}

export interface Page {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  /** undefined: the last page */
  readonly next: Position | undefined;
}

/** @param lie what the page is to be wrong about */
export function listObjectsV2(call: Call, lie?: ListingLie): Reply {
  const { query } = call.request;
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after") ?? "";
  const from = token === undefined ? { after: startAfter, below: false } : positionOf(token);
  const page = lieAbout(pageOf(call, from), lie);
  const next = lie === "same-token" ? (token ?? tokenOf(from)) : page.next && tokenOf(page.next);
  return listing(call, page, [
    element("KeyCount", page.keys.length + page.prefixes.length),
    element("StartAfter", encoded(call, startAfter)),
    lie === "no-is-truncated" ? "" : element("IsTruncated", page.next !== undefined),
    next === undefined || lie === "no-token" ? "" : element("NextContinuationToken", next),
  ]);
}

export function listObjects(call: Call): Reply {
  const { query } = call.request;
  const marker = query.get("marker") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const below = delimiter !== "" && marker.endsWith(delimiter);
  const page = pageOf(call, { after: marker, below });
  return listing(call, page, [
    element("Marker", encoded(call, marker)),
    element("IsTruncated", page.next !== undefined),
    page.next === undefined || delimiter === "" ? "" : element("NextMarker", encoded(call, page.next.after)),
  ]);
}

/** All on one page. */
export function listObjectVersions({ request, bucket }: Call): Reply {
  const target = bucket();
  const prefix = request.query.get("prefix") ?? "";
  const entries = target
    .allVersions()
    .filter(({ key }) => key.startsWith(prefix))
    .map((version) => {
      const { key, versionId, object } = version;
      const about = [
        element("Key", key),
        element("VersionId", versionId),
        element("IsLatest", target.latest(key) === version),
        ...(object === undefined ? [] : aboutObject(object)),
      ];
      return element(object === undefined ? "DeleteMarker" : "Version", { xml: about.join("") });
    });
  return xmlReply(element("ListVersionsResult", { xml: element("IsTruncated", false) + entries.join("") }));
}

function listing(call: Call, page: Page, paging: readonly string[]): Reply {
  const { request, bucket, modes } = call;
  const contents = page.keys.map((key) => {
    const object = bucket().current(key) ?? NOTHING;
    return element("Contents", { xml: element("Key", encoded(call, key)) + aboutObject(object).join("") });
  });
  const prefixes = page.prefixes.map((prefix) =>
    element("CommonPrefixes", { xml: element("Prefix", encoded(call, prefix)) }),
  );
  const head = [
    element("Name", request.bucket),
    element("Prefix", encoded(call, request.query.get("prefix") ?? "")),
    element("MaxKeys", maxKeysOf(call)),
    encodes(call, modes) ? element("EncodingType", "url") : "",
  ];
  return xmlReply(
    element("ListBucketResult", { xml: [...head, ...paging, ...contents, ...prefixes].join("") }),
  );
}

function aboutObject(object: StoredObject): readonly string[] {
  return [
    element("LastModified", object.lastModified.toISOString()),
    element("ETag", `"${object.etag}"`),
    element("Size", object.bytes.length),
    element("StorageClass", object.storageClass),
  ];
}

/** For a key that a lie has made up. */
const NOTHING: StoredObject = {
  bytes: Buffer.alloc(0),
  etag: "d41d8cd98f00b204e9800998ecf8427e",
  lastModified: new Date(0),
  headers: {},
  storageClass: "STANDARD",
  tags: [],
  checksum: undefined,
  parts: [],
};

function pageOf(call: Call, from: Position): Page {
  const { request, modes } = call;
  const prefix = request.query.get("prefix") ?? "";
  const delimiter = request.query.get("delimiter") ?? "";
  const maxKeys = maxKeysOf(call);
  const all = call.bucket().keys(modes.order);

  const keys: string[] = [];
  const prefixes: string[] = [];
  let last = from;
  for (let at = firstAt(all, prefix, from, modes); at < all.length;) {
    const key = all[at] ?? "";
    if (!key.startsWith(prefix)) break;
    if (keys.length + prefixes.length === maxKeys)
      return { keys, prefixes, next: maxKeys === 0 ? undefined : last };
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut === -1) {
      keys.push(key);
      last = { after: key, below: false };
      at += 1;
    } else {
      last = { after: key.slice(0, cut + delimiter.length), below: true };
      prefixes.push(last.after);
      at = firstAt(all, prefix, last, modes);
    }
  }
  return { keys, prefixes, next: undefined };
}

/** Index of the first key at or after the prefix and after the position. */
function firstAt(all: ReturnType<Bucket["keys"]>, prefix: string, from: Position, modes: Modes): number {
  const low = rank(prefix, modes.order);
  // No byte of UTF-8 is 0xff, so this comes after every key below the prefix.
  const after = rank(from.after, modes.order) + (from.below ? "\xff" : "");
  let [begin, end] = [0, all.length];
  while (begin < end) {
    const middle = (begin + end) >> 1;
    const here = rank(all[middle] ?? "", modes.order);
    if (here < low || (after !== "" && here <= after)) begin = middle + 1;
    else end = middle;
  }
  return begin;
}

function maxKeysOf({ request }: Call): number {
  const asked = Number(request.query.get("max-keys") ?? KEYS_MAX);
  if (!Number.isInteger(asked) || asked < 0) throw new S3Error(400, "InvalidArgument");
  return Math.min(asked, KEYS_MAX);
}

function encodes({ request }: Call, modes: Modes): boolean {
  return modes.encodesKeys && request.query.get("encoding-type") === "url";
}

function encoded(call: Call, key: string): string {
  return encodes(call, call.modes) ? percentEncoded(key, "/") : key;
}

function tokenOf({ after, below }: Position): string {
  return Buffer.from((below ? "p" : "k") + after, "latin1").toString("base64");
}

function positionOf(token: string): Position {
  const text = Buffer.from(token, "base64").toString("latin1");
  if (text[0] !== "k" && text[0] !== "p") throw new S3Error(400, "InvalidArgument");
  return { after: text.slice(1), below: text[0] === "p" };
}
