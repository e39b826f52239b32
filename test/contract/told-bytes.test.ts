/** Bytes on their way, as the real adapter tells them to whoever listens. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { keyOfText as key } from "../../src/model/object-key.ts";
import type { Way } from "../../src/model/totals.ts";
import { bytesOf, contentOf, fileOf, unannounced } from "../support/content.ts";
import { sharedServer } from "../support/s3-server.ts";
import { storeWorld } from "../support/store-world.ts";

const server = await sharedServer();
after(() => server.stop());

describe("bytes on their way", () => {
  for (const size of [100_000, 20 * 1024 * 1024]) {
    test(`SE6: ${size} bytes are told as they go and come, in pieces, by key; what arrives is the same`, async () => {
      const told: (readonly [Way, string, number])[] = [];
      await using world = await storeWorld(server, {
        moved: (way, of, bytes) => void told.push([way, of, bytes]),
      });
      const bytes = bytesOf(size);
      const sum = (of: Way): number =>
        told.reduce((all, [way, , count]) => all + (way === of ? count : 0), 0);
      const written = await world.store.write(key("dir/é"), await fileOf(bytes), undefined, unannounced);
      assert.equal(sum("up"), size);
      assert.ok(
        told.every(([, of, count]) => of === key("dir/é") && count <= 64 * 1024),
        "pieces of this key",
      );
      assert.deepEqual(Buffer.from(await contentOf(world.store, written)), Buffer.from(bytes));
      assert.equal(sum("down"), size);
      assert.deepEqual(world.store.traffic, { up: size, down: size });
    });
  }
});
