/** Runs about a part of a map: what guards, renames, ignore files and backups make of the rest. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nameChoice } from "../../../src/core/name-choice.ts";
import { Allowance } from "../../../src/core/transfer-limit.ts";
import type { NameChoice } from "../../../src/model/choice.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import { MemorySync, type Told } from "../../support/memory-sync.ts";

const only = (...patterns: readonly string[]): { readonly names: NameChoice } => ({
  names: nameChoice({ only: patterns, exclude: [] }),
});
const without = (...patterns: readonly string[]): { readonly names: NameChoice } => ({
  names: nameChoice({ only: [], exclude: patterns }),
});

/** In sync, with these names and their names as content. */
async function synced(...names: readonly string[]): Promise<MemorySync> {
  const sync = new MemorySync();
  for (const name of names) sync.files.put(name, `content of ${name}`, 1_000_000);
  assert.equal((await sync.run()).code, 0);
  return sync;
}

const ends = ({ ended }: Told): readonly string[] =>
  ended.map(({ key, verb, end }) => `${key} ${verb} ${end}`);

describe("a run about some names", () => {
  test("carries a deletion of a chosen name, and counts the rest (CH1, CH2, CH4)", async () => {
    const sync = await synced("a", "d/x", "d/y", "z");
    sync.files.erase("d/x");
    sync.files.erase("a");
    sync.objects.put("z", "new");
    const told = await sync.run(only("d/"));
    assert.deepEqual([told.code, ends(told)], [0, ["d/x delete-remote done"]]);
    assert.equal(told.result?.totals?.notChosen, 2);
    assert.deepEqual(sync.objects.paths(), ["a", "d/y", "z"]);
    assert.deepEqual([...sync.state.records.keys()].toSorted(), ["a", "d/y", "z"]);
    const rest = await sync.run(without("z"));
    assert.deepEqual(ends(rest), ["a delete-remote done"]);
    assert.equal(sync.files.text("z"), "content of z");
  });

  test("does not delete what was renamed to a name it leaves out, here or there (CH5)", async () => {
    for (const side of ["files", "objects"] as const) {
      const sync = await synced("a", "b", "c", "d");
      if (side === "files") sync.files.move("a", "new");
      else {
        sync.objects.put("new", "content of a");
        sync.objects.erase("a");
      }
      const dry = await sync.run({ ...only("a"), dryRun: true });
      assert.deepEqual(
        dry.planned.map((action) => action.verb === "leave" && [action.why, action.note, action.byChoice]),
        [["its new name is no part of this run", 'renamed to "new"', true]],
      );
      const told = await sync.run(only("a"));
      assert.deepEqual([told.code, ends(told)], [0, ["a leave left"]]);
      const other = side === "files" ? sync.objects : sync.files;
      assert.equal(other.text("a"), "content of a");
      assert.equal(sync.state.records.has(keyOfText("a")), true);
      const { verb } = (await sync.run()).ended.find(({ key }) => key === "new") ?? assert.fail();
      assert.equal(verb, side === "files" ? "copy-remote" : "rename-local", "a full run renames it");
    }
  });

  test("transfers a chosen name whose old name it leaves out, and leaves the old one (CH5)", async () => {
    const sync = await synced("a", "b", "c");
    sync.files.move("a", "new");
    assert.deepEqual(ends(await sync.run(only("new"))), ["new upload done"]);
    assert.deepEqual(sync.objects.paths(), ["a", "b", "c", "new"]);
    assert.deepEqual(ends(await sync.run()), ["a delete-remote done"]);
  });

  test("looks inside no file that it leaves out, but for one that may be a chosen one's new name (CH5)", async () => {
    const sync = await synced("a", "b", "c");
    sync.files.put("b", "content of b", 2_000_000); // touched: a full run reads it
    sync.files.put("new", "content of A");
    sync.files.put("new and longer", "some other content");
    sync.files.erase("a");
    const opened: string[] = [];
    sync.files.before = (step, key) => void (step === "open" && opened.push(key));
    await sync.run(only("a"));
    assert.deepEqual(opened, ["new"]);
    assert.deepEqual(sync.objects.paths(), ["b", "c"], "it was not renamed to that");
  });

  test("lets no name come where one that it leaves out still lies (CH4)", async () => {
    const sync = await synced("a", "b", "c");
    sync.objects.erase("a");
    sync.objects.put("a/b", "below");
    const told = await sync.run(only("a/b"));
    assert.deepEqual([told.code, ends(told)], [3, ["a/b leave left"]]);
    assert.equal((await sync.run()).code, 0);
    assert.equal(sync.files.text("a/b"), "below");
  });
});

