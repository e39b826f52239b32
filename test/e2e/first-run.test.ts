/** Scenarios B: the first run of a map, and a state file that is lost, damaged, or of another time or place. */

import assert from "node:assert/strict";
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { F_IS_A, type Parts, scene, startingFrom } from "../support/scene.ts";
import { assertKept } from "../support/backup-contents.ts";
import { assertOnlyRead, snapshotOf, unchangedBy } from "../support/stand-still.ts";
import { tempDir } from "../support/temp-dir.ts";
import { assertSettled, type Machine, newWorld, type World } from "../support/world.ts";

const fresh = scene;
const synced = startingFrom(F_IS_A);

/** Both sides full, no record: every way in which two copies of a name can meet. */
async function sevenWays({ L, R }: Parts): Promise<void> {
  L.write("here only", "local", 1);
  await R.put("there only", "remote", 1);
  L.write("same", "same", 1);
  await R.put("same", "same", 9);
  L.write("here newer", "local is newer", 9);
  await R.put("here newer", "remote is older", 5);
  L.write("there newer", "local is older", 5);
  await R.put("there newer", "remote is newer", 9);
  L.write("tie", "local of a tie", 5);
  await R.put("tie", "remote of a tie", 5);
  L.write("same size", "aaaa", 9);
  await R.put("same size", "bbbb", 5);
}

const SEVEN_WAYS_UNITED = {
  "here only": "local",
  "there only": "remote",
  same: "same",
  "here newer": "local is newer",
  "there newer": "remote is newer",
  tie: "remote of a tie",
  "same size": "aaaa",
};

