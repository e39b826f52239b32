/** Listings in ranges: when they begin, and what they hold of a bucket that has grown since the cuts were made. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { type EndpointFacts, NO_FACTS } from "../../../src/model/pair.ts";
import type { Listing } from "../../../src/remote/wire/api.ts";
import { list as listOf } from "../../../src/remote/listing/list.ts";
import { ranges } from "../../../src/remote/listing/list-ranges.ts";
import type { ListOptions } from "../../../src/ports/object-store.ts";
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
  return remoteOf(list);
}

function remoteOf(list: (listing: Listing) => Promise<Buffer>, memory = memoryOf(NO_FACTS)): Remote {
  return {
    bucket: "b",
    prefix: "",
    aws: false,
    send: (_kind, request) => request({ list } as never, {}),
    moved: () => {},
    settings: { headers: () => ({}), storageClass: undefined, encryption: undefined },
    memory,
    newSpool: memorySpool,
    now: () => 0,
    keptChars: new Set(),
    copyMax: 0,
    bytes: { take: async () => () => {} },
  };
}

function memoryOf(facts: EndpointFacts): Remote["memory"] {
  return {
    get facts() {
      return facts;
    },
    learn: (news) => (facts = { ...facts, ...news }),
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

/** Pages are written as text, but a key may be none. */
const UTF8_OF_FF = "%C3%BF";

/** A server that has these keys, and notes each request. */
class Server {
  readonly #keys: readonly string[];
  requests = 0;
  mostAtOnce = 0;
  #open = 0;

  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  readonly list = async ({ ContinuationToken, StartAfter }: Listing): Promise<Buffer> => {
    this.requests++;
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#open);
    await setImmediate();
    this.#open--;
    const begin = this.#keys.filter((key) => key <= (StartAfter ?? "")).length;
    const from = ContinuationToken === undefined ? begin : Number(ContinuationToken);
    const page = this.#keys.slice(from, from + 1000);
    const next = from + page.length;
    const token = next < this.#keys.length ? { token: String(next) } : {};
    const objects = page.map((key) => ({ key, size: 1, etag: "e" }));
    return Buffer.from(listingPage(objects, { prefix: "", ...token }).replaceAll(UTF8_OF_FF, "%FF"));
  };
}

async function keysOf(remote: Remote, splitAt: ListOptions["splitAt"]): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const batch of listOf(remote, { recursive: true, splitAt }))
    for (const { key } of batch) keys.push(key);
  return keys;
}

const MANY = Array.from({ length: 30 }, (_, page) =>
  Array.from({ length: 1000 }, (_unused, at) => name(page, at)),
).flat();
const CUTS = [4, 8, 12, 16, 20, 24, 28].map((page) => name(page, 0) as ObjectKey);

test("as soon as a listing shows byte order, the rest of it is fetched in ranges, and nothing is missing (O5)", async () => {
  const keys = ["a-b", "a/x", ...MANY];
  const server = new Server(keys);
  assert.deepEqual(await keysOf(remoteOf(server.list), CUTS), keys);
  assert.ok(server.mostAtOnce > 4, `${server.mostAtOnce} at once`);
  assert.ok(server.requests <= 31 + CUTS.length, `${server.requests} requests`);
});

test("a listing that does not show its order is fetched page by page (O5)", async () => {
  const server = new Server(MANY);
  assert.deepEqual(await keysOf(remoteOf(server.list), CUTS), MANY);
  assert.equal(server.mostAtOnce, 1);
  assert.equal(server.requests, 30);
});

test("where nothing is tracked, cuts are guessed only for a listing of more than one page (O5)", async () => {
  const ordered = () => memoryOf({ ...NO_FACTS, order: "bytes" });
  const short = new Server(MANY.slice(0, 1000));
  const never = (): never => assert.fail("nothing is to be guessed");
  assert.deepEqual(await keysOf(remoteOf(short.list, ordered()), never), MANY.slice(0, 1000));
  assert.equal(short.requests, 1);
  const long = new Server(MANY);
  assert.deepEqual(await keysOf(remoteOf(long.list, ordered()), () => CUTS), MANY);
  assert.ok(long.mostAtOnce > 4, `${long.mostAtOnce} at once`);
  assert.ok(long.requests <= 30 + CUTS.length + 1, `${long.requests} requests`);
});

test("a listing goes on in ranges only behind a name that can be sent (O5)", async () => {
  const keys = ["a-b", "a/x", ...MANY];
  keys[1999] += "\xff"; // the last one of the page behind that which shows the order
  const server = new Server(keys);
  assert.deepEqual(await keysOf(remoteOf(server.list), CUTS), keys);
  assert.ok(server.mostAtOnce > 4, `${server.mostAtOnce} at once`);
});
