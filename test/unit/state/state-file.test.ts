/** The state file on disk, and what lies beside it. */

import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { chmodSync, copyFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, suite, test } from "node:test";
import type { DirectoryMap } from "../../../src/model/map.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import type { BaseRecord } from "../../../src/model/observation.ts";
import type { BaseEdit } from "../../../src/model/outcome.ts";
import type { MapMemory } from "../../../src/model/pair.ts";
import { followLinks } from "../../../src/state/companion.ts";
import { StateFile } from "../../../src/state/state-file.ts";
import { decodeState, directoryMap, encodeState, record, textKeys } from "../../support/state-bytes.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";

const docs = directoryMap();
const pics = directoryMap({ root: "/srv/pics", bucket: "another", prefix: "" });
const identity = {
  endpoint: "https://s3.example.org",
  root: { realPath: "/srv/docs", ino: 7, birthMs: 1.5 },
};

let dir: TempDir;
let path: string;
let umask: number;
beforeEach(() => {
  umask = process.umask(0o000);
  dir = tempDir("state");
  path = join(dir.path, "state");
});
afterEach(() => {
  process.umask(umask);
  dir.remove();
});

suite("snapshot", () => {
  test("a missing file is an error that says how to make one", () => {
    assert.throws(() => new StateFile(path).snapshot(), { name: "BsyncError", hint: /--init --dir/ });
    assert.equal(new StateFile(path).maps(), undefined);
    assert.deepEqual(readdirSync(dir.path), [], "looking makes nothing");
  });

  test("a directory and a FIFO in its place are refused", () => {
    mkdirSync(path);
    assert.throws(() => new StateFile(path).snapshot(), {
      name: "BsyncError",
      message: /not a regular file/,
    });
  });

  test("records of each map, keys relative to its prefix, any number of times", () => {
    put([
      { name: "another", maps: [pics], records: [record("docs/z"), record("é/b")] },
      {
        name: "bucket",
        maps: [docs, directoryMap({ root: "/srv/top", prefix: "top", recursive: false })],
        records: ["doc", "docs", "docs/", "docs/a", "docs/b/c", "docs0", "top/x", "top/y/z"].map((key) =>
          record(key),
        ),
      },
    ]);
    const snapshot = new StateFile(path).snapshot();
    const [, , top] = snapshot.maps;
    assert.deepEqual(keysOf(snapshot.records(docs)), ["a", "b/c"]);
    const again = snapshot.records(docs);
    assert.deepEqual(
      [keysOf(again), keysOf(again)],
      [
        ["a", "b/c"],
        ["a", "b/c"],
      ],
    );
    assert.deepEqual(keysOf(snapshot.records(pics)), ["docs/z", "é/b"]);
    assert.deepEqual(keysOf(snapshot.records(top ?? docs)), ["x"]);
    assert.throws(() => snapshot.records(directoryMap({ root: "/elsewhere" })), /no map of this state file/);
    snapshot.close();
  });

  test("every 4,000th key of a map is a split key", () => {
    const keys = Array.from({ length: 9000 }, (_, i) => String(i).padStart(5, "0"));
    put([{ name: "bucket", maps: [docs], records: keys.map((key) => record(`docs/${key}`)) }]);
    const snapshot = new StateFile(path).snapshot();
    assert.deepEqual(snapshot.splitKeys(docs), ["03999", "07999"]);
    assert.deepEqual(keysOf(snapshot.records(docs)), keys);
    snapshot.close();
  });

  test("it keeps reading the version it opened while the file is replaced", () => {
    put([{ name: "bucket", maps: [docs], records: [record("docs/a")] }]);
    const store = new StateFile(path);
    const before = store.snapshot();
    store.record(docs, [{ key: keyOfText("a"), record: undefined }], memory(5));
    assert.deepEqual(keysOf(before.records(docs)), ["a"]);
    before.close();
  });

  test("SF6 a file out of order is read as if it were sorted, and leaves nothing in the scratch folder", () => {
    const scratch = join(dir.path, "scratch");
    mkdirSync(scratch);
    put([
      {
        name: "bucket",
        maps: [docs],
        records: ["docs/c", "docs/a", "é", "docs/b"].map((key) => record(key)),
      },
      { name: "another", maps: [pics], records: [record("2"), record("1")] },
    ]);
    const before = readFileSync(path);
    const snapshot = new StateFile(path, scratch).snapshot();
    assert.deepEqual(keysOf(snapshot.records(docs)), ["a", "b", "c"]);
    assert.deepEqual(keysOf(snapshot.records(pics)), ["1", "2"]);
    snapshot.close();
    assert.deepEqual(readdirSync(scratch), []);
    assert.deepEqual(readdirSync(dir.path).toSorted(), ["scratch", "state"], "nothing beside the state");
    assert.deepEqual(readFileSync(path), before);
  });

  test("SF5 a key that stands twice is found by sorting, at the second of its places", () => {
    const keys = ["docs/b", "docs/a", "docs/b"];
    put([{ name: "bucket", maps: [docs], records: keys.map((key) => record(key)) }]);
    assert.throws(() => new StateFile(path, dir.path).snapshot(), {
      name: "StateFormatError",
      field: "key",
      offset: readFileSync(path).lastIndexOf("docs/b"),
      found: '"docs/b"',
    });
  });

  test("SF5 so is one that stands twice a long way apart", () => {
    const keys = Array.from({ length: 60_000 }, (_, i) => `docs/${60_000 - i}`);
    put([{ name: "bucket", maps: [docs], records: [...keys, "docs/60000"].map((key) => record(key)) }]);
    assert.throws(() => new StateFile(path, dir.path).snapshot(), {
      name: "StateFormatError",
      offset: readFileSync(path).lastIndexOf("docs/60000"),
    });
  });

  test("more records out of order than are sorted in memory at a time", () => {
    const keys = Array.from(
      { length: 120_000 },
      (_, i) => `docs/${String((i * 77_773) % 120_000).padStart(6, "0")}`,
    );
    put([{ name: "bucket", maps: [docs], records: keys.map((key) => record(key)) }]);
    const snapshot = new StateFile(path, dir.path).snapshot();
    assert.deepEqual(keysOf(snapshot.records(docs)), keys.map((key) => key.slice("docs/".length)).toSorted());
    snapshot.close();
  });
});

