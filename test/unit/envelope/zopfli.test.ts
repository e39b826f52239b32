/** Zopfli, as it runs in the built program. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { gzipped } from "../../../src/envelope/gzip.ts";
import type * as Zopfli from "../../../src/envelope/zopfli.ts";
import { bundled, type Bundled } from "../../support/bundled.ts";
import { collected, pieces, Source } from "../../support/enveloped.ts";

let zopfli: Bundled<typeof Zopfli>;
before(async () => {
  zopfli = await bundled<typeof Zopfli>("envelope/zopfli.ts");
});
after(() => zopfli[Symbol.dispose]());

/** Words in an order of their own, so that there is something to find. */
function text(bytes: number): Buffer {
  const words = ["map", "local", "remote", "base", "scan", "listing", "verdict", "action", "plan", "guard"];
  const order = randomBytes(bytes);
  return Buffer.from([...order].map((byte) => words[byte % words.length]).join(" ")).subarray(0, bytes);
}

function compressed(plain: Uint8Array, level: number, piece = 50_000): Promise<Buffer> {
  return collected(zopfli.module.zopflied(new Source(pieces(plain, piece)), level));
}

test("makes less of it than level 9 of zlib, and gunzip reads it", async () => {
  const plain = text(60_000);
  for (const level of [10, 11]) {
    const made = await compressed(plain, level);
    assert.ok(made.length < gzipSync(plain, { level: 9 }).length);
    assert.ok(gunzipSync(made).equals(plain));
  }
});

test("makes the same bytes of the same content, however it is cut, without name or time", async () => {
  const plain = text(20_000);
  const made = await compressed(plain, 10);
  assert.ok((await compressed(plain, 10, 777)).equals(made));
  assert.equal(made.subarray(0, 10).toString("hex"), "1f8b0800000000000203");
});

test("compresses no content at all, and one byte", async () => {
  for (const plain of [Buffer.alloc(0), Buffer.from("x")]) {
    assert.ok(gunzipSync(await compressed(plain, 11)).equals(plain));
  }
});

test("leaves content above its limit to level 9 of zlib, with all of it", async () => {
  const plain = Buffer.alloc(zopfli.module.ZOPFLI_MAX_BYTES + 1, "more than Zopfli can do in a minute ");
  const made = await compressed(plain, 11, 1_000_000);
  assert.ok(made.equals(await collected(gzipped(new Source([plain]), 9))));
});

test("lets the rest of the run go on while it works", async () => {
  let done = false;
  const working = compressed(text(100_000), 10).finally(() => (done = true));
  let turns = 0;
  for (; !done; turns++) await new Promise((resolve) => setImmediate(resolve));
  await working;
  assert.ok(turns > 100, `${turns} turns`);
});

test("compresses more files at once than it has threads", async () => {
  const contents = Array.from({ length: 20 }, (_, at) => text(at * 100));
  const made = await Promise.all(contents.map((plain) => compressed(plain, 10)));
  assert.deepEqual(
    made.map((each) => gunzipSync(each)),
    contents,
  );
});

test("passes on what its source throws, and closes it", async () => {
  const error = new Error("the file changed");
  const source = new Source([text(1000)], error);
  await assert.rejects(collected(zopfli.module.zopflied(source, 10)), (thrown) => thrown === error);
  assert.equal(source.closed, true);
});
