/** What every StateStore does with the journals of its maps. */

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Intent } from "../../src/model/intent.ts";
import type { DirectoryMap } from "../../src/model/map.ts";
import type { LocalFile } from "../../src/model/observation.ts";
import { keyOfText } from "../../src/model/object-key.ts";
import type { StateStore } from "../../src/ports/state-store.ts";

/** A store of one map without records, and what a kill makes of it. */
export interface JournalWorld extends Disposable {
  readonly map: DirectoryMap;
  readonly store: StateStore;
  /** The run of the store is killed. @returns the store of the next run */
  kill(): StateStore;
}

const key = keyOfText("é/a\u0001b");
const file: LocalFile = { key, size: 3, mtimeMs: -0.25, ctimeMs: 17.5, ino: 2 ** 60 };
const version = { size: 3, etag: "seen", modifiedS: 9 };
const etags = { single: "x", multipart: "y-1" };
const unset = { replaces: undefined, uploadId: undefined };
const record = { key, size: 3, mtimeMs: 4, etag: "x" };
const memory = { momentMs: 5, identity: undefined };

/** One of each kind, with all that may be missing there and not there. */
export const INTENTS: readonly Intent[] = [
  {
    does: "put-object",
    key,
    size: 3,
    mtimeMs: 1.5,
    etags,
    sha256: undefined,
    replaces: version,
    uploadId: "u",
  },
  { does: "put-object", key, size: 3, mtimeMs: 1, etags: undefined, sha256: "0f", ...unset },
  { does: "copy-object", key, from: { key: keyOfText("old"), ...version }, local: file, uploadId: undefined },
  { does: "copy-object", key, from: { key: keyOfText("old"), ...version }, local: file, uploadId: "up" },
  { does: "delete-object", key, object: version },
  { does: "set-aside", key, name: ".s3-bsync-00112233445566778899aabbccddeeff" },
  { does: "place-file", key, file, etag: 'W/"ü"', replaces: file },
  { does: "place-file", key, file, etag: "x", replaces: undefined },
  { does: "delete-file", key, file },
  { does: "rename-file", key, file, etag: "x" },
];

export function journalContract(name: string, newWorld: () => JournalWorld): void {
  suite(`journals of ${name}`, () => {
    test("a run that did nothing leaves nothing", () => {
      using world = newWorld();
      world.store.journal(world.map);
      world.store.journal(world.map).settle(key, { key, record });
      assert.equal(world.kill().leftover(world.map), undefined);
    });

    test("SF11 an intent that resolved is there after a kill, as it was given", async () => {
      using world = newWorld();
      for (const intent of INTENTS) await world.store.journal(world.map).intend(intent);
      const leftover = world.kill().leftover(world.map);
      assert.equal(leftover?.state, "begun");
      for (let i = 0; i < 2; i++) {
        assert.deepEqual(
          [...leftover.entries()],
          INTENTS.map((intent) => ({ intent })),
        );
      }
    });

    test("SF11 an outcome is durable with the next intent", async () => {
      using world = newWorld();
      const journal = world.store.journal(world.map);
      const [first, second, third, last] = ["1", "2", "3", "4"].map(keyOfText);
      assert.ok(first && second && third && last);
      for (const each of [first, second, third])
        await journal.intend({ does: "set-aside", key: each, name: "n" });
      journal.settle(first, undefined);
      journal.settle(second, { key: second, record: undefined });
      journal.settle(third, { key: third, record: { ...record, key: third } });
      await journal.intend({ does: "set-aside", key: last, name: "n" });
      const entries = [...(world.kill().leftover(world.map)?.entries() ?? [])];
      assert.deepEqual(entries.slice(3, 6), [
        { settled: first, edit: undefined },
        { settled: second, edit: { key: second, record: undefined } },
        { settled: third, edit: { key: third, record: { ...record, key: third } } },
      ]);
    });

    test("the last intent of a key is open until it is settled", async () => {
      using world = newWorld();
      const journal = world.store.journal(world.map);
      assert.equal(journal.open(key), undefined);
      const [first, second] = INTENTS;
      assert.ok(first && second);
      await journal.intend(first);
      const pending = journal.intend(second);
      assert.equal(journal.open(key), second, "before it is durable");
      await pending;
      assert.equal(world.store.journal(world.map).open(key), second, "there is one journal a map");
      journal.settle(key, undefined);
      assert.equal(journal.open(key), undefined);
    });

    test("what is recorded, or unchanged, ends it", async () => {
      for (const end of ["record", "unchanged"] as const) {
        using world = newWorld();
        const journal = world.store.journal(world.map);
        await journal.intend({ does: "delete-file", key, file });
        journal.settle(key, { key, record });
        if (end === "record") world.store.record(world.map, [{ key, record }], memory);
        else world.store.unchanged(world.map, memory);
        await assert.rejects(journal.intend({ does: "delete-file", key, file }), /the journal has ended/);
        assert.equal(world.kill().leftover(world.map), undefined, end);
      }
    });

    test("what a kill left is recorded, then removed; then a new journal may begin", async () => {
      using world = newWorld();
      await world.store.journal(world.map).intend({ does: "delete-file", key, file });
      const next = world.kill();
      const leftover = next.leftover(world.map);
      assert.equal(leftover?.state, "begun");
      next.record(world.map, [{ key, record }], memory);
      assert.equal(next.leftover(world.map)?.state, "recorded");
      leftover.remove();
      assert.equal(next.leftover(world.map), undefined);
      await next.journal(world.map).intend({ does: "delete-file", key, file });
      assert.equal(world.kill().leftover(world.map)?.state, "begun");
    });

    test("a journal that was left must go before another begins", async () => {
      using world = newWorld();
      await world.store.journal(world.map).intend({ does: "delete-file", key, file });
      const next = world.kill();
      await assert.rejects(next.journal(world.map).intend({ does: "set-aside", key, name: "n" }));
      assert.deepEqual([...(next.leftover(world.map)?.entries() ?? [])].length, 1);
    });
  });
}
