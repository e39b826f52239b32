/** Scenarios C: modification times, odd and wrong ones too, and what they decide in a conflict. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { statSync, utimesSync } from "node:fs";
import { describe, test } from "node:test";
import { F_IS_A, type Parts, startingFrom } from "../support/scene.ts";
import { assertKept } from "../support/backup-contents.ts";
import { clockOffBy } from "../support/preload.ts";
import { readStateFile } from "../support/read-state.ts";
import { assertSettled, at, type Local, type Machine, scenario } from "../support/world.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const synced = startingFrom(F_IS_A);

/** A second machine on the same prefix, in sync. */
async function another({ world }: Parts): Promise<Machine> {
  const machine = await world.machine();
  await machine.init();
  await machine.sync();
  return machine;
}

function setTime(L: Local, name: string, ms: number): void {
  utimesSync(L.path(name), new Date(ms), new Date(ms));
}

describe("scenarios C", { concurrency: 3 }, () => {
  synced(
    "45 an older version put back on one side only is carried over, and what it replaces is kept (R4, R13, R19)",
    async (parts) => {
      parts.L.write("f", "older", -5);
      await parts.machine.sync();
      assert.equal(await parts.R.read("f"), "older");
      await assertKept(parts.machine, "A");
      await assertSettled(parts);
    },
  );

  synced("45 an object put back with an older time is carried over (R2, R15)", async (parts) => {
    await parts.R.put("f", "older", -5);
    await parts.machine.sync();
    assert.equal(parts.L.read("f"), "older");
    await assertSettled(parts);
  });

  synced(
    "47 in a conflict of equal times S3 wins, and the local version is kept (R5, R22, R23)",
    async (parts) => {
      parts.L.write("f", "local", 5);
      await parts.R.put("f", "remote", 5);
      await parts.machine.sync();
      assert.equal(parts.L.read("f"), "remote");
      await assertKept(parts.machine, "local");
      await assertSettled(parts);
    },
  );

  synced(
    "48 times are compared at the coarser granularity: equal seconds tie, and both machines agree (R22)",
    async (parts) => {
      const { L, R } = parts;
      const other = await another(parts);
      L.write("f", "local");
      setTime(L, "f", at(5) + 900);
      await R.put("f", "remote", 5);
      await parts.machine.sync();
      assert.equal(L.read("f"), "remote");
      await assertKept(parts.machine, "local");
      await other.sync();
      await assertSettled({ machine: other, L: other.local, R });
      await assertSettled(parts);
    },
  );

  synced(
    "49 an edit that keeps size and time is not noticed, but no remote edit destroys it (R13, R18, R5, R23)",
    async (parts) => {
      const { machine, L, R } = parts;
      L.write("f", "Z", 1);
      assert.deepEqual(await machine.counting(() => machine.sync()), { ListObjectsV2: 1 });
      await R.put("f", "remote");
      await machine.sync();
      assert.equal(L.read("f"), "remote");
      await assertKept(machine, "Z");
      await assertSettled(parts);
    },
  );

  synced("49 an edit that keeps size and time outlives a remote deletion (R18, R6)", async (parts) => {
    const { machine, L, R } = parts;
    L.write("f", "Z", 1);
    await machine.sync();
    await R.remove("f");
    await machine.sync();
    assert.equal(await R.read("f"), "Z");
    assert.equal(L.read("f"), "Z");
    await assertSettled(parts);
  });

  synced(
    "50 a remote edit of the same size and the same mtime metadata is downloaded (R2, R15)",
    async (parts) => {
      await parts.R.put("f", "B", 1);
      await parts.machine.sync();
      assert.equal(parts.L.read("f"), "B");
      await assertSettled(parts);
    },
  );

  synced(
    "51 an edit within the time stamp of the last run, of the same size, is noticed (R16, R4)",
    async (parts) => {
      const { machine, L, R } = parts;
      // On a machine under load, the run may begin too late for it.
      let written: number;
      do {
        L.write("f", "B");
        written = statSync(L.path("f")).mtimeMs;
        await machine.sync();
      } while (readStateFile(machine.stateFile).syncedMs - written > 1_900);
      const recorded = machine.records()["f"];
      L.write("f", "C");
      utimesSync(L.path("f"), written / 1000, written / 1000);
      assert.equal(Math.floor(statSync(L.path("f")).mtimeMs), recorded?.mtimeMs);

      await machine.sync();
      assert.equal(await R.read("f"), "C");
      assert.notEqual(machine.records()["f"]?.etag, recorded?.etag);
      await assertSettled(parts);
    },
  );

  for (const [when, off] of [
    ["ahead", DAY_MS],
    ["behind", -DAY_MS],
  ] as const) {
    synced(
      `52 a clock one day ${when} carries one-sided changes over, and keeps the loser of a conflict (R4, R2, R5, R22, R23)`,
      async (parts) => {
        const { machine, L, R } = parts;
        L.write("f", "local edit");
        await R.put("k/1", "remote edit");
        L.write("k/2", "local of both");
        await R.put("k/2", "remote of both");
        for (const name of ["f", "k/2"]) setTime(L, name, Date.now() + off);

        const ran = await machine.runWith(clockOffBy(off));
        assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
        const [winner, loser] = off > 0 ? ["local", "remote"] : ["remote", "local"];
        assert.deepEqual(L.files(), { f: "local edit", "k/1": "remote edit", "k/2": `${winner} of both` });
        await assertKept(machine, `${loser} of both`);
        await assertSettled(parts);
      },
    );
  }

  synced(
    "52 a clock that was one day ahead and is right again loses no edit made since (R4, R16)",
    async (parts) => {
      const { machine, L, R } = parts;
      assert.equal((await machine.runWith(clockOffBy(DAY_MS))).code, 0);
      L.write("f", "edited");
      L.remove("k/1");
      await R.put("k/2", "remote edit");
      await machine.sync();
      assert.deepEqual(await R.files(), { f: "edited", "k/2": "remote edit" });
      await assertSettled(parts);
    },
  );

  synced(
    "54 odd times travel to another machine and back to rest: nothing is sent twice, nothing deleted (R16, R17)",
    async (parts) => {
      const { machine, L, R } = parts;
      const odd = {
        "year 2100": Date.UTC(2100, 0, 1),
        "above 2^32 s": 2 ** 32 * 1000 + 5_000,
        epoch: 0,
        "year 1969": -DAY_MS,
      };
      for (const [name, ms] of Object.entries(odd)) {
        L.write(name, name);
        setTime(L, name, ms);
      }
      L.write("fraction", "fraction");
      execFileSync("touch", ["-d", "@1767225600.123456789", L.path("fraction")]);
      await machine.sync();
      assert.deepEqual(
        ["epoch", "year 1969"].map((name) => machine.records()[name]?.mtimeMs),
        [0, 0],
      );

      const other = await another(parts);
      for (const name of [...Object.keys(odd), "fraction"]) {
        const [here, there] = [L, other.local].map((tree) => Math.floor(statSync(tree.path(name)).mtimeMs));
        assert.equal(there, here, name);
      }
      await assertSettled({ machine: other, L: other.local, R });
      await assertSettled(parts);
    },
  );

  test("55 all times shifted by an hour are no edit: no transfer, and no guard asks (R14, S7)", () =>
    scenario(async (parts) => {
      const { machine, L } = parts;
      const names = Array.from({ length: 30 }, (_, i) => `f${i}`);
      for (const name of names) L.write(name, `content of ${name}`, 1);
      await machine.sync();
      for (const name of names) setTime(L, name, at(1) + HOUR_MS);
      assert.deepEqual(await machine.counting(() => machine.sync()), { ListObjectsV2: 1 });
      assert.equal(machine.records()["f7"]?.mtimeMs, at(1) + HOUR_MS);
      await assertSettled(parts);
    }));

  synced(
    "56 a file with an old time under a name that was deleted earlier is new: it is uploaded (R11)",
    async (parts) => {
      const { machine, L, R } = parts;
      L.remove("f");
      await machine.sync();
      L.write("f", "from the attic", -1000);
      await machine.sync();
      assert.equal(await R.read("f"), "from the attic");
      assert.equal(L.read("f"), "from the attic");
      await assertSettled(parts);
    },
  );

  synced(
    "58 a download has the time of its metadata, and one that the file system rounds is no edit (X3, R14)",
    async (parts) => {
      const { machine, L, R } = parts;
      const Metadata = { mtime: "1767225601.123456789" };
      await R.put("f", "B", undefined, { Metadata });
      await R.put("new", "N", undefined, { Metadata });
      await machine.sync();
      for (const name of ["f", "new"]) {
        assert.equal(Math.floor(statSync(L.path(name)).mtimeMs), 1_767_225_601_123);
        assert.equal(machine.records()[name]?.mtimeMs, 1_767_225_601_123);
      }
      await assertSettled(parts);

      setTime(L, "f", 1_767_225_600_000); // in steps of two seconds
      setTime(L, "new", 1_767_225_601_000);
      assert.deepEqual(await machine.counting(() => machine.sync()), { ListObjectsV2: 1 });
      await assertSettled(parts);
    },
  );

  for (const [when, ms, winner] of [
    ["older", at(5), "remote"],
    ["newer", Date.UTC(2100, 0, 1), "local"],
  ] as const) {
    synced(
      `59 a local edit ${when} than the LastModified of an object without mtime metadata: ${winner} wins (R5, R22)`,
      async (parts) => {
        const { machine, L, R } = parts;
        L.write("f", "local");
        setTime(L, "f", ms);
        await R.put("f", "remote");
        await machine.sync();
        assert.equal(L.read("f"), winner);
        await assertKept(machine, winner === "local" ? "remote" : "local");
        await assertSettled(parts);
      },
    );
  }
});