describe("the guards of a run about some names", () => {
  test("stop it where a side is empty as a whole, and not where its part of it is (CH7)", async () => {
    const sync = await synced("a", "d/x", "d/y");
    sync.files.erase("d/x");
    sync.files.erase("d/y");
    assert.equal((await sync.run({ ...only("d"), dryRun: true })).code, 0);
    sync.files.erase("a");
    const told = await sync.run(only("d"));
    assert.equal(told.code, 4);
    assert.match(told.result?.error?.message ?? "", /is empty, while 3 paths are tracked/);
    assert.equal(sync.objects.paths().length, 3);
  });

  test("do not take an ignored file that it leaves out for a sign of the right disk (CH7)", async () => {
    const sync = await synced("a", "b");
    sync.objects.put(".s3syncignore", "lost+found\n");
    for (const name of ["a", "b"]) sync.files.erase(name);
    sync.files.put("lost+found/1", "ignored");
    assert.equal((await sync.run(only("a"))).code, 4);
  });

  test("know another directory by the files that it leaves out too (CH7)", async () => {
    const sync = await synced("a", "b", "c", "d");
    sync.files.root = { realPath: "/memory", ino: 2, birthMs: 2 };
    for (const name of ["b", "c"]) sync.files.erase(name);
    const told = await sync.run(only("a"));
    assert.equal(told.code, 4);
    assert.match(told.result?.error?.message ?? "", /is not the directory that was synced before: 2 of 4/);
  });

  test("count its deletions against all tracked files (CH7)", async () => {
    const names = Array.from({ length: 24 }, (_, i) => `f${10 + i}`);
    const sync = await synced(...names);
    for (const name of names.slice(0, 13)) sync.files.erase(name);
    assert.deepEqual((await sync.run({ ...only("f*"), dryRun: true })).held[0], {
      what: "deletions",
      side: "remote",
      count: 13,
      of: 24,
    });
    assert.equal((await sync.run(only("f10", "f11"))).code, 0);
    assert.equal(sync.objects.paths().length, 22);
  });

  test("keep what is deleted where a file that it leaves out came with an older time (CH7, R19)", async () => {
    const sync = await synced("a", "b", "c");
    sync.files.put("b", "older", 500_000);
    sync.files.erase("a");
    assert.deepEqual(ends(await sync.run(only("a"))), ["a delete-remote done"]);
    assert.deepEqual(
      sync.losers.map(({ text }) => text),
      ["content of a"],
    );
  });
});

describe("ignore files in a run about some names", () => {
  test("wait while a tracked name that their change matches is left out (CH6)", async () => {
    const sync = await synced("a", "build/x", "c");
    sync.objects.put(".s3syncignore", "build/\n");
    sync.objects.erase("build/x");
    assert.deepEqual(ends(await sync.run(only("a", ".s3syncignore"))), []);
    const told = await sync.run();
    assert.equal(told.code, 3);
    assert.equal(sync.files.text("build/x"), "content of build/x", "a change of rules is no deletion");
    assert.equal(sync.files.text(".s3syncignore"), "build/\n");
  });

  test("are carried like any other name otherwise (CH6)", async () => {
    const sync = await synced("a", "build/x", "c");
    sync.objects.put(".s3syncignore", "build/\n");
    sync.objects.put("a", "new a");
    assert.deepEqual(ends(await sync.run(only(".s3syncignore"))), [".s3syncignore download done"]);
  });
});

describe("the moment of a run that leaves something out", () => {
  for (const [how, part] of [
    ["names", only("c")],
    ["a direction", { direction: "down" }],
    ["an amount", { allowance: new Allowance(5) }],
  ] as const) {
    test(`stays where that may be an edit that keeps size and time: left out by ${how} (CH10)`, async () => {
      const sync = await synced("a", "c");
      const timeMs = sync.nowMs + 60_000; // when the next run begins
      sync.files.put("a", "old content", timeMs);
      await sync.run();
      const record = sync.state.records.get(keyOfText("a"));
      sync.files.put("a", "new content", timeMs);
      sync.objects.put("c", "new c");

      assert.deepEqual(ends(await sync.run(part)).at(-1), "c download done");
      assert.equal(sync.state.remembered.momentMs, timeMs);
      assert.deepEqual(sync.state.records.get(keyOfText("a")), record);
      assert.deepEqual(ends(await sync.run()), ["a upload done"]);
    });
  }

  test("moves on else (CH10)", async () => {
    const sync = await synced("a", "c");
    sync.files.put("a", "longer than before");
    await sync.run(only("c"));
    assert.equal(sync.state.remembered.momentMs, sync.nowMs);
    await sync.run({ direction: "down" });
    assert.equal(sync.state.remembered.momentMs, sync.nowMs);
    assert.deepEqual(ends(await sync.run()), ["a upload done"]);
  });
});

