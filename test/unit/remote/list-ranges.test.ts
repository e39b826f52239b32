/** Listings in ranges, of a bucket that has grown since the cuts were made. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_FACTS } from "../../../src/model/pair.ts";
import type { Listing } from "../../../src/remote/wire/api.ts";
import { ranges } from "../../../src/remote/listing/list-ranges.ts";
import type { Remote } from "../../../src/remote/remote.ts";
import type { ObjectKey } from "../../../src/model/object-key.ts";
import { listingPage } from "../../support/listing-page.ts";
import { memorySpool } from "../../support/memory-sync.ts";

const PAGES = 100;
const name = (page: number, at: number): string =>
  `n${String(page).padStart(4, "0")}-${String(at).padStart(4, "0")}`;

/** Answers with pages of a thousand keys; the token is the number of the page. */
function grown(count: () => void): Remote {
  const list = async ({ ContinuationToken }: Listing): Promise<Buffer> => {
    count();
    const page = Number(ContinuationToken ?? 0);
    const objects = Array.from({ length: 1000 }, (_, at) => ({ key: name(page, at), size: 1, etag: "e" }));
    return Buffer.from(
      listingPage(objects, { prefix: "", ...(page + 1 === PAGES ? {} : { token: String(page + 1) }) }),
    );
  };
  return {
    bucket: "b",
    prefix: "",
    aws: false,
    send: (_kind, request) => request({ list } as never, {}),
    moved: () => {},
    settings: { headers: () => ({}), storageClass: undefined, encryption: undefined },
    memory: { facts: NO_FACTS, learn: () => {} },
    newSpool: memorySpool,
    now: () => 0,
    keptChars: new Set(),
    copyMax: 0,
    bytes: { take: async () => () => {} },
  };
}

test("a range that has grown is read page by page: it is never held whole, and nothing is missing (RM1, O5)", async () => {
  let fetched = 0;
  let most = 0;
  const keys: string[] = [];
  for await (const batch of ranges(
    grown(() => fetched++),
    [name(0, 999) as ObjectKey],
  )) {
    most = Math.max(most, batch.length);
    for (const { key } of batch) keys.push(key);
  }
  assert.ok(most <= 16_000, `${most} at a time`);
  assert.equal(new Set(keys).size, PAGES * 1000);
  assert.ok(fetched <= 2 * PAGES);
});