suite("record", () => {
  test("SF7 edits are spliced in; what no map covers goes; the rest stays", () => {
    put([
      { name: "another", maps: [pics], records: [record("x")] },
      {
        name: "bucket",
        maps: [docs],
        records: ["docs/a", "docs/b", "docs/c", "stray"].map((key) => record(key)),
      },
    ]);
    const changed = record("b", { etag: "new-2" });
    new StateFile(path).record(docs, [gone("a"), { key: changed.key, record: changed }], memory(5));
    const { buckets } = decodeState(readFileSync(path));
    assert.deepEqual(buckets[1]?.records, [record("docs/b", { etag: "new-2" }), record("docs/c")]);
    assert.deepEqual(buckets[0]?.records, [record("x")]);
  });

  test("a file out of order is in order afterwards", () => {
    put([{ name: "bucket", maps: [docs], records: [record("docs/b"), record("docs/a")] }]);
    new StateFile(path).record(docs, [], memory(5));
    assert.deepEqual(textKeys(decodeState(readFileSync(path)).buckets[0]?.records ?? []), [
      "docs/a",
      "docs/b",
    ]);
  });

  test("a map that is no longer there is not recorded", () => {
    put([{ name: "bucket", maps: [docs], records: [] }]);
    const before = readFileSync(path);
    assert.throws(() => new StateFile(path).record(pics, [], memory(5)), {
      name: "BsyncError",
      message: /no longer mapped/,
    });
    assert.deepEqual(readFileSync(path), before);
  });

  test("S13 a write that fails leaves the old file and nothing else", () => {
    put([{ name: "bucket", maps: [docs], records: [record("docs/a")] }]);
    const before = readFileSync(path);
    const store = new StateFile(path);
    function* failing(): Generator<BaseEdit> {
      yield gone("a");
      throw new Error("the spool broke");
    }
    assert.throws(() => store.record(docs, failing(), memory(5)), /the spool broke/);
    assert.deepEqual(readFileSync(path), before);
    assert.deepEqual(readdirSync(`${path}.d`), []);
    assert.equal(store.memory(docs).momentMs, 1, "nothing of it is remembered");
  });

  test("S13 the generation before stays as it was", () => {
    put([{ name: "bucket", maps: [docs], records: [record("docs/a")] }]);
    const store = new StateFile(path);
    const first = readFileSync(path);
    store.record(docs, [gone("a")], memory(5));
    assert.deepEqual(readFileSync(`${path}.d/previous`), first);
    const second = readFileSync(path);
    store.record(docs, [], memory(6));
    assert.deepEqual(readFileSync(`${path}.d/previous`), second);
  });

  test("S13 state file and folder are private, whatever the umask and the modes before", () => {
    put([{ name: "bucket", maps: [docs], records: [record("docs/a")] }]);
    mkdirSync(`${path}.d`, { mode: 0o777 });
    chmodSync(path, 0o644);
    new StateFile(path).record(docs, [], { momentMs: 5, identity });
    assert.equal(modeOf(path), 0o600);
    assert.equal(modeOf(`${path}.d`), 0o700);
    for (const name of readdirSync(`${path}.d`)) assert.equal(modeOf(join(`${path}.d`, name)), 0o600, name);
    assert.deepEqual(readdirSync(`${path}.d`).toSorted(), ["pairs.json", "previous"]);
  });

  test("a symlink to the state file is followed and stays", () => {
    put([{ name: "bucket", maps: [docs], records: [] }]);
    const link = join(dir.path, "link");
    symlinkSync("state", link);
    assert.equal(followLinks(link), path);
    symlinkSync("nowhere", join(dir.path, "dangling"));
    assert.equal(followLinks(join(dir.path, "dangling")), join(dir.path, "nowhere"));
    symlinkSync("loop", join(dir.path, "loop"));
    assert.throws(() => followLinks(join(dir.path, "loop")), /too many symbolic links/);
  });
});