describe("a run that goes one way", () => {
  test("leaves what goes the other way for a run that goes both ways, with its base (CH8)", async () => {
    const sync = await synced("a", "b", "c", "d");
    sync.files.put("a", "new a");
    sync.objects.put("b", "new b");
    sync.objects.erase("c");
    sync.files.erase("d");
    sync.objects.put("e", "there");
    const records = new Map(sync.state.records);
    const told = await sync.run({ direction: "up" });
    assert.equal(told.code, 0);
    assert.deepEqual(ends(told), [
      "a upload done",
      "b leave left",
      "c leave left",
      "e leave left",
      "d delete-remote done",
    ]);
    assert.equal(told.result?.totals?.leftByChoice, 3);
    for (const name of ["b", "c"]) {
      assert.deepEqual(sync.state.records.get(keyOfText(name)), records.get(keyOfText(name)));
      assert.equal(sync.files.text(name), `content of ${name}`);
    }
    assert.deepEqual(ends(await sync.run({ direction: "down" })), [
      "c delete-local done",
      "e download done",
      "b download done",
    ]);
    assert.deepEqual(sync.files.paths(), sync.objects.paths());
  });

  test("looks at nothing for what it leaves (CH8)", async () => {
    const sync = await synced("a", "b", "c", "d");
    sync.objects.put("a", "new a");
    sync.objects.erase("b");
    sync.objects.put("e", "there");
    const opened: string[] = [];
    sync.files.before = (step, key) => void (step === "open" && opened.push(key));
    const before = { ...sync.objects.requests };
    assert.equal((await sync.run({ direction: "up" })).result?.totals?.leftByChoice, 3);
    assert.deepEqual(opened, []);
    assert.deepEqual({ ...sync.objects.requests, list: 0 }, { ...before, list: 0 });
  });

  test("leaves a rename of the other side whole (CH8)", async () => {
    const sync = await synced("a", "b", "c");
    sync.files.move("a", "new");
    assert.deepEqual(ends(await sync.run({ direction: "down" })), ["a leave left", "new leave left"]);
    assert.deepEqual(sync.objects.paths(), ["a", "b", "c"]);
    assert.deepEqual(ends(await sync.run({ direction: "up" })), [
      "new copy-remote done",
      "a delete-remote done",
    ]);
  });

  test("overwrites a change of the other side only where the policy says so, and keeps it in the backup (CH9)", async () => {
    const sync = await synced("a", "b", "c");
    sync.files.put("a", "mine", 5_000_000);
    sync.objects.put("a", "theirs, newer", { mtimeNs: 6_000_000n * 1_000_000n });
    const told = await sync.run({ direction: "up" });
    assert.deepEqual([told.code, ends(told)], [3, ["a leave left"]]);
    assert.equal(sync.objects.text("a"), "theirs, newer");
    assert.deepEqual(ends(await sync.run({ direction: "up", onConflict: "local" })), ["a upload done"]);
    assert.deepEqual(
      sync.losers.map(({ text }) => text),
      ["theirs, newer"],
    );
  });
});

describe("--max-transfer", () => {
  test("leaves what does not fit, unrecorded, and says so: exit code 4, in a dry run too (CH11, CH12)", async () => {
    const sync = await synced("z", "y");
    sync.files.put("a", "12345");
    sync.files.put("b", "123456");
    sync.objects.put("c", "1234");
    sync.files.erase("y");
    const dry = await sync.run({ dryRun: true, allowance: new Allowance(10) });
    const told = await sync.run({ allowance: new Allowance(10) });
    assert.deepEqual([dry.code, told.code], [4, 4]);
    assert.deepEqual(dry.held, told.held);
    assert.deepEqual(told.held, [{ what: "transfers", count: 1, bytes: 6, limit: 10 }]);
    assert.deepEqual(ends(told), [
      "a upload done",
      "c download done",
      "b leave left",
      "y delete-remote done",
    ]);
    const { bytesUp, bytesDown } = told.result?.totals ?? assert.fail();
    assert.deepEqual([bytesUp, bytesDown], [5, 4]);
    assert.equal(sync.state.records.has(keyOfText("b")), false);
    const next = await sync.run({ allowance: new Allowance(10) });
    assert.deepEqual([next.code, ends(next)], [0, ["b upload done"]]);
  });

  test("lets the guards count the plan as it was made (CH11)", async () => {
    const names = Array.from({ length: 25 }, (_, i) => `f${10 + i}`);
    const sync = await synced(...names);
    for (const name of names) sync.files.put(name, "rewritten");
    const told = await sync.run({ allowance: new Allowance(30) });
    assert.deepEqual(
      told.held.map(({ what }) => what),
      ["overwrites"],
    );
    assert.equal(sync.objects.text("f10"), "content of f10");
  });
});
