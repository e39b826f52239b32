/** What each policy keeps of a run that overwrites and deletes on both sides. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { MemorySync } from "../../support/memory-sync.ts";
import type { BackupPolicy } from "../../../src/model/backup-policy.ts";

/** In sync; then R2, R3, R4 and R7 have something to do, and one name is a conflict. */
async function changedAllOver(): Promise<MemorySync> {
  const sync = new MemorySync();
  const names = ["r2", "r3", "r4", "r7", "r5", "k1", "k2", "k3", "k4", "k5"];
  for (const name of names) sync.files.put(name, `old ${name}`, 1_000_000);
  assert.equal((await sync.run()).code, 0);
  sync.objects.put("r2", "new r2");
  sync.objects.erase("r3");
  sync.files.put("r4", "new r4", 2_000_000);
  sync.files.erase("r7");
  sync.files.put("r5", "local r5", 2_000_000);
  sync.objects.put("r5", "remote r5", { mtimeNs: 3_000_000_000_000n });
  return sync;
}

const LOSERS = ["local conflict: local r5"];
const ALL = [
  ...LOSERS,
  "local deleted: old r3",
  "local overwritten: old r2",
  "remote deleted: old r7",
  "remote overwritten: old r4",
];

async function kept(backup: BackupPolicy): Promise<readonly string[]> {
  const sync = await changedAllOver();
  assert.equal((await sync.run({ backup })).code, 0);
  assert.equal(sync.files.text("r5"), "remote r5");
  return sync.losers.map(({ loser, text }) => `${loser.side} ${loser.reason}: ${text}`).toSorted();
}

test("S15: losers of conflicts are kept, and with all whatever R2, R3, R4 and R7 overwrite or delete", async () => {
  assert.deepEqual(await kept("losers"), LOSERS);
  assert.deepEqual(await kept("none"), LOSERS);
  assert.deepEqual(await kept("all"), ALL);
});

test("S15: a dry run says what would be kept, and keeps nothing", async () => {
  const sync = await changedAllOver();
  const { planned } = await sync.run({ backup: "all", dryRun: true });
  const saves = planned.map((action) => `${action.key} ${"saves" in action ? String(action.saves) : ""}`);
  assert.deepEqual(saves, ["r2 overwritten", "r3 deleted", "r4 overwritten", "r5 conflict", "r7 deleted"]);
  assert.deepEqual(sync.losers, []);
});

test("S15: with all, a rename keeps nothing: its content lives on", async () => {
  const sync = new MemorySync();
  for (const name of ["a", "b", "c"]) sync.files.put(name, `content of ${name}`, 1_000_000);
  await sync.run();
  sync.files.erase("a");
  sync.files.put("d", "content of a", 1_000_000);
  const told = await sync.run({ backup: "all" });
  assert.deepEqual(
    told.ended.map(({ verb }) => verb),
    ["copy-remote", "delete-remote"],
  );
  assert.deepEqual(sync.losers, []);
});

test("S15: what cannot be kept is neither overwritten nor deleted", async () => {
  const sync = await changedAllOver();
  sync.canKeep = false;
  const told = await sync.run({ backup: "all" });
  assert.equal(told.code, 3);
  assert.equal(sync.files.text("r3"), "old r3");
  assert.equal(sync.files.text("r2"), "old r2");
  assert.equal(sync.objects.text("r4"), "old r4");
  assert.equal(sync.objects.text("r7"), "old r7");
});
