/** Renames on one side, carried to the other by giving the content there its new name. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PathError } from "../../../src/model/errors.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import { MemoryFileTree } from "../../support/memory-file-tree.ts";
import { MemorySync } from "../../support/memory-sync.ts";

/** Both sides hold these, recorded. */
async function synced(files: Readonly<Record<string, string>>, sync = new MemorySync()): Promise<MemorySync> {
  for (const [name, content] of Object.entries(files)) sync.files.put(name, content);
  assert.equal((await sync.run()).code, 0);
  return sync;
}

function renameFile({ files }: MemorySync, from: string, to: string): void {
  const content = files.text(from) ?? "";
  files.erase(from);
  files.put(to, content);
}

function renameObject({ objects }: MemorySync, from: string, to: string): void {
  objects.put(to, objects.text(from) ?? "");
  objects.erase(from);
}

/** Bytes that crossed the line in the next run, and how it ended. */
async function next(sync: MemorySync) {
  const before = { ...sync.objects.requests };
  const told = await sync.run();
  const sent = {
    get: sync.objects.requests.get - before.get,
    verbs: told.ended.map(({ verb, key, end }) => `${verb} ${key} ${end}`),
  };
  return { ...sent, told };
}

function assertSame({ files, objects }: MemorySync, expected: Readonly<Record<string, string>>): void {
  const seen = (paths: readonly string[], text: (name: string) => string | undefined) =>
    Object.fromEntries(paths.map((name) => [name, text(name)]));
  assert.deepEqual(
    seen(files.paths(), (name) => files.text(name)),
    expected,
  );
  assert.deepEqual(
    seen(objects.paths(), (name) => objects.text(name)),
    expected,
  );
}

describe("a file that was renamed", () => {
  test("is copied inside the store, and only then its old object goes (MV5)", async () => {
    const sync = await synced({ a: "content", other: "other content" });
    renameFile(sync, "a", "b");
    const { verbs, told } = await next(sync);
    assert.deepEqual(verbs, ["copy-remote b done", "delete-remote a done"]);
    assert.equal(told.result?.totals?.bytesUp, 0);
    assertSame(sync, { b: "content", other: "other content" });
    assert.deepEqual((await next(sync)).verbs, []);
  });

  test("of which the copy fails keeps its old object (MV5, MV7)", async () => {
    const sync = await synced({ a: "content", other: "other content" });
    renameFile(sync, "a", "b");
    sync.objects.before = (kind, key) => {
      if (kind === "put" && key === keyOfText("b")) sync.objects.put("b", "somebody else's");
    };
    const { verbs } = await next(sync);
    sync.objects.before = () => {};
    assert.deepEqual(verbs, ["copy-remote b stale"]);
    assert.equal(sync.objects.text("a"), "content");
  });

  test("together with a whole directory trips no guard (MV8)", async () => {
    const names = Array.from({ length: 30 }, (_, at) => `f${at}`);
    const sync = await synced(Object.fromEntries(names.map((name) => [`d/${name}`, `content of ${name}`])));
    for (const name of names) renameFile(sync, `d/${name}`, `e/${name}`);
    const { told } = await next(sync);
    assert.equal(told.code, 0);
    assert.equal(told.result?.totals?.actions["copy-remote"], 30);
    assert.equal(told.result?.totals?.deletions.remote, 0);
  });

  test("is not held with the deletions that a guard holds (MV8)", async () => {
    const names = Array.from({ length: 40 }, (_, at) => `f${at}`);
    const sync = await synced(Object.fromEntries(names.map((name) => [name, `content of ${name}`])));
    for (const name of names) {
      if (name < "f12") renameFile(sync, name, `moved-${name}`);
      else sync.files.erase(name);
    }
    sync.files.put("kept", "a new file");
    const { told, verbs } = await next(sync);
    assert.equal(told.code, 4);
    assert.equal(verbs.filter((each) => each.startsWith("delete-remote")).length, 4);
    assert.equal(verbs.filter((each) => each.startsWith("copy-remote")).length, 4);
  });

  test("and edited is a new file (MV1)", async () => {
    const sync = await synced({ a: "content", other: "other content" });
    sync.files.erase("a");
    sync.files.put("b", "edited!");
    assert.deepEqual((await next(sync)).verbs, ["upload b done", "delete-remote a done"]);
  });

  test("is no move where it is empty (MV1)", async () => {
    const sync = await synced({ a: "", other: "other content" });
    renameFile(sync, "a", "b");
    assert.deepEqual((await next(sync)).verbs, ["upload b done", "delete-remote a done"]);
  });

  test("into a directory of its own name is a transfer (MV4)", async () => {
    const sync = await synced({ x: "content", other: "other content" });
    renameFile(sync, "x", "x/x");
    await next(sync);
    await next(sync);
    assertSame(sync, { "x/x": "content", other: "other content" });
  });

  test("has its twin by name first where several have the same content (MV3)", async () => {
    const sync = await synced({ "d/a": "same", "d/b": "same", other: "other content" });
    renameFile(sync, "d/a", "e/a");
    renameFile(sync, "d/b", "e/b");
    const { told } = await next(sync);
    const notes = told.ended.filter(({ verb }) => verb === "copy-remote").map(({ note }) => note);
    assert.deepEqual(notes, ['renamed from "d/a"', 'renamed from "d/b"']);
  });
});

