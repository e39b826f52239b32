/** Journals and the state files that they belong to. */

import assert from "node:assert/strict";
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, suite, test } from "node:test";
import type { DirectoryMap } from "../../../src/model/map.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import { StateFile } from "../../../src/state/state-file.ts";
import { directoryMap, encodeState, record } from "../../support/state-bytes.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";

const docs = directoryMap();
const pics = directoryMap({ root: "/srv/pics", bucket: "another", prefix: "" });
const memory = { momentMs: 9, identity: undefined };
const edit = { key: keyOfText("a"), record: undefined };

let dir: TempDir;
let path: string;
let stores: StateFile[];
beforeEach(() => {
  dir = tempDir("journals");
  path = join(dir.path, "state");
  stores = [];
  writeFileSync(
    path,
    encodeState({
      syncedMs: 1,
      buckets: [
        { name: "another", maps: [pics], records: [record("a")] },
        { name: "bucket", maps: [docs], records: [record("docs/a")] },
      ],
    }),
  );
});
afterEach(() => {
  for (const store of stores) store.close();
  dir.remove();
});

suite("which state a journal belongs to", () => {
  test("SF14 begun: a kill before the new state file is in place", async () => {
    await begin(docs);
    assert.equal(stateOf(docs), "begun");
    assert.equal(stateOf(pics), undefined);
  });

  test("SF14 begun: a kill just before the rename, when the journal tells of the new state file already", async () => {
    const store = await begin(docs);
    store.journal(docs).settle(keyOfText("a"), undefined);
    keepForKill();
    store.record(docs, [edit], memory);
    kill({ stateLanded: false });
    assert.equal(stateOf(docs), "begun");
  });

  test("SF14 recorded: a kill between the rename and the end of the journal", async () => {
    const store = await begin(docs);
    store.journal(docs).settle(keyOfText("a"), undefined);
    keepForKill();
    store.record(docs, [edit], memory);
    kill({ stateLanded: true });
    assert.equal(stateOf(docs), "recorded");
  });

  test("SF14 recorded, where the run has changed no record", async () => {
    const store = await begin(docs);
    store.journal(docs).settle(keyOfText("a"), undefined);
    keepForKill();
    store.record(docs, [], memory);
    kill({ stateLanded: true });
    assert.equal(stateOf(docs), "recorded");
  });

  test("SF14 recorded: a kill after what was left is recorded, and before it is cleared away", async () => {
    await begin(docs);
    const next = open();
    assert.equal(next.leftover(docs)?.state, "begun");
    next.record(docs, [edit], memory);
    assert.equal(stateOf(docs), "recorded");
  });

  test("SF14 begun: the last synced time, written in place, is no other state", async () => {
    await begin(docs);
    const next = open();
    for (const map of [docs, pics]) next.unchanged(map, { ...memory, momentMs: 500 });
    next.close();
    assert.equal(open().snapshot().syncedMs, 500);
    assert.equal(stateOf(docs), "begun");
  });

  test("SF14 other: an older state file was put back, or a newer one", async () => {
    copyFileSync(path, join(dir.path, "old"));
    open().record(docs, [edit], memory);
    copyFileSync(path, join(dir.path, "present"));
    await begin(docs);
    renameSync(join(dir.path, "old"), path);
    assert.equal(stateOf(docs), "other");
    renameSync(join(dir.path, "present"), path);
    assert.equal(stateOf(docs), "begun", "and the same content is the same state");
    rmSync(path);
    assert.equal(stateOf(docs), "other");
  });

  test("SF14 other: a state file that another program wrote", async () => {
    await begin(docs);
    const bytes = readFileSync(path);
    bytes[bytes.length - 3] = 7; // of the size of a record
    writeFileSync(path, bytes);
    assert.equal(stateOf(docs), "other");
  });
});

