/** What must hold although a run ends early, a disk goes, or nobody looked in between. Each title names what once broke. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { directory } from "../../../src/local/directory.ts";
import { BsyncError } from "../../../src/model/errors.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import type { ObjectFacts } from "../../../src/ports/object-store.ts";
import { MAP, MemorySync } from "../../support/memory-sync.ts";
import { tempDir } from "../../support/temp-dir.ts";

/** As another program's upload in parts: an ETag that proves nothing. */
function inParts(name: string, etag: string, size: number): Partial<ObjectFacts> {
  return { object: { key: keyOfText(name), size, etag, modifiedS: 0, archived: false }, etagMayBeMd5: false };
}

test("a disk that goes during the downloads ends the map, and its files do not read as deleted later (S5)", async () => {
  using top = tempDir();
  const root = join(top.path, "disk");
  mkdirSync(root);
  const sync = new MemorySync({
    files: directory(root, { keyPrefix: "", hidden: [] }),
    map: { ...MAP, root },
  });
  sync.nowMs = Date.now();
  for (let i = 0; i < 20; i++) writeFileSync(join(root, `old${i}`), "old");
  assert.equal((await sync.run()).code, 0);
  for (let i = 0; i < 8; i++) sync.objects.put(`new${i}`, "new");
  sync.objects.before = (kind) => {
    if (kind !== "get") return;
    sync.objects.before = () => {};
    renameSync(root, join(top.path, "unplugged"));
    mkdirSync(root); // the bare mount point
  };
  assert.equal((await sync.run()).code, 4);
  assert.deepEqual(readdirSync(root), [], "nothing lands on the bare mount point");
  renameSync(root, join(top.path, "bare"));
  renameSync(join(top.path, "unplugged"), root);
  assert.equal((await sync.run()).code, 0);
  assert.equal(readdirSync(root).length, 28);
  assert.equal(sync.objects.paths().length, 28);
});

for (const how of ["a signal", "an error of the server"]) {
  test(`new ignore rules whose run is ended by ${how} never read as a deletion (IG11, X2)`, async () => {
    const sync = new MemorySync();
    sync.files.put(".s3syncignore", "# nothing\n");
    sync.files.put("z.log", "precious log");
    for (let i = 0; i < 6; i++) sync.files.put(`k${i}`, `k${i}`);
    assert.equal((await sync.run()).code, 0);
    // Another machine ignores logs, and cleans the bucket of them.
    sync.objects.put(".s3syncignore", "*.log\n");
    sync.objects.erase("z.log");
    for (let i = 0; i < 200; i++) sync.objects.put(`n${String(i).padStart(3, "0")}`, "x");
    const control = new AbortController();
    sync.objects.before = (kind, key) => {
      if (kind !== "get" || key !== "n050") return;
      if (how === "a signal") control.abort(143);
      else throw new BsyncError("the credentials have expired");
    };
    assert.notEqual((await sync.run({ signal: control.signal })).code, 0);
    sync.objects.before = () => {};
    await sync.run();
    assert.equal(sync.files.text("z.log"), "precious log");
  });
}

for (const runs of [0, 1]) {
  test(`an edit that keeps size and time is backed up where the record proves nothing, after ${runs} runs that did not see it (R18)`, async () => {
    const sync = new MemorySync();
    sync.objects.put("f", "version 1", inParts("f", "aaaa-2", 9));
    sync.objects.put("g", "g");
    await sync.run();
    const seen = sync.files.observe(keyOfText("f"));
    assert.ok(seen !== undefined && "mtimeMs" in seen);
    sync.files.put("f", "EDITED  1", seen.mtimeMs);
    for (let i = 0; i < runs; i++) assert.equal((await sync.run()).code, 0);
    sync.objects.put("f", "version 2", inParts("f", "bbbb-2", 9));
    await sync.run();
    assert.equal(sync.files.text("f"), "version 2");
    assert.deepEqual(
      sync.losers.map(({ text }) => text),
      ["EDITED  1"],
    );
  });
}

test("a digest in metadata that outlived its content is no proof of equality (R20)", async () => {
  const sync = new MemorySync();
  const md5 = createHash("md5").update("version 1").digest("hex");
  sync.files.put("f", "version 1", 1_000_000);
  sync.objects.put("f", "VERSION 2", { ...inParts("f", "cccc-2", 9), md5, mtimeNs: 9n ** 18n });
  await sync.run();
  assert.equal(sync.files.text("f"), "VERSION 2");
  assert.deepEqual(
    sync.losers.map(({ text }) => text),
    ["version 1"],
  );
});

test("a racy edit below an ignore file that cannot be read is seen once it can (R16)", async () => {
  const sync = new MemorySync();
  const time = sync.nowMs + 60_000; // when the next run begins
  sync.files.put("d/.s3syncignore", "x\n");
  sync.files.put("d/f", "edited 1", time);
  sync.files.put("k", "k");
  assert.equal((await sync.run()).code, 0);
  sync.files.put("d/f", "edited 2", time);
  sync.objects.put("d/.s3syncignore", "y\n", { archived: true });
  assert.equal((await sync.run()).code, 3);
  sync.objects.put("d/.s3syncignore", "x\n");
  await sync.run();
  assert.equal(sync.objects.text("d/f"), "edited 2");
});

test("where ETags are seen to be no MD5, a remote deletion is carried here, and the bytes are kept (R3, R18)", async () => {
  const sync = new MemorySync();
  for (const name of ["a", "b", "c"]) sync.files.put(name, name);
  await sync.run();
  for (const [key, record] of sync.state.records)
    sync.state.records.set(key, { ...record, etag: "f".repeat(32) });
  for (const name of ["b", "c"])
    sync.objects.put(name, name, {
      object: { key: keyOfText(name), size: 1, etag: "f".repeat(32), modifiedS: 0, archived: false },
    });
  sync.objects.erase("a");
  sync.objects.etagsMayBeMd5 = false;
  assert.equal((await sync.run()).code, 0);
  assert.deepEqual(sync.files.paths(), ["b", "c"]);
  assert.deepEqual(
    sync.losers.map(({ text }) => text),
    ["a"],
  );
});

for (const when of ["before", "after"] as const) {
  test(`a connection that goes ${when} the effect makes no edit a conflict, and brings back nothing that was deleted (X19)`, async () => {
    const sync = new MemorySync();
    for (const name of ["edited", "deleted", "kept", "more"]) sync.files.put(name, name, 1_000_000);
    assert.equal((await sync.run()).code, 0);
    for (const kind of ["put", "delete"]) {
      if (kind === "put") sync.files.put("edited", "edited anew", 2_000_000);
      else sync.files.erase("deleted");
      let isGone = false;
      sync.objects.before = (asked) => {
        isGone ||= when === "before" && asked === kind;
        if (isGone) throw new BsyncError("no answer");
      };
      sync.objects.after = (asked) => {
        isGone ||= asked === kind;
        if (isGone) throw new BsyncError("no answer");
      };
      assert.equal((await sync.run()).code, 1);
      sync.objects.before = sync.objects.after = () => {};
      assert.equal((await sync.run()).code, 0);
    }
    assert.equal(sync.objects.text("edited"), "edited anew");
    assert.deepEqual(
      [sync.files.paths(), sync.objects.paths()],
      [
        ["edited", "kept", "more"],
        ["edited", "kept", "more"],
      ],
    );
    assert.deepEqual(sync.losers, []);
  });
}
