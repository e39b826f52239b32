/** What a review found: each of these failed once. */

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