suite("moments and identities", () => {
  test("SF10 unchanged maps cost eight bytes in place", () => {
    put([{ name: "bucket", maps: [docs], records: [record("docs/a")] }]);
    const before = readFileSync(path);
    const { ino } = statSync(path);
    const store = new StateFile(path);
    store.snapshot().close();
    store.unchanged(docs, memory(0x1122334455));
    assert.deepEqual(readFileSync(path), before, "written by close");
    store.close();
    const after = readFileSync(path);
    assert.equal(statSync(path).ino, ino);
    assert.equal(decodeState(after).syncedMs, 0x1122334455);
    after.copy(before, 6, 6, 14);
    assert.deepEqual(after, before);
    assert.equal(existsSync(`${path}.d/previous`), false);
  });

  test("nothing is written where nothing is new", () => {
    put([{ name: "bucket", maps: [docs], records: [] }]);
    const store = new StateFile(path);
    store.record(docs, [], { momentMs: 5, identity });
    const before = statSync(path).mtimeMs;
    const pairs = statSync(`${path}.d/pairs.json`).ino;
    store.unchanged(docs, { momentMs: 5, identity });
    store.close();
    assert.equal(statSync(path).mtimeMs, before);
    assert.equal(statSync(`${path}.d/pairs.json`).ino, pairs);
  });

  test("SF10 the file holds the oldest moment; those of the maps stand beside it while they differ", () => {
    put([
      { name: "another", maps: [pics], records: [] },
      { name: "bucket", maps: [docs], records: [] },
    ]);
    const store = new StateFile(path);
    assert.equal(store.memory(docs).momentMs, 1);
    store.record(docs, [], { momentMs: 500, identity });
    assert.equal(decodeState(readFileSync(path)).syncedMs, 1);
    assert.match(readFileSync(`${path}.d/pairs.json`, "utf8"), /momentMs/);
    const next = new StateFile(path);
    assert.deepEqual([next.memory(docs), next.memory(pics)], [{ momentMs: 500, identity }, memory(1)]);
    next.unchanged(pics, memory(500));
    next.close();
    assert.equal(decodeState(readFileSync(path)).syncedMs, 500);
    assert.doesNotMatch(readFileSync(`${path}.d/pairs.json`, "utf8"), /momentMs/);
    assert.deepEqual(new StateFile(path).memory(docs), { momentMs: 500, identity });
  });

  test("SF10 moments say nothing of a state file that was put back from a backup", () => {
    put([
      { name: "another", maps: [pics], records: [] },
      { name: "bucket", maps: [docs], records: [] },
    ]);
    copyFileSync(path, join(dir.path, "backup"));
    new StateFile(path).record(docs, [], { momentMs: 500, identity });
    renameSync(join(dir.path, "backup"), path);
    assert.deepEqual(new StateFile(path).memory(docs), { momentMs: 1, identity });
  });

  test("what cannot be parsed beside the state says nothing", () => {
    put([{ name: "bucket", maps: [docs], records: [] }]);
    mkdirSync(`${path}.d`);
    const name = { root: docs.root, bucket: docs.bucket, prefix: docs.prefix };
    const odd = [
      "",
      "{",
      "null",
      "[]",
      '{"pairs":7}',
      '{"pairs":[null,7,{"root":"/srv/docs"}]}',
      JSON.stringify({ pairs: [{ ...name, endpoint: "x", realPath: 7, ino: 1, birthMs: 1 }] }),
      JSON.stringify({ pairs: [{ ...name, endpoint: "x", realPath: "/", ino: "1", birthMs: 1 }] }),
      `{"__proto__":{"pairs":[]},"pairs":[{"__proto__":{"root":"/srv/docs"}}]}`,
    ];
    for (const text of odd) {
      writeFileSync(`${path}.d/pairs.json`, text);
      assert.deepEqual(new StateFile(path).memory(docs), memory(1), text);
    }
  });

  test("SF6 a file out of order is put in order when the run ends, even if nothing else changed", () => {
    put([{ name: "bucket", maps: [docs], records: [record("docs/b"), record("docs/a")] }]);
    const store = new StateFile(path);
    store.unchanged(docs, memory(9));
    store.close();
    assert.deepEqual(decodeState(readFileSync(path)), {
      version: 1,
      syncedMs: 9,
      ascending: true,
      buckets: [{ name: "bucket", maps: [docs], records: [record("docs/a"), record("docs/b")] }],
    });
  });
});

