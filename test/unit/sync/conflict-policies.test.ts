/** What becomes of conflicts, by the word of the user. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Conflict } from "../../../src/model/action.ts";
import type { ConflictPolicy } from "../../../src/model/conflict-policy.ts";
import { MemorySync } from "../../support/memory-sync.ts";

const STAMP = /\.conflict-\d{8}-\d{6}/;

/** Both sides edited `dir/a.txt`; the local one is newer by so much. */
async function conflicting(localIsNewerMs: number): Promise<MemorySync> {
  const sync = new MemorySync();
  sync.files.put("dir/a.txt", "before", 1_000_000);
  sync.files.put("other", "other content", 1_000_000);
  await sync.run();
  sync.files.put("dir/a.txt", "local edit", 5_000_000 + localIsNewerMs);
  sync.objects.put("dir/a.txt", "remote edit", { mtimeNs: 5_000_000n * 1_000_000n });
  return sync;
}

function both({ files, objects }: MemorySync): Readonly<Record<string, string | undefined>> {
  assert.deepEqual(files.paths(), objects.paths());
  for (const name of files.paths()) assert.equal(files.text(name), objects.text(name), name);
  return Object.fromEntries(
    files.paths().map((name) => [name.replace(STAMP, ".conflict"), files.text(name)]),
  );
}

describe("--on-conflict both", () => {
  for (const [who, ms, winner, loser] of [
    ["local", 60_000, "local edit", "remote edit"],
    ["remote", -60_000, "remote edit", "local edit"],
  ] as const) {
    test(`keeps the loser beside a winner that is ${who}, on both sides, in the same run (R31)`, async () => {
      const sync = await conflicting(ms);
      const told = await sync.run({ onConflict: "both" });
      assert.equal(told.code, 0);
      assert.deepEqual(both(sync), {
        "dir/a.conflict.txt": loser,
        "dir/a.txt": winner,
        other: "other content",
      });
      assert.equal(told.result?.totals?.conflicts, 1);
      assert.deepEqual(sync.losers, []);
      assert.deepEqual((await sync.run({ onConflict: "both" })).ended, []);
    });
  }

  test("takes no name that is there already, on either side (R31)", async () => {
    const sync = await conflicting(60_000);
    const dry = await sync.run({ onConflict: "both", dryRun: true });
    const name = dry.planned.find(({ verb }) => verb === "set-beside")?.key ?? "";
    sync.nowMs -= 60_000;
    sync.objects.put(name, "somebody's");
    const told = await sync.run({ onConflict: "both" });
    const taken = told.ended.find(({ verb }) => verb === "set-beside")?.key;
    assert.equal(taken, name.replace(/(\d{6})\.txt$/, "$1-2.txt"));
    assert.equal(sync.objects.text(name), "somebody's");
  });

  test("does not touch the winner's place where the loser cannot be kept (R31)", async () => {
    const sync = await conflicting(60_000);
    sync.files.before = (step, key) => {
      if (step === "stage" && key.includes(".conflict-")) sync.files.put(key, "in the way");
    };
    const told = await sync.run({ onConflict: "both" });
    assert.equal(told.code, 3);
    assert.equal(sync.files.text("dir/a.txt"), "local edit");
    assert.equal(sync.objects.text("dir/a.txt"), "remote edit");
  });

  test("backs the loser up where its name would be too long (R31)", async () => {
    const sync = new MemorySync();
    const long = "n".repeat(250);
    sync.files.put(long, "local", 6_000_000);
    sync.objects.put(long, "remote edit", { mtimeNs: 5_000_000n * 1_000_000n });
    assert.equal((await sync.run({ onConflict: "both" })).code, 0);
    assert.deepEqual(
      sync.losers.map(({ text }) => text),
      ["remote edit"],
    );
  });
});

describe("--on-conflict ask", () => {
  test("leaves both where nobody answers, run after run, and ends with 6 (R32)", async () => {
    const sync = await conflicting(60_000);
    for (let i = 0; i < 2; i++) {
      const told = await sync.run({ onConflict: "ask" });
      assert.equal(told.code, 6);
      assert.equal(told.result?.totals?.waiting, 1);
      assert.equal(sync.files.text("dir/a.txt"), "local edit");
      assert.equal(sync.objects.text("dir/a.txt"), "remote edit");
    }
  });

  const answers: readonly (readonly [Exclude<ConflictPolicy, "ask">, string])[] = [
    ["newer", "local edit"],
    ["local", "local edit"],
    ["remote", "remote edit"],
  ];
  for (const [answer, winner] of answers) {
    test(`does as it is told: ${answer} (R32)`, async () => {
      const sync = await conflicting(60_000);
      const asked: Conflict[] = [];
      const arbiter = async (conflict: Conflict) => {
        asked.push(conflict);
        return answer;
      };
      assert.equal((await sync.run({ onConflict: "ask", arbiter })).code, 0);
      assert.equal(asked.length, 1);
      assert.equal(asked[0]?.newer, "local");
      assert.equal(both(sync)["dir/a.txt"], winner);
      assert.equal(sync.losers.length, 1);
    });
  }

  test("keeps both where it is told so (R32)", async () => {
    const sync = await conflicting(60_000);
    await sync.run({ onConflict: "ask", arbiter: async () => "both" });
    assert.equal(both(sync)["dir/a.conflict.txt"], "remote edit");
  });
});
