/** Scenarios I: machines that share a prefix, one after the other. Each knows of the other only what S3 says. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertKept } from "../support/backup-contents.ts";
import { assertSettled, type Machine, newWorld, type Remote } from "../support/world.ts";

interface Two {
  readonly A: Machine;
  readonly B: Machine;
  readonly R: Remote;
}

/** Starts from four files that are in sync on both, and ends so. */
function two(title: string, play: (parts: Two) => Promise<void>): void {
  test(title, async () => {
    await using world = await newWorld();
    const [A, B] = [await world.machine(), await world.machine()];
    await A.init();
    await B.init();
    for (const name of ["a", "b", "d/c", "k"]) A.local.write(name, name, 1);
    await A.sync();
    await B.sync();
    await play({ A, B, R: world.remote });
    for (const machine of [A, B]) await assertSettled({ machine, L: machine.local, R: world.remote });
  });
}

describe("scenarios I: two machines", { concurrency: 3 }, () => {
  two(
    "184 what one makes, edits and deletes the other gets, turn by turn, and nothing is a conflict (R2, R3, R4, R7, R10, R11)",
    async ({ A, B }) => {
      const turns = [
        [A, B, ["b"]],
        [B, A, ["d"]],
        [A, B, []],
      ] as const;
      for (const [turn, [from, to, gone]] of turns.entries()) {
        from.local.write("a", `edit ${turn}`);
        from.local.write(`new/${turn}`, "N");
        for (const name of gone) from.local.remove(name);
        await from.sync();
        await to.sync();
        assert.deepEqual(to.local.files(), from.local.files());
      }
      assert.deepEqual(A.local.files(), {
        a: "edit 2",
        k: "k",
        "new/0": "N",
        "new/1": "N",
        "new/2": "N",
      });
      assert.deepEqual([A.backups(), B.backups()], [[], []]);
    },
  );

  two("184 the time of a file goes with its content from machine to machine (X3, RM13)", async ({ A, B }) => {
    A.local.write("a", "edited", 7);
    await A.sync();
    await B.sync();
    assert.equal(B.records()["a"]?.mtimeMs, A.records()["a"]?.mtimeMs);
    assert.deepEqual(B.records(), A.records());
  });

  two(
    "185 both make the same name: the newer wins on both, and the other is kept where it was overwritten (R12, R22, R23)",
    async ({ A, B }) => {
      A.local.write("new", "of A", 9);
      B.local.write("new", "of B", 5);
      A.local.write("equal", "same", 5);
      B.local.write("equal", "same", 9);
      await A.sync();
      await B.sync();
      for (const { local } of [A, B]) {
        assert.deepEqual([local.read("new"), local.read("equal")], ["of A", "same"]);
      }
      await assertKept(B, "of B");
      assert.deepEqual([A.backups().length, B.backups().length], [0, 1]);
    },
  );

  two(
    "186 both edit the same file: the newer wins on both, and the other is kept (R5, R22, R23)",
    async ({ A, B }) => {
      A.local.write("a", "of A", 5);
      B.local.write("a", "of B", 9);
      await A.sync();
      await B.sync();
      await A.sync();
      assert.deepEqual([A.local.read("a"), B.local.read("a")], ["of B", "of B"]);
      await assertKept(B, "of A");
    },
  );

  two(
    "190 after a long absence, what was deleted elsewhere goes, but what was edited here comes back (R3, R6)",
    async ({ A, B }) => {
      A.local.remove("a");
      A.local.remove("d");
      await A.sync();
      A.local.write("later", "N");
      await A.sync();
      B.local.write("d/c", "edited on B");
      await B.sync();
      assert.deepEqual(B.local.files(), { b: "b", "d/c": "edited on B", k: "k", later: "N" });
      await A.sync();
    },
  );

  two("192 two machines that take turns send nothing when nothing changes", async ({ A, B }) => {
    A.local.write("a", "edited");
    await A.sync();
    await B.sync();
    for (const machine of [A, B, A, B]) {
      assert.deepEqual(await machine.counting(() => machine.sync()), { ListObjectsV2: 1 });
    }
  });
});
