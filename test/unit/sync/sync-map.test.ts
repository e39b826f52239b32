/** The conductor of one map, over ports in memory: what it does when the world does not keep still. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BsyncError, PathError } from "../../../src/model/errors.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import { MemoryFileTree } from "../../support/memory-file-tree.ts";
import { MemoryObjectStore } from "../../support/memory-object-store.ts";
import { MemorySync } from "../../support/memory-sync.ts";

/** In sync, with this many files f0, f1, …. */
async function synced(count: number, sync = new MemorySync()): Promise<MemorySync> {
  for (let i = 0; i < count; i++) sync.files.put(`f${i}`, `content ${i}`);
  assert.equal((await sync.run()).code, 0);
  return sync;
}

describe("a listing that lacks an object", () => {
  test("deletes nothing: only a 404 takes a file away (X6)", async () => {
    const sync = await synced(3);
    sync.objects.hides = (key) => key === keyOfText("f1");
    const told = await sync.run();
    assert.equal(told.code, 3);
    assert.equal(sync.files.text("f1"), "content 1");
    assert.equal(sync.state.records.size, 3);
  });

  test("that is in another order is thrown away and taken again, sorted (O4)", async () => {
    const sync = await synced(5, new MemorySync({ objects: new MemoryObjectStore({ unordered: true }) }));
    assert.deepEqual(sync.objects.paths(), ["f0", "f1", "f2", "f3", "f4"]);
    assert.equal(sync.objects.requests.list, 2);
  });
});

describe("an edit that keeps size and time", () => {
  test("within the time stamp of the last run is seen, and still is after its upload failed (R16, X7)", async () => {
    const sync = await synced(3);
    const time = sync.nowMs + 60_000; // when the next run begins
    sync.files.put("f1", "edited  1", time);
    assert.equal((await sync.run()).code, 0);
    sync.files.put("f1", "edited  2", time);
    sync.objects.before = (kind) => {
      if (kind === "put") throw new PathError("as the test wants it");
    };
    assert.equal((await sync.run()).code, 3);
    sync.objects.before = () => {};
    await sync.run();
    assert.equal(sync.objects.text("f1"), "edited  2");
  });

  test("that no run has seen is never destroyed: a later remote edit is a conflict (R18)", async () => {
    const sync = await synced(3);
    sync.files.put("f1", "edited  1", 1_000_001);
    await sync.run();
    assert.equal(sync.objects.text("f1"), "content 1", "a run does not see it");
    sync.objects.put("f1", "remote", { mtimeNs: 2n ** 62n });
    await sync.run();
    assert.equal(sync.files.text("f1"), "remote");
    assert.deepEqual(
      sync.losers.map(({ text }) => text),
      ["edited  1"],
    );
  });
});

describe("what fails", () => {
  test("for one path is that path's outcome; all others go on (X7)", async () => {
    const sync = await synced(2);
    sync.files.put("a", "1");
    sync.files.put("b", "2");
    sync.objects.before = (kind, key) => {
      if (kind === "put" && key === "a") throw new PathError("403");
    };
    const told = await sync.run();
    assert.equal(told.code, 3);
    assert.deepEqual(
      told.ended.filter(({ end }) => end === "failed").map(({ key }) => key),
      ["a"],
    );
    assert.equal(sync.objects.text("b"), "2");
    assert.equal(sync.state.records.has(keyOfText("a")), false);
  });

  test("for the whole map ends it, and what was done is recorded (X8)", async () => {
    const sync = await synced(2);
    for (let i = 0; i < 200; i++) sync.files.put(`n${String(i).padStart(3, "0")}`, "new");
    sync.objects.before = (kind, key) => {
      if (kind === "put" && key === "n100") throw new BsyncError("the credentials have expired");
    };
    const told = await sync.run();
    assert.equal(told.code, 1);
    assert.equal(told.result?.error?.message, "the credentials have expired");
    assert.ok(sync.state.records.has(keyOfText("n000")));
    sync.objects.before = () => {};
    const requests = { ...sync.objects.requests };
    await sync.run();
    assert.equal(sync.state.records.size, 202);
    assert.ok(sync.objects.requests.put - requests.put < 200, "what was recorded is not sent again");
  });

  test("where the loser cannot be kept leaves the conflict as it is (R23)", async () => {
    const sync = await synced(2);
    sync.files.put("f0", "local", 5_000_000);
    sync.objects.put("f0", "remote", { mtimeNs: 2n ** 62n });
    sync.files.before = (step) => {
      if (step === "read") throw new PathError("the disk is full");
    };
    assert.equal((await sync.run()).code, 3);
    assert.deepEqual([sync.files.text("f0"), sync.objects.text("f0")], ["local", "remote"]);
  });
});