suite("journals of other maps", () => {
  test("SF15 begun it stays when another map records, and under the state before as well", async () => {
    await begin(docs);
    copyFileSync(path, join(dir.path, "before"));
    const next = open();
    next.record(pics, [edit], memory);
    assert.equal(stateOf(docs), "begun");
    next.record(pics, [{ ...edit, record: record("a", { size: 8 }) }], memory);
    assert.equal(stateOf(docs), "begun");
    renameSync(join(dir.path, "before"), path);
    assert.equal(stateOf(docs), "begun");
  });

  test("SF15 so it does where both are of one run, with outcomes that are not durable yet", async () => {
    const store = await begin(docs);
    await store.journal(pics).intend({ does: "set-aside", key: keyOfText("p"), name: "n" });
    const pending = store.journal(docs).intend({ does: "set-aside", key: keyOfText("b"), name: "n" });
    store.journal(pics).settle(keyOfText("p"), edit);
    store.record(pics, [edit], memory);
    await pending;
    assert.equal(stateOf(docs), "begun");
    assert.equal([...(open().leftover(docs)?.entries() ?? [])].length, 2);
    assert.equal(stateOf(pics), undefined);
  });

  test("SF15 recorded it stays when another map records", async () => {
    await begin(docs);
    const next = open();
    next.leftover(docs);
    next.record(docs, [edit], memory);
    open().record(pics, [edit], memory);
    assert.equal(stateOf(docs), "recorded");
  });

  test("SF15 other it stays when another map records", async () => {
    copyFileSync(path, join(dir.path, "old"));
    open().record(docs, [edit], memory);
    await begin(docs);
    renameSync(path, join(dir.path, "present"));
    renameSync(join(dir.path, "old"), path);
    open().record(pics, [edit], memory);
    assert.equal(stateOf(docs), "other");
    renameSync(join(dir.path, "present"), path);
    assert.equal(stateOf(docs), "begun", "under its own state it is what it was");
  });

  test("SF15 what records this map without a look at the journal leaves it begun", async () => {
    await begin(docs);
    open().record(docs, [edit], memory);
    assert.equal(stateOf(docs), "begun");
  });
});

suite("maps that come and go", () => {
  test("SF15 it stays begun with other options", async () => {
    await begin(docs);
    open().setMaps([pics, { ...docs, gzip: 3, options: { region: "eu-west-1" } }]);
    assert.equal(stateOf(docs), "begun");
  });

  test("SF15 a map removed and added again has nothing of it, though the state file reads as before", async () => {
    open().setMaps([docs]);
    open().record(docs, [edit], { momentMs: 0, identity: undefined });
    const before = readFileSync(path);
    await begin(docs);
    open().setMaps([]);
    assert.equal(stateOf(docs), "other");
    open().setMaps([docs]);
    assert.deepEqual(readFileSync(path), before);
    assert.equal(stateOf(docs), "other");
    assert.equal([...(open().leftover(docs)?.entries() ?? [])].length, 1, "what lies about is still known");
  });

  test("SF15 nor has a state file that is made anew", async () => {
    const fresh = join(dir.path, "fresh");
    open(fresh).setMaps([docs]);
    await begin(docs, fresh);
    rmSync(fresh);
    open(fresh).setMaps([docs]);
    assert.equal(open(fresh).leftover(docs)?.state, "other");
  });

  test("SF15 nor has one that was recovered", async () => {
    const fresh = join(dir.path, "fresh");
    open(fresh).setMaps([docs]);
    await begin(docs, fresh);
    open(fresh).recover();
    assert.equal(open(fresh).leftover(docs)?.state, "other");
  });

  test("SF15 once it belongs to no state, a record of what was left is the next that it belongs to", async () => {
    await begin(docs);
    open().setMaps([pics]);
    open().setMaps([pics, docs]);
    const next = open();
    assert.equal(next.leftover(docs)?.state, "other");
    next.record(docs, [edit], memory);
    assert.equal(stateOf(docs), "recorded");
  });

  test("journals of maps that are no longer there are found, with the map as it was", async () => {
    const optional = { ...docs, options: { "endpoint-url": "http://127.0.0.1:9" } };
    await begin(optional);
    await begin(pics);
    open().setMaps([pics]);
    const strays = open().strays();
    assert.deepEqual(
      strays.map(({ map }) => map),
      [optional],
    );
    assert.equal([...(strays[0]?.leftover.entries() ?? [])].length, 1);
    strays[0]?.leftover.remove();
    assert.deepEqual(open().strays(), []);
    assert.equal(stateOf(pics), "begun");
  });

  test("S14 a purge takes the journals along", async () => {
    await begin(docs);
    open().purge({ backups: false });
    assert.deepEqual(readdirSync(`${path}.d`), []);
  });
});

