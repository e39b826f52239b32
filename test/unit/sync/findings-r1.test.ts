/** What must hold of moves, conflicts and content that cannot be told. Each title names what once broke. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { PathError } from "../../../src/model/errors.ts";
import { MemorySync } from "../../support/memory-sync.ts";

function renameFile({ files }: MemorySync, from: string, to: string): void {
  const content = files.text(from) ?? "";
  files.erase(from);
  files.put(to, content);
}

test("an edit that keeps size and time is not forgotten where the loser beside it could not be kept (R31, X8)", async () => {
  const sync = new MemorySync();
  const mtimeMs = sync.nowMs + 60_000; // as the run begins: racy
  sync.files.put("a", "before", mtimeMs);
  sync.files.put("other", "other content");
  await sync.run();
  const base = sync.objects.text("a") ?? "";
  sync.files.put("a", "edited", mtimeMs);
  sync.objects.put("a", "remote edit", { mtimeNs: 5n });
  sync.files.before = (step, key) => {
    if (step === "stage" && key.includes(".conflict-"))
      throw new PathError("cannot be written: no space left");
  };
  assert.equal((await sync.run({ onConflict: "both" })).code, 3);
  sync.files.before = () => {};
  sync.objects.put("a", base); // somebody takes the other edit back
  await sync.run();
  assert.equal(sync.objects.text("a"), "edited");
});

test("an object that cannot be copied is uploaded under the new name of its file (MV1)", async () => {
  const sync = new MemorySync();
  sync.files.put("a", "content");
  sync.files.put("other", "other content");
  await sync.run();
  sync.objects.put("a", "content", { archived: true } as object);
  renameFile(sync, "a", "b");
  for (let i = 0; i < 2; i++) await sync.run();
  assert.deepEqual(sync.objects.paths(), ["b", "other"]);
});

test("a loser takes no name that is tracked, be it gone on both sides (X2)", async () => {
  const sync = new MemorySync();
  sync.files.put("a.txt", "before");
  sync.files.put("other", "other content");
  await sync.run();
  const conflict = async (edit: string) => {
    sync.files.put("a.txt", `local ${edit}`, sync.nowMs);
    sync.objects.put("a.txt", `remote ${edit}`);
    return sync.run({ onConflict: "both" });
  };
  const kept = (await conflict("edit")).ended.find(({ verb }) => verb === "set-beside")?.key ?? "";
  sync.files.erase(kept);
  sync.objects.erase(kept);
  sync.nowMs -= 60_000; // a clock that was set back
  const told = await conflict("edit again");
  assert.equal(told.code, 0);
  assert.notEqual(told.ended.find(({ verb }) => verb === "set-beside")?.key, kept);
});