describe("a stop in the middle", () => {
  test("begins nothing new, records what is done, and says how it ended (X10)", async () => {
    const sync = await synced(2);
    for (let i = 0; i < 300; i++) sync.files.put(`n${String(i).padStart(3, "0")}`, "new");
    const stop = new AbortController();
    let puts = 0;
    sync.objects.before = (kind) => {
      if (kind === "put" && ++puts === 10) stop.abort(143);
    };
    const told = await sync.run({ signal: stop.signal });
    assert.equal(told.code, 143);
    assert.ok(puts < 200);
    assert.equal(sync.state.records.size, 2 + puts, "every upload that ended is recorded");
    sync.objects.before = () => {};
    assert.equal((await sync.run()).code, 0);
    assert.equal(sync.state.records.size, 302);
  });

  test("before the plan is complete does nothing at all (X1)", async () => {
    const sync = await synced(2);
    sync.files.put("new", "1");
    const stop = new AbortController();
    stop.abort(130);
    assert.equal((await sync.run({ signal: stop.signal })).code, 130);
    assert.equal(sync.objects.text("new"), undefined);
  });
});

describe("guards about a whole side", () => {
  test("stop the map in both directions, and its records stay (S2)", async () => {
    const sync = await synced(3);
    for (const name of sync.files.paths()) sync.files.erase(name);
    sync.objects.put("new", "1");
    const told = await sync.run();
    assert.equal(told.code, 4);
    assert.match(told.result?.error?.hint ?? "", /--allow-empty/);
    assert.equal(sync.files.text("new"), undefined, "nothing is added either");
    assert.equal(sync.state.records.size, 3);
    assert.equal((await sync.run({ allowEmpty: true })).code, 0);
    assert.deepEqual(sync.objects.paths(), ["new"]);
  });

  test("do not take what is ignored for the content of a side (S2, IG8, G142)", async () => {
    const sync = await synced(3);
    sync.files.put(".s3syncignore", "cache/\n.s3syncignore\n"); // matches itself: it stays here
    await sync.run();
    sync.objects.put("cache/1", "x");
    for (const name of ["f0", "f1", "f2"]) sync.objects.erase(name);
    assert.equal((await sync.run()).code, 4);
    assert.equal(sync.files.paths().length, 4);
  });

  test("stop for a root that is gone, and have no override (S1)", async () => {
    const sync = await synced(3);
    sync.files.root = undefined;
    const told = await sync.run({ allowEmpty: true, acceptIdentity: true });
    assert.equal(told.code, 4);
    assert.match(told.result?.error?.hint ?? "", /--rmdir/);
  });

  test("stop for another endpoint until it is accepted (S3)", async () => {
    const sync = await synced(3);
    const moved = new MemorySync({
      files: sync.files,
      objects: new MemoryObjectStore({ endpoint: "http://other" }),
    });
    for (const [key, record] of sync.state.records) moved.state.records.set(key, record);
    moved.state.remembered = sync.state.remembered;
    for (let i = 0; i < 3; i++) moved.objects.put(`f${i}`, `content ${i}`);
    const told = await moved.run();
    assert.deepEqual([told.code, told.result?.error?.hint?.includes("--accept-identity")], [4, true]);
    assert.equal((await moved.run({ acceptIdentity: true })).code, 0);
    assert.equal((await moved.run()).code, 0, "accepted once, it is the identity");
  });

  test("stop for another directory unless the tracked files are in place (S4)", async () => {
    const sync = await synced(4);
    sync.files.root = { realPath: "/memory", ino: 99, birthMs: 99 };
    assert.equal((await sync.run()).code, 0, "all in place: the new identity is taken without a question");
    sync.files.root = { realPath: "/memory", ino: 100, birthMs: 100 };
    sync.files.erase("f0");
    sync.files.erase("f1");
    const told = await sync.run();
    assert.deepEqual([told.code, told.result?.error?.hint?.includes("--accept-identity")], [4, true]);
    assert.equal(sync.objects.paths().length, 4);
    assert.equal((await sync.run({ acceptIdentity: true })).code, 0);
    assert.equal(sync.objects.paths().length, 2);
  });

  test("stop when the root changes during the run, before anything acts (S5, H159)", async () => {
    const sync = await synced(4);
    sync.files.put("new", "1");
    sync.files.before = (step) => {
      if (step === "scan") sync.files.root = { realPath: "/memory", ino: 5, birthMs: 5 };
    };
    assert.equal((await sync.run()).code, 4);
    assert.equal(sync.objects.text("new"), undefined);
  });
});

