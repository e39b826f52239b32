/** Every combination of what one path can be on both sides and in the record, through the whole conductor. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ConflictPolicy } from "../../src/model/conflict-policy.ts";
import { MemorySync } from "../support/memory-sync.ts";

/** Other contents have another size: an edit that keeps size and time is not seen by a run (R13). */
type Content = "A" | "BB" | "CC" | undefined;
const CONTENTS: readonly Content[] = [undefined, "A", "BB", "CC"];

/** In ms; the base was synced at 1. */
const TIMES = [0, 1, 2] as const;

interface Case {
  readonly base: "A" | undefined;
  readonly local: Content;
  readonly remote: Content;
  /** Against the remote time, which is 1. */
  readonly localTime: (typeof TIMES)[number];
  readonly policy: ConflictPolicy;
}

const cases: readonly Case[] = (["A", undefined] as const).flatMap((base) =>
  CONTENTS.flatMap((local) =>
    CONTENTS.flatMap((remote) =>
      TIMES.flatMap((localTime) =>
        (["newer", "local", "remote"] as const).map((policy) => ({ base, local, remote, localTime, policy })),
      ),
    ),
  ),
);

/** The oracle: what both sides must hold, and what must be in the backup. Written from the tables alone. */
function expected({ base, local, remote, localTime, policy }: Case): {
  readonly both: Content;
  readonly kept: readonly Content[];
} {
  const localChanged = local !== base;
  const remoteChanged = remote !== base;
  if (!localChanged) return { both: remote, kept: [] };
  const rolledBack = base !== undefined && local !== undefined && localTime === 0;
  if (!remoteChanged) return { both: local, kept: rolledBack && remote !== undefined ? [remote] : [] };
  if (local === remote) return { both: local, kept: [] };
  if (local === undefined || remote === undefined) return { both: local ?? remote, kept: [] };
  const localWins = policy === "local" || (policy === "newer" && localTime > 1);
  return localWins ? { both: local, kept: [remote] } : { both: remote, kept: [local] };
}

const at = (time: number): number => 1_700_000_000_000 + time * 60_000;

describe("one path, in every combination of contents, times and policies", () => {
  test(`${cases.length} cases end as the tables say, and stay so (R0 R1 R2 R3 R4 R5 R6 R7 R8 R9 R10 R11 R12)`, async () => {
    for (const each of cases) {
      const sync = new MemorySync();
      sync.files.put("keep", "k", at(1));
      sync.objects.put("keep", "k", { mtimeNs: BigInt(at(1)) * 1_000_000n });
      if (each.base !== undefined) sync.files.put("f", each.base, at(1));
      assert.equal((await sync.run()).code, 0);

      if (each.local === undefined) sync.files.erase("f");
      else if (each.local !== each.base || each.localTime !== 1)
        sync.files.put("f", each.local, at(each.localTime));
      if (each.remote === undefined) sync.objects.erase("f");
      else if (each.remote !== each.base)
        sync.objects.put("f", each.remote, { mtimeNs: BigInt(at(1)) * 1_000_000n });

      const told = JSON.stringify(each);
      assert.equal((await sync.run({ onConflict: each.policy })).code, 0, told);
      const { both, kept } = expected(each);
      assert.equal(sync.files.text("f"), both, `local: ${told}`);
      assert.equal(sync.objects.text("f"), both, `remote: ${told}`);
      assert.deepEqual(
        sync.losers.map(({ text }) => text),
        kept,
        `backup: ${told}`,
      );
      assert.equal(sync.state.records.size, both === undefined ? 1 : 2, `records: ${told}`);

      const before = { ...sync.objects.requests };
      const writes = sync.state.writes;
      assert.equal((await sync.run()).code, 0);
      assert.deepEqual(
        sync.objects.requests,
        { ...before, list: before.list + 1 },
        `a second run only lists: ${told}`,
      );
      assert.equal(sync.state.writes, writes, `a second run leaves the state: ${told}`);
    }
  });

  test("a dry run says what the run then does, and changes nothing (X11)", async () => {
    for (const each of cases) {
      const sync = new MemorySync();
      sync.files.put("keep", "k", at(1));
      if (each.base !== undefined) sync.files.put("f", each.base, at(1));
      await sync.run();
      if (each.local === undefined) sync.files.erase("f");
      else sync.files.put("f", each.local, at(each.localTime));
      if (each.remote === undefined) sync.objects.erase("f");
      else if (each.remote !== each.base) sync.objects.put("f", each.remote);

      const before = JSON.stringify([sync.files.text("f"), sync.objects.text("f"), [...sync.state.records]]);
      const requests = { ...sync.objects.requests };
      const dry = await sync.run({ dryRun: true, onConflict: each.policy });
      assert.equal(
        JSON.stringify([sync.files.text("f"), sync.objects.text("f"), [...sync.state.records]]),
        before,
      );
      const { put, delete: deleted } = sync.objects.requests;
      assert.deepEqual([put, deleted, sync.losers.length], [requests.put, requests.delete, 0]);
      const wet = await sync.run({ onConflict: each.policy });
      assert.deepEqual(
        dry.planned.map(({ key, verb, rule }) => ({ key, verb, rule })).toSorted(byVerb),
        wet.ended.map(({ key, verb, rule }) => ({ key, verb, rule })).toSorted(byVerb),
        JSON.stringify(each),
      );
    }
  });
});

function byVerb(a: { readonly verb: string }, b: { readonly verb: string }): number {
  return a.verb < b.verb ? -1 : 1;
}
