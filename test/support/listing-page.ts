/** Pages of ListObjectsV2 made by hand: for a server that lies, or that has names which no real one takes. */

import type { ServerResponse } from "node:http";
import { paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { operationOf, type Recorded, type RecordingProxy } from "./recording-proxy.ts";
import type { Remote } from "./world.ts";

export interface PageObject {
  /** The whole key. */
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

export interface PageFrame {
  /** With its "/". */
  readonly prefix: string;
  /** Where the next page begins; undefined: this is the last. */
  readonly token?: string;
  readonly truncated?: boolean;
}

/** The objects that the server really lists below the prefix, in byte order. */
export async function listed(R: Remote): Promise<readonly PageObject[]> {
  const { Bucket, Key } = R.at("");
  const objects: PageObject[] = [];
  for await (const { Contents } of paginateListObjectsV2({ client: R.client }, { Bucket, Prefix: Key })) {
    for (const { Key: key = "", Size: size = 0, ETag: etag = "" } of Contents ?? []) {
      objects.push({ key, size, etag: etag.replaceAll('"', "") });
    }
  }
  return objects.toSorted(byKeyBytes);
}

/** An object that nobody has. */
export function madeUp(R: Remote, name: string): PageObject {
  return { key: `${R.prefix}/${name}`, size: 4, etag: "0123456789abcdef0123456789abcdef" };
}

export function listingPage(
  objects: readonly PageObject[],
  { prefix, token, truncated = token !== undefined }: PageFrame,
): string {
  const contents = objects
    .toSorted(byKeyBytes)
    .map(
      ({ key, size, etag }) =>
        `<Contents><Key>${urlCoded(key)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>` +
        `<ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Prefix>${urlCoded(prefix)}</Prefix><KeyCount>${objects.length}</KeyCount><MaxKeys>1000</MaxKeys>`,
    `<EncodingType>url</EncodingType><IsTruncated>${truncated}</IsTruncated>`,
    ...(token === undefined ? [] : [`<NextContinuationToken>${token}</NextContinuationToken>`]),
    ...contents,
    "</ListBucketResult>",
  ].join("");
}

export function answer(response: ServerResponse, body: string, status = 200): true {
  const headers = { "content-type": "application/xml", "content-length": Buffer.byteLength(body) };
  response.writeHead(status, headers).end(body);
  return true;
}

export function answerError(response: ServerResponse, status: number, code: string): true {
  return answer(response, `<Error><Code>${code}</Code><Message>as asked for</Message></Error>`, status);
}

export function isListing(request: Recorded): boolean {
  return operationOf(request) === "ListObjectsV2";
}

/** From now on every listing through this proxy says that these objects, and no others, are there. */
export function list(proxy: RecordingProxy, R: Remote, objects: readonly PageObject[]): void {
  const page = listingPage(objects, { prefix: `${R.prefix}/` });
  proxy.instead = (request, response) => isListing(request) && answer(response, page);
}

/** From now on the listing has two pages: half of these objects, and then whatever `second` makes of the other half. */
export function listInTwo(
  proxy: RecordingProxy,
  R: Remote,
  objects: readonly PageObject[],
  second: (response: ServerResponse, page: string) => unknown,
): void {
  const prefix = `${R.prefix}/`;
  const half = Math.ceil(objects.length / 2);
  const first = listingPage(objects.slice(0, half), { prefix, token: "two" });
  const page = listingPage(objects.slice(half), { prefix });
  proxy.instead = (request, response) => {
    if (!isListing(request)) return false;
    if (request.query.get("continuation-token") === null) return answer(response, first);
    second(response, page);
    return true;
  };
}

function byKeyBytes(a: PageObject, b: PageObject): number {
  return Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));
}

function urlCoded(key: string): string {
  return encodeURIComponent(key).replaceAll("%2F", "/");
}