suite("setMaps", () => {
  test("makes the file, private, without a previous generation", () => {
    new StateFile(path).setMaps([docs, pics]);
    const { syncedMs, buckets } = decodeState(readFileSync(path));
    assert.equal(syncedMs, 0);
    assert.deepEqual(
      buckets.map(({ maps }) => maps),
      [[pics], [docs]],
    );
    assert.equal(modeOf(path), 0o600);
    assert.deepEqual(readdirSync(`${path}.d`), ["pairs.json"]);
  });

  test("SF8 --rmdir drops records, identity and moment at once: the same map added again begins anew", () => {
    put([
      { name: "another", maps: [pics], records: [record("x")] },
      { name: "bucket", maps: [docs], records: [record("docs/a")] },
    ]);
    const store = new StateFile(path);
    store.record(docs, [], { momentMs: 500, identity });
    store.setMaps([pics]);
    store.setMaps([pics, docs]);
    assert.deepEqual(store.memory(docs), { momentMs: 0, identity: undefined });
    assert.deepEqual(store.memory(pics), memory(1));
    const snapshot = new StateFile(path).snapshot();
    assert.equal(snapshot.syncedMs, 1, "a map that was never synced has no moment");
    assert.deepEqual([keysOf(snapshot.records(docs)), keysOf(snapshot.records(pics))], [[], ["x"]]);
    snapshot.close();
    assert.deepEqual(new StateFile(path).memory(docs), memory(0));
  });

  test("SF8 a map that is made non-recursive loses the records below it", () => {
    put([{ name: "bucket", maps: [docs], records: [record("docs/a"), record("docs/b/c")] }]);
    const store = new StateFile(path);
    store.setMaps([{ ...docs, recursive: false }]);
    store.setMaps([docs]);
    assert.deepEqual(textKeys(decodeState(readFileSync(path)).buckets[0]?.records ?? []), ["docs/a"]);
  });

  test("options make it version 2, and taking them away version 1 again; records and memory stay", () => {
    put([{ name: "bucket", maps: [docs], records: [record("docs/a")] }]);
    const store = new StateFile(path);
    store.record(docs, [], { momentMs: 3, identity });
    const optional: DirectoryMap = { ...docs, gzip: 3, options: { region: "eu-west-1" } };
    store.setMaps([optional]);
    assert.equal(decodeState(readFileSync(path)).version, 2);
    assert.deepEqual(store.maps(), [optional]);
    store.setMaps([docs]);
    assert.equal(decodeState(readFileSync(path)).version, 1);
    assert.deepEqual(textKeys(decodeState(readFileSync(path)).buckets[0]?.records ?? []), ["docs/a"]);
    assert.deepEqual(store.memory(docs), { momentMs: 3, identity });
  });

  test("SF4, G22 a damaged file and one of a newer version are left as they are", () => {
    for (const bytes of ["9d9f53330190", "9d9f533303", "00"]) {
      writeFileSync(path, Buffer.from(bytes, "hex"));
      assert.throws(() => new StateFile(path).setMaps([docs]), { name: "StateFormatError" });
      assert.equal(readFileSync(path, "hex"), bytes);
    }
  });
});