describe("scenarios B", { concurrency: 3 }, () => {
  fresh("26 an empty directory takes all that the bucket holds (R10)", async (parts) => {
    await parts.R.put("a", "1");
    await parts.R.put("d/e/b", "2");
    await parts.R.put("z", "");
    await parts.machine.sync();
    assert.deepEqual(parts.L.files(), { a: "1", "d/e/b": "2", z: "" });
    await assertSettled(parts);
  });

  fresh(
    "27 an empty prefix takes all that the directory holds, and no guard asks (R11, S2)",
    async (parts) => {
      for (let i = 0; i < 30; i++) parts.L.write(`d${i % 3}/${i}`, `content ${i}`);
      await parts.machine.sync();
      assert.equal((await parts.R.names()).length, 30);
      await assertSettled(parts);
    },
  );

  fresh(
    "28 two equal sides are adopted without a transfer, and content is what is compared (R12, R20)",
    async (parts) => {
      for (let i = 0; i < 30; i++) {
        parts.L.write(`f${i}`, `content ${i}`, 1);
        await parts.R.put(`f${i}`, `content ${i}`, 9);
      }
      parts.L.write("differs", "1234", 1);
      await parts.R.put("differs", "5678", 1);
      parts.machine.proxy.log.length = 0;
      await parts.machine.sync();
      assertOnlyRead(parts.machine);
      // One name only is read: to compare, to keep the loser, to take the winner.
      assert.deepEqual([...new Set(parts.machine.proxy.log.map(({ key }) => key))].toSorted(), [
        "",
        `${parts.world.prefix}/differs`,
      ]);
      assert.equal(parts.L.read("differs"), "5678");
      await assertKept(parts.machine, "1234");
      await assertSettled(parts);
    },
  );

  fresh(
    "29 two sides that differ are united, and every loser is kept (R10, R11, R12, R20, R22, R23, S12)",
    async (parts) => {
      await sevenWays(parts);
      await parts.machine.sync();
      assert.deepEqual(parts.L.files(), SEVEN_WAYS_UNITED);
      await assertKept(parts.machine, "remote is older", "local is older", "local of a tie", "bbbb");
      assert.equal(parts.machine.backups().length, 4);
      await assertSettled(parts);
    },
  );

  fresh(
    "44 a dry run tells the plan and changes nothing, and the run does exactly that plan (X1, X11)",
    async (parts) => {
      const { machine, L } = parts;
      await sevenWays(parts);
      const before = snapshotOf(machine.home);
      const text = await unchangedBy(parts, () => machine.run("--dryrun"));
      assert.deepEqual([text.code, text.stderr], [0, ""]);
      for (const name of Object.keys(SEVEN_WAYS_UNITED))
        assert.ok(text.stdout.includes(` ${name}  `), text.stdout);
      const planned = await unchangedBy(parts, () => machine.run("--dryrun", "--json"));
      assert.deepEqual(snapshotOf(machine.home), before, "no state, lock or folder either");
      const done = await machine.run("--json");
      assert.deepEqual(steps(done.stdout, "outcome"), steps(planned.stdout, "action"));
      assert.deepEqual(L.files(), SEVEN_WAYS_UNITED);
      await assertSettled(parts);
    },
  );

  for (const lost of ["the state file", "the state file and its companion folder"]) {
    synced(
      `30 without ${lost}, what was deleted locally comes back, and nothing is deleted (R10, R12)`,
      async (parts) => {
        const { machine, L } = parts;
        L.remove("f");
        L.remove("k");
        L.write("new", "N");
        rmSync(machine.stateFile);
        if (lost.includes("folder")) rmSync(`${machine.stateFile}.d`, { recursive: true });
        await machine.init();
        await machine.sync();
        assert.deepEqual(L.files(), { f: "A", "k/1": "one", "k/2": "two", new: "N" });
        await assertSettled(parts);
      },
    );
  }

  const DAMAGES: readonly (readonly [string, (whole: Buffer) => Uint8Array])[] = [
    ["31 a truncated state file", (whole) => whole.subarray(0, whole.length - 7)],
    ["32 a state file with one flipped bit", flipped],
    ["34 a state file of no length", () => new Uint8Array()],
  ];
  for (const [what, damage] of DAMAGES) {
    synced(
      `${what} is refused and left in place; --init --recover makes the next run a union (S14, R12)`,
      async (parts) => {
        const { machine, L, R } = parts;
        writeFileSync(machine.stateFile, damage(readFileSync(machine.stateFile)));
        L.remove("f");
        await R.remove("k/1");
        L.write("k/2", "edited", 9);

        const ran = await unchangedBy(parts, () => machine.run());
        assert.equal(ran.code, 1);
        assert.equal(ran.stdout, "");
        assert.match(ran.stderr, /\n {2}hint: s3-bsync --init --recover/);
        assert.deepEqual(machine.proxy.log, []);

        const damaged = readFileSync(machine.stateFile);
        const recovered = await machine.run("--init", "--recover");
        assert.equal(recovered.code, 0, recovered.stderr);
        const aside = /^set aside: (.*)$/m.exec(recovered.stdout)?.[1] ?? "";
        assert.deepEqual(readFileSync(aside), damaged);
        assert.deepEqual(machine.records(), {});

        await machine.sync();
        assert.deepEqual(L.files(), { f: "A", "k/1": "one", "k/2": "edited" });
        await assertKept(machine, "two");
        await assertSettled(parts);
      },
    );
  }

  synced(
    "33 a state file of a newer version is refused by every command, and left in place for the program that wrote it (SF4)",
    async (parts) => {
      const { machine, L } = parts;
      const ours = readFileSync(machine.stateFile);
      writeFileSync(machine.stateFile, Buffer.from(ours).fill(3, 4, 5));
      L.remove("f");
      for (const argv of [[], ["--dryrun"], ["--dump"], ["--init", "--recover"]]) {
        const { code, stdout, stderr } = await unchangedBy(parts, () => machine.run(...argv));
        assert.deepEqual([code, stdout], [1, ""], stderr);
        assert.match(stderr, /\n {2}hint: a newer s3-bsync wrote it/);
        assert.deepEqual(machine.proxy.log, []);
      }
      writeFileSync(machine.stateFile, ours);
      await machine.sync();
      assert.deepEqual(L.files(), { "k/1": "one", "k/2": "two" });
      await assertSettled(parts);
    },
  );

  for (const elsewhere of ["bucket", "prefix"]) {
    synced(
      `35 the map of another ${elsewhere} is a new pair: all is uploaded, nothing reads as deleted (R11, S2)`,
      async (parts) => {
        const { machine, L, R, world } = parts;
        const next =
          elsewhere === "prefix" ? `${machine.destination}-2` : `s3://s3-bsync-tests-2/${world.prefix}`;
        await world.server.bucket("s3-bsync-tests-2");
        const there = await unchangedBy(parts, () => machine.run("--init", "--dir", L.root, next));
        assert.equal(there.code, 2);
        assert.match(there.stderr, /hint: .*--rmdir .* --dir /);

        const moved = await machine.run("--init", "--rmdir", L.root, "--dir", L.root, next);
        assert.equal(moved.code, 0, moved.stderr);
        assert.deepEqual(machine.records(), {});
        const counts = await machine.counting(() => machine.sync());
        assert.deepEqual(L.files(), { f: "A", "k/1": "one", "k/2": "two" });
        assert.deepEqual(await R.files(), L.files(), "the old destination stays as it was");
        assert.equal(counts["DeleteObject"], undefined);
        const dumped = await machine.run("--dump", "--json");
        assert.match(dumped.stdout, new RegExp(`"destination":"${next}".*"objects":3`));
        assert.deepEqual(await machine.counting(() => machine.sync()), { ListObjectsV2: 1 });
      },
    );
  }

  synced(
    "38 a root that was moved is missing where it was, and a new map where it is; nothing is deleted (S1, R12)",
    async (parts) => {
      const { machine, L, R } = parts;
      const moved = join(machine.home, "moved");
      renameSync(L.root, moved);
      const ran = await unchangedBy(parts, () => machine.run());
      assert.equal(ran.code, 4);
      assert.ok(ran.stderr.includes(`${L.root} is missing`), ran.stderr);

      const edited = await machine.run("--init", "--rmdir", L.root, "--dir", moved, machine.destination);
      assert.equal(edited.code, 0, edited.stderr);
      assert.deepEqual(await machine.counting(() => machine.sync()), { ListObjectsV2: 1 });
      assert.deepEqual(Object.keys(machine.records()), ["f", "k/1", "k/2"]);
      assert.deepEqual(await R.files(), { f: "A", "k/1": "one", "k/2": "two" });
    },
  );

  synced(
    "39 a tree that went back in time wins where it is older, but all that it overwrites or deletes is kept (R4, R7, R19)",
    async (parts) => {
      const { machine, L, R } = parts;
      const old = join(machine.home, "old");
      cpSync(L.root, old, { recursive: true, preserveTimestamps: true });
      L.write("f", "B", 5);
      L.write("g", "newer than the copy", 5);
      await machine.sync();

      L.remove("g");
      cpSync(old, L.root, { recursive: true, preserveTimestamps: true });
      await machine.sync();
      assert.deepEqual(await R.files(), { f: "A", "k/1": "one", "k/2": "two" });
      await assertKept(machine, "B", "newer than the copy");
      await assertSettled(parts);
    },
  );

  fresh(
    "39 a large tree that went back in time is held as a deletion is, until --max-delete allows it (R19, S6, S8)",
    async (parts) => {
      const { machine, L, R } = parts;
      const names = Array.from({ length: 15 }, (_, i) => `f${i}`);
      for (const name of names) L.write(name, `new ${name}`, 5);
      await machine.sync();
      for (const name of names.slice(3)) L.write(name, `old ${name}`, 1);
      L.remove("f0");
      L.write("added", "goes on");
      const before = machine.records();

      const ran = await machine.run();
      assert.equal(ran.code, 4);
      assert.match(ran.stderr, /13 of 15 tracked files .*\n {2}hint: .*--max-delete 13\n$/);
      assert.equal(await R.read("f3"), "new f3");
      assert.equal(await R.read("added"), "goes on");
      const { added, ...kept } = machine.records();
      assert.ok(added !== undefined);
      assert.deepEqual(kept, before);
      assert.equal((await machine.run()).code, 4, "the next run says the same");

      await machine.sync("--max-delete", "13");
      await assertKept(machine, "new f0", ...names.slice(3).map((name) => `new ${name}`));
      await assertSettled(parts);
    },
  );

  synced(
    "40 a tree that went back in time together with its state is brought forward (R2, R3, R10)",
    async (parts) => {
      const { machine, L, R } = parts;
      using elsewhere = tempDir("then");
      const away = join(elsewhere.path, "home");
      cpSync(machine.home, away, { recursive: true, preserveTimestamps: true });
      L.write("f", "B", 5);
      L.write("g", "N", 5);
      L.remove("k/1");
      await machine.sync();

      rmSync(machine.home, { recursive: true });
      renameSync(away, machine.home);
      machine.proxy.log.length = 0;
      await machine.sync();
      assertOnlyRead(machine);
      assert.deepEqual(L.files(), { f: "B", g: "N", "k/2": "two" });
      assert.deepEqual(await R.files(), L.files());
      await assertSettled(parts);
    },
  );

  test("42 a third machine with an old copy and no state: a union; the newer wins, the deleted comes back (R10, R11, R22)", () =>
    threeMachines(async ({ world, machine, third }) => {
      const R = world.remote;
      third.local.write("f", "old", 1);
      third.local.write("deleted elsewhere", "old too", 1);
      machine.local.write("f", "new", 5);
      machine.local.write("g", "N", 5);
      await machine.sync();

      await third.sync();
      const united = { f: "new", g: "N", "deleted elsewhere": "old too" };
      assert.deepEqual(third.local.files(), united);
      await assertKept(third, "old");
      await machine.sync();
      assert.deepEqual(machine.local.files(), united);
      for (const one of [machine, third]) await assertSettled({ machine: one, L: one.local, R });
    }));

  test("43 a third machine with equal content but other times: no transfer, and no other machine notices (R12, R20)", () =>
    threeMachines(async ({ world, machine, third }) => {
      const R = world.remote;
      for (const name of ["f", "g", "d/h"]) machine.local.write(name, `content of ${name}`, 1);
      await machine.sync();
      for (const name of ["f", "g", "d/h"]) third.local.write(name, `content of ${name}`, 7);

      const counts = await third.counting(() => third.sync());
      assert.deepEqual(Object.keys(counts), ["ListObjectsV2"]);
      for (const one of [machine, third]) await assertSettled({ machine: one, L: one.local, R });
    }));
});

async function threeMachines(
  play: (parts: {
    readonly world: World;
    readonly machine: Machine;
    readonly third: Machine;
  }) => Promise<void>,
): Promise<void> {
  const world = await newWorld();
  try {
    const [machine, third] = [await world.machine(), await world.machine()];
    await machine.init();
    await third.init();
    await play({ world, machine, third });
  } finally {
    await world[Symbol.asyncDispose]();
  }
}

/** Rule and verb by key, of the lines of one type. */
function steps(stdout: string, type: string): Record<string, string> {
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string>);
  const mine = lines.filter((line) => line["type"] === type);
  return Object.fromEntries(mine.map(({ key, rule, verb }) => [key, `${rule} ${verb}`]).toSorted());
}

function flipped(whole: Buffer): Uint8Array {
  const record = whole.indexOf(0x94);
  return whole.fill(0x94 ^ 0x10, record, record + 1);
}