describe("guards about amounts", () => {
  test("hold the deletions with their records, and let the rest go on (S6, H153)", async () => {
    const sync = await synced(20);
    for (let i = 0; i < 12; i++) sync.files.erase(`f${i}`);
    sync.files.put("new", "1");
    for (let run = 0; run < 2; run++) {
      const told = await sync.run();
      assert.equal(told.code, 4, "the same verdict every time");
      assert.deepEqual(told.held, [{ what: "deletions", side: "remote", count: 12, of: 20 + run }]);
      assert.equal(sync.objects.paths().length, 21);
      assert.equal(sync.state.records.size, 21);
    }
    const all = { files: Number.POSITIVE_INFINITY, share: 1 };
    assert.equal((await sync.run({ limits: { deletions: all, overwrites: all } })).code, 0);
    assert.equal(sync.objects.paths().length, 9);
  });

  test("hold overwrites of tracked names; a first meeting has none (S7)", async () => {
    const sync = new MemorySync();
    for (let i = 0; i < 30; i++) {
      sync.files.put(`f${i}`, "here", 1);
      sync.objects.put(`f${i}`, "there!");
    }
    assert.equal((await sync.run()).code, 0, "a first meeting");
    assert.equal(sync.losers.length, 30);
    for (let i = 0; i < 30; i++) sync.files.put(`f${i}`, "rewritten");
    const told = await sync.run();
    assert.deepEqual(
      [told.code, told.held],
      [4, [{ what: "overwrites", side: "remote", count: 30, of: 30 }]],
    );
    assert.equal(sync.objects.text("f0"), "there!");
  });

  test("count a tree that went back in time with the deletions, and keep what it overwrites and deletes (R19)", async () => {
    const sync = new MemorySync();
    for (let i = 0; i < 30; i++) sync.files.put(`f${i}`, "version 2", 9_000_000);
    await sync.run();
    for (let i = 0; i < 4; i++) sync.files.put(`f${i}`, "v1", 5_000_000);
    sync.files.erase("f9");
    assert.equal((await sync.run()).code, 0);
    assert.deepEqual(
      sync.losers.map(({ text }) => text),
      Array.from({ length: 5 }, () => "version 2"),
    );
    for (let i = 10; i < 28; i++) sync.files.put(`f${i}`, "v1", 5_000_000);
    assert.equal((await sync.run()).held[0]?.what, "deletions");
  });
});

describe("unknown is not absent", () => {
  test("an unreadable directory keeps everything below it on S3, and is reported once (RU, S9)", async () => {
    const sync = new MemorySync();
    for (const name of ["d/1", "d/2", "d/3", "e"]) sync.files.put(name, name);
    await sync.run();
    sync.files.obscure("d/", "it cannot be read");
    const told = await sync.run();
    assert.equal(told.code, 3);
    assert.equal(told.ended.filter((each) => each.end === "left" && each.reported).length, 1);
    assert.deepEqual(sync.objects.paths(), ["d/1", "d/2", "d/3", "e"]);
    assert.equal(sync.state.records.size, 4);
  });

  test("an archived object is left where its bytes are needed, and only there (R21, H162)", async () => {
    const sync = new MemorySync();
    sync.files.put("kept", "same", 2_000);
    await sync.run();
    sync.objects.put("frozen", "x", { archived: true });
    sync.objects.put("kept", "same", { archived: true });
    const told = await sync.run();
    assert.equal(told.code, 3);
    assert.equal(sync.files.text("frozen"), undefined);
    sync.files.put("frozen2", "same", 7_000);
    sync.objects.put("frozen2", "same", { archived: true, mtimeNs: 7_000_000_000n });
    await sync.run();
    assert.ok(sync.state.records.has(keyOfText("frozen2")), "equal size and time count as equal");
  });
});

describe("where names fold", () => {
  test("one of two twins comes, the other is reported, and no deletion is read from it (R25, F118)", async () => {
    const sync = new MemorySync({ files: new MemoryFileTree({ folds: true }) });
    sync.objects.put("A.txt", "upper");
    sync.objects.put("a.txt", "lower");
    sync.objects.put("b.txt", "b");
    for (let run = 0; run < 2; run++) {
      assert.equal((await sync.run()).code, 3);
      assert.deepEqual(sync.files.paths(), ["A.txt", "b.txt"]);
      assert.deepEqual(sync.objects.paths(), ["A.txt", "a.txt", "b.txt"]);
    }
  });

  test("a rename that changes case only ends as one key, with its content (R25)", async () => {
    const sync = new MemorySync({ files: new MemoryFileTree({ folds: true }) });
    for (const name of ["a.txt", "b", "c"]) sync.files.put(name, name);
    await sync.run();
    sync.files.erase("a.txt");
    sync.files.put("A.txt", "a.txt");
    assert.equal((await sync.run()).code, 0);
    assert.deepEqual(sync.objects.paths(), ["A.txt", "b", "c"]);
    sync.objects.erase("A.txt");
    sync.objects.put("a.TXT", "a.txt");
    await sync.run();
    await sync.run();
    assert.deepEqual(sync.files.paths(), ["a.TXT", "b", "c"]);
  });
});
