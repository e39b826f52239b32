/** What must hold of moves, conflicts and content that cannot be told. Each title names what once broke. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { PathError } from "../../../src/model/errors.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import { MAP, MemorySync } from "../../support/memory-sync.ts";

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

test("a file that cannot be read under its new name does not take its object away (MV7)", async () => {
  const sync = new MemorySync();
  sync.files.put("a", "content");
  sync.files.put("other", "other content");
  await sync.run();
  renameFile(sync, "a", "b");
  sync.files.before = (step, key) => {
    if (step === "open" && key === keyOfText("b")) throw new PathError("cannot be read: input/output error");
  };
  assert.equal((await sync.run()).code, 3);
  assert.deepEqual([...sync.objects.contents()].map(([, text]) => text).toSorted(), [
    "content",
    "other content",
  ]);
});

test("a conflict waits with code 6 where it is one of ignore files (R32)", async () => {
  const sync = new MemorySync();
  sync.files.put(".s3syncignore", "*.log\n");
  sync.files.put("a", "content");
  await sync.run();
  sync.files.put(".s3syncignore", "*.tmp\n");
  sync.objects.put(".s3syncignore", "*.bak\n");
  assert.equal((await sync.run({ onConflict: "ask" })).code, 6);
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

for (const [what, act, expected] of [
  [
    "an edit of another machine is no conflict",
    (sync: MemorySync) => sync.objects.put("a", "edited there"),
    "edited there",
  ],
  [
    "a deletion of another machine is not brought back",
    (sync: MemorySync) => sync.objects.erase("a"),
    undefined,
  ],
] as const) {
  test(`in a map with envelopes, ${what}, where a file was synced as soon as it was saved (R18)`, async () => {
    const sync = new MemorySync();
    sync.hadEnvelopes = true;
    sync.files.put("a", "saved here", sync.nowMs + 59_500);
    sync.files.put("other", "other content");
    sync.files.put("another", "another content");
    await sync.run();
    act(sync);
    const told = await sync.run();
    assert.equal(told.result?.totals?.conflicts, 0);
    assert.equal(sync.files.text("a"), expected);
    assert.equal(sync.objects.text("a"), expected);
    assert.deepEqual(
      sync.losers.map(({ text }) => text),
      ["saved here"],
    );
  });
}

test("a machine without the secret key keeps a file whose object was renamed (MV6, EN6)", async () => {
  const sync = new MemorySync({ map: { ...MAP, gpg: true, email: "a@b" } });
  sync.hadEnvelopes = true;
  sync.files.put("a", "content");
  sync.files.put("other", "other content");
  await sync.run();
  const { sha256 } = { sha256: "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73" };
  sync.objects.erase("a");
  sync.objects.put("b", "sealed", { enveloped: { encoding: "openpgp", size: 7, sha256 } });
  sync.canDecode = false;
  await sync.run();
  assert.deepEqual(sync.files.paths(), ["b", "other"]);
});