describe("an object that was renamed", () => {
  test("renames the file, whose inode stays (MV6)", async () => {
    const sync = await synced({ a: "content", other: "other content" });
    const before = sync.files.observe(keyOfText("a"));
    renameObject(sync, "a", "d/b");
    const { verbs, get } = await next(sync);
    assert.deepEqual(verbs, ["rename-local d/b done", "delete-local a done"]);
    assert.equal(get, 0);
    const after = sync.files.observe(keyOfText("d/b"));
    assert.equal(after && "ino" in after && after.ino, before && "ino" in before && before.ino);
    assertSame(sync, { "d/b": "content", other: "other content" });
    assert.deepEqual((await next(sync)).verbs, []);
  });

  test("whose old name is there after all renames nothing (MV6)", async () => {
    const sync = await synced({ a: "content", other: "other content" });
    sync.objects.put("b", "content");
    sync.objects.hides = (key) => key === keyOfText("a");
    const { verbs } = await next(sync);
    sync.objects.hides = () => false;
    assert.deepEqual(verbs, ["rename-local b stale"]);
    assert.equal(sync.files.text("a"), "content");
  });
});

test("a file that cannot be renamed, such as to another disk, is transferred, and its old name goes (MV6)", async () => {
  const sync = await synced({ a: "content", other: "other content" });
  renameObject(sync, "a", "disk/b");
  sync.files.before = (step) => {
    if (step === "rename") throw new PathError("cannot be renamed");
  };
  const { verbs, get } = await next(sync);
  assert.deepEqual(verbs, ["rename-local disk/b done", "delete-local a done"]);
  assert.equal(get, 1);
  assertSame(sync, { "disk/b": "content", other: "other content" });
});

describe("renames that meet each other", () => {
  test("swaps are transfers, and nothing is lost (MV4)", async () => {
    const sync = await synced({ a: "content A", b: "content B", other: "other content" });
    const [a = "", b = ""] = [sync.files.text("a"), sync.files.text("b")];
    sync.files.put("a", b);
    sync.files.put("b", a);
    await next(sync);
    assertSame(sync, { a: "content B", b: "content A", other: "other content" });
  });

  test("a chain moves what it can and ends the same on both sides (MV4)", async () => {
    const sync = await synced({ a: "content A", b: "content B", other: "other content" });
    renameFile(sync, "b", "c");
    renameFile(sync, "a", "b");
    await next(sync);
    assertSame(sync, { b: "content A", c: "content B", other: "other content" });
  });

  test("the same rename on both sides costs no transfer", async () => {
    const sync = await synced({ a: "content", other: "other content" });
    renameFile(sync, "a", "b");
    renameObject(sync, "a", "b");
    const { verbs } = await next(sync);
    assert.deepEqual(verbs, ["forget a done", "adopt b done"]);
  });

  test("different renames of one file keep both names", async () => {
    const sync = await synced({ a: "content", other: "other content" });
    renameFile(sync, "a", "b");
    renameObject(sync, "a", "c");
    await next(sync);
    assertSame(sync, { b: "content", c: "content", other: "other content" });
  });
});

test("on a directory that folds names, a change of case is a move (MV9)", async () => {
  const sync = await synced(
    { "a.txt": "content", other: "other content" },
    new MemorySync({ files: new MemoryFileTree({ folds: true }) }),
  );
  renameObject(sync, "a.txt", "A.txt");
  const { verbs } = await next(sync);
  assert.deepEqual(verbs, ["rename-local A.txt done", "delete-local a.txt done"]);
  assertSame(sync, { "A.txt": "content", other: "other content" });
  assert.deepEqual((await next(sync)).verbs, []);
});
