/** Pages of listings of any content: what is read of them is what the SDK reads, or the page is refused (G18, G25). */

import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { test } from "node:test";
import { BrokenPage } from "../../src/remote/wire/broken-answer.ts";
import {
  type Listed,
  nextToken,
  pageOf,
  type PageText,
  readPage,
} from "../../src/remote/listing/list-page.ts";
import { wholePage } from "../../src/remote/wire/whole-page.ts";
import { type Draw, fuzz, mutated } from "../support/fuzz.ts";
import { listingPage } from "../support/listing-page.ts";

const ETAG = "0123456789abcdef0123456789abcdef";
const asked = { bucket: "b", prefix: "p/", token: "t0" };
const objects = ["p/a", "p/b c/+", "p/\u0001\u001b[31m", "p/é", "p/../x", "p/100%25"].map((key, size) => ({
  key,
  size,
  etag: ETAG,
}));

/** As servers write them: encoded or not, in another order of fields, with owners and folders. */
const PAGES = [
  listingPage(objects, { prefix: "p/" }),
  listingPage(objects, { prefix: "p/", token: "next/é&amp;" }),
  listingPage([], { prefix: "p/" }),
  listingPage([{ key: "p/a&amp;&lt;é&#233;&#x1F600;", size: 1, etag: ETAG }], { prefix: "p/" }).replace(
    "<EncodingType>url</EncodingType>",
    "<Name>b</Name>",
  ),
  listingPage(objects, { prefix: "p/" }).replaceAll(
    "</StorageClass>",
    "</StorageClass><Owner><ID>1</ID><DisplayName>&quot;</DisplayName></Owner><RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus>",
  ),
  listingPage(objects.slice(0, 2), { prefix: "p/" }).replace(
    "</ListBucketResult>",
    "<CommonPrefixes><Prefix>p/d/</Prefix></CommonPrefixes></ListBucketResult>",
  ),
].map((page) => Buffer.from(page));

const PIECES = [
  "<Contents>",
  "</Contents>",
  "<Key>",
  "</Key>",
  "<Size>-1</Size>",
  "<Size>1e999</Size>",
  "<Size>18446744073709551616</Size>",
  "&#0;",
  "&#55296;",
  "&#x110000;",
  "&x;",
  "%",
  "%zz",
  "%C3",
  "<!--",
  "-->",
  "<![CDATA[",
  "]]>",
  "\0",
  "\u202e",
  "<IsTruncated>true</IsTruncated>",
  "<KeyCount>NaN</KeyCount>",
  "<NextContinuationToken>t0</NextContinuationToken>",
  "<Prefix>q/</Prefix>",
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  "<LastModified>+999999-01-01</LastModified>",
].map((piece) => Buffer.from(piece));
PIECES.push(Buffer.from("<NextContinuationToken>\xff\xc3</NextContinuationToken>", "latin1"));

fuzz(
  "G18, G25, RM6: a page of a listing is read as the SDK reads it, left to the SDK, or refused",
  { met: ["read alike", "left to the SDK", "refused"] },
  async (draw) => {
    const body = hostile(draw);
    const page = readPage(body);
    if (page === undefined) return "left to the SDK";
    if (!isWhole(page)) return "refused";
    for (const { key, size, etag, modifiedS } of page.objects) {
      assert.ok(
        key.startsWith("p/") && etag !== "" && Number.isSafeInteger(size) && Number.isSafeInteger(modifiedS),
      );
      assert.ok(
        Array.from(key, (char) => char.charCodeAt(0)).every((code) => code < 256),
        "a key is a byte string",
      );
    }
    const theirs = await bySdk(body);
    if (theirs === undefined || !isWhole(theirs)) return "read by us alone";
    assert.equal(page.truncated, theirs.truncated);
    // Text is all that it gives: bytes that are no UTF-8 are lost there.
    if (!isUtf8(body)) return "read as bytes";
    assert.deepEqual(page.objects.map(nameAndSize), theirs.objects.map(nameAndSize));
    return "read alike";
  },
);

fuzz(
  "G25, RM6: what the SDK makes of a page that is left to it is refused, or whole",
  { met: ["refused", "whole"] },
  async (draw) => {
    const theirs = await bySdk(hostile(draw));
    return theirs !== undefined && isWhole(theirs) ? "whole" : "refused";
  },
);

function nameAndSize({ key, size }: Listed): string {
  return `${size} ${key}`;
}

function hostile(draw: Draw): Buffer {
  const page = draw.of(PAGES);
  const at = draw.below(page.length);
  const piece = Buffer.concat([page.subarray(0, at), draw.of(PIECES), page.subarray(at)]);
  return draw.of([() => page, () => piece, () => mutated(page, draw.of([...PAGES, ...PIECES]), draw)])();
}

function isWhole(page: PageText): boolean {
  try {
    nextToken(page, asked);
    return true;
  } catch (error) {
    assert.ok(error instanceof BrokenPage, String(error));
    return false;
  }
}

const client = new S3Client({
  region: "us-east-1",
  endpoint: "http://127.0.0.1:1",
  credentials: { accessKeyId: "a", secretAccessKey: "s" },
  forcePathStyle: true,
  maxAttempts: 1,
});

test("G25, RM6: a page that never ends is refused before it fills the memory", async () => {
  let sent = 0;
  await assert.rejects(wholePage(Readable.from(endless((bytes) => (sent += bytes)))), BrokenPage);
  assert.ok(sent < 100 * 1024 * 1024, `${sent} bytes`);
});

function* endless(told: (bytes: number) => void): Generator<Buffer> {
  const contents = Buffer.from("<Contents><Key>p/a</Key></Contents>".repeat(20_000));
  for (;;) {
    told(contents.length);
    yield contents;
  }
}

/** @returns undefined: it refuses the page */
async function bySdk(body: Buffer): Promise<PageText | undefined> {
  answerWith([body]);
  try {
    return pageOf(await client.send(new ListObjectsV2Command({ Bucket: "b" })));
  } catch {
    return undefined;
  }
}

function answerWith(body: Iterable<Buffer>): void {
  client.config.requestHandler = {
    handle: async () => ({
      response: { statusCode: 200, headers: {}, body: Readable.from(body) } as never,
    }),
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  };
}