suite("recover", () => {
  test("S14 sets the damaged file aside and takes the maps, not the records, of the generation before", () => {
    put([{ name: "bucket", maps: [docs], records: [record("docs/a")] }]);
    new StateFile(path).record(docs, [], { momentMs: 5, identity });
    const damaged = readFileSync(path).subarray(0, 40);
    writeFileSync(path, damaged);
    const store = new StateFile(path);
    assert.throws(() => store.snapshot(), { name: "StateFormatError", hint: /--init --recover/ });
    const { setAside, maps } = store.recover();
    assert.deepEqual(maps, [docs]);
    assert.deepEqual(readFileSync(setAside), damaged);
    assert.deepEqual(decodeState(readFileSync(path)), {
      version: 1,
      syncedMs: 0,
      ascending: true,
      buckets: [{ name: "bucket", maps: [docs], records: [] }],
    });
    assert.deepEqual(store.memory(docs), { momentMs: 0, identity });
    assert.equal(modeOf(path), 0o600);
  });

  test("the maps of a file that can be read are its own; each file set aside has its own name", () => {
    put([{ name: "bucket", maps: [docs], records: [record("docs/a")] }]);
    const store = new StateFile(path);
    const first = store.recover();
    const second = store.recover();
    assert.deepEqual([first.maps, second.maps], [[docs], [docs]]);
    assert.notEqual(first.setAside, second.setAside);
    assert.deepEqual(textKeys(decodeState(readFileSync(first.setAside)).buckets[0]?.records ?? []), [
      "docs/a",
    ]);
  });

  test("an empty file, as a power cut leaves it, is recovered; without a generation before it maps nothing", () => {
    writeFileSync(path, "");
    assert.deepEqual(new StateFile(path).recover().maps, []);
    assert.deepEqual(new StateFile(path).maps(), []);
  });

  test("somebody else's file is left as it is", () => {
    writeFileSync(path, "alias ll='ls -l'\n");
    assert.throws(() => new StateFile(path).recover(), {
      name: "BsyncError",
      message: /not a state file of s3-bsync/,
    });
    assert.equal(readFileSync(path, "utf8"), "alias ll='ls -l'\n");
  });
});

suite("purge", () => {
  test("removes the state and its folder but for backups, and says where they are", () => {
    put([{ name: "bucket", maps: [docs], records: [] }]);
    const store = new StateFile(path);
    store.record(docs, [], { momentMs: 5, identity });
    mkdirSync(`${path}.d/backups/1`, { recursive: true });
    writeFileSync(`${path}.d/lock`, "held by the caller");
    assert.deepEqual(store.purge({ backups: false }), { removed: path, keptBackups: `${path}.d/backups` });
    assert.deepEqual(readdirSync(dir.path), ["state.d"]);
    assert.deepEqual(readdirSync(`${path}.d`).toSorted(), ["backups", "lock"]);
  });

  test("backups go too where that is asked for, and empty ones are none", () => {
    for (const backups of [true, false]) {
      put([{ name: "bucket", maps: [docs], records: [] }]);
      mkdirSync(`${path}.d/backups`, { recursive: true });
      if (backups) writeFileSync(`${path}.d/backups/1`, "");
      assert.deepEqual(new StateFile(path).purge({ backups }), { removed: path, keptBackups: undefined });
      assert.deepEqual(readdirSync(`${path}.d`), []);
    }
  });

  test("a damaged file of ours may go, and somebody else's may not; none is no error", () => {
    assert.equal(new StateFile(path).purge({ backups: true }), undefined);
    writeFileSync(path, "not ours");
    assert.throws(() => new StateFile(path).purge({ backups: true }), { name: "BsyncError" });
    assert.equal(readFileSync(path, "utf8"), "not ours");
    writeFileSync(path, Buffer.from("9d9f5333ff", "hex"));
    assert.notEqual(new StateFile(path).purge({ backups: true }), undefined);
    assert.equal(existsSync(path), false);
  });
});

function put(buckets: Parameters<typeof encodeState>[0]["buckets"]): void {
  writeFileSync(path, encodeState({ syncedMs: 1, buckets }));
}

function memory(momentMs: number): MapMemory {
  return { momentMs, identity: undefined };
}

function gone(key: string): BaseEdit {
  return { key: keyOfText(key), record: undefined };
}

function keysOf(batches: Iterable<readonly BaseRecord[]>): readonly string[] {
  return [...batches].flatMap((batch) => textKeys(batch));
}

function modeOf(file: string): number {
  return statSync(file).mode & 0o777;
}