suite("the end of a journal", () => {
  test("SF11 a run that did nothing to a side has none, whatever it records", () => {
    const store = open();
    store.journal(docs).settle(keyOfText("a"), edit);
    store.record(docs, [edit], memory);
    store.journal(docs);
    store.unchanged(docs, memory);
    store.close();
    assert.deepEqual(journals(), []);
  });

  test("recorded or unchanged, nothing of it stays", async () => {
    const first = await begin(docs);
    first.journal(docs).settle(keyOfText("a"), edit);
    first.record(docs, [edit], memory);
    assert.deepEqual(journals(), []);
    const second = await begin(docs);
    second.journal(docs).settle(keyOfText("a"), undefined);
    second.unchanged(docs, memory);
    assert.deepEqual(journals(), []);
  });

  test("SF17 while an intent is open it stays begun, under the new state file too", async () => {
    const first = await begin(docs);
    first.record(docs, [edit], memory);
    first.close();
    assert.equal(stateOf(docs), "begun");
    open().leftover(docs)?.remove();
    const second = await begin(docs);
    second.unchanged(docs, memory);
    second.close();
    assert.equal(stateOf(docs), "begun");
  });

  test("SF12 what cannot be recorded leaves it begun", async () => {
    const store = await begin(docs);
    assert.throws(() => store.record(docs, [edit, edit], memory), /out of order/);
    store.close();
    assert.equal(stateOf(docs), "begun");
  });

  test("a folder in its place is no journal, and is left alone", async () => {
    await begin(docs);
    const [name = ""] = journals();
    rmSync(name);
    mkdirSync(name);
    assert.equal(stateOf(docs), undefined);
    open().record(pics, [edit], memory);
    assert.ok(existsSync(name));
  });
});

function open(at = path): StateFile {
  const store = new StateFile(at);
  stores.push(store);
  return store;
}

/** A run of this map that has begun to do something. */
async function begin(map: DirectoryMap, at = path): Promise<StateFile> {
  const store = open(at);
  await store.journal(map).intend({ does: "set-aside", key: keyOfText("a"), name: "n" });
  return store;
}

function stateOf(map: DirectoryMap): string | undefined {
  return open().leftover(map)?.state;
}

function journals(): readonly string[] {
  return readdirSync(`${path}.d`)
    .filter((name) => name.startsWith("journal-"))
    .map((name) => join(`${path}.d`, name));
}

/** Second names for what is there now. */
function keepForKill(): void {
  copyFileSync(path, join(dir.path, "kept-state"));
  for (const name of journals()) linkSync(name, join(dir.path, "kept-journal"));
  const [name = ""] = journals();
  writeFileSync(join(dir.path, "kept-name"), name);
}

/** What a kill leaves that comes before the journal is removed. */
function kill({ stateLanded }: { stateLanded: boolean }): void {
  assert.deepEqual(journals(), []);
  renameSync(join(dir.path, "kept-journal"), readFileSync(join(dir.path, "kept-name"), "utf8"));
  if (!stateLanded) renameSync(join(dir.path, "kept-state"), path);
}
