/** Backups of what was overwritten or deleted: kept as asked for, listed, brought back, and gone in the end. */

import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { takeLock } from "../../src/state/lock.ts";
import { newKeyring, WITHOUT_GPG } from "../support/keyring.ts";
import { type Parts, scene, startingFrom } from "../support/scene.ts";
import { assertOnlyRead, snapshotOf } from "../support/stand-still.ts";
import { assertSettled, at, type Machine, type Ran } from "../support/world.ts";
import { backupBytes } from "../support/zip-bytes.ts";

const KEPT = { k1: "1", k2: "2", k3: "3", k4: "4", k5: "5" };
const start = startingFrom({ r2: "old r2", r3: "old r3", r4: "old r4", r5: "old r5", r7: "old r7", ...KEPT });

/** Something for R2, R3, R4 and R7 to do, and a conflict. */
async function changeAllOver({ L, R }: Parts): Promise<void> {
  await R.put("r2", "new r2");
  await R.remove("r3");
  L.write("r4", "new r4", 2);
  L.remove("r7");
  L.write("r5", "local r5", 2);
  await R.put("r5", "remote r5", 3);
}

interface Line {
  readonly type: string;
  readonly run: string;
  readonly key: string;
  readonly side: string;
  readonly reason: string;
  readonly bytes: number;
}

function linesOf({ stdout }: Ran): readonly Line[] {
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Line]));
}

async function listed(machine: Machine): Promise<readonly string[]> {
  const ran = await machine.run("--backups", "--json");
  assert.equal(ran.code, 0, ran.stderr);
  return linesOf(ran)
    .map(({ key, side, reason }) => `${key} ${side} ${reason}`)
    .toSorted();
}

/** Brings the backup of the last run back. @returns what came back, by name */
async function restored(machine: Machine, ...more: readonly string[]): Promise<Record<string, string>> {
  const to = join(machine.home, "restored");
  rmSync(to, { recursive: true, force: true });
  const ran = await machine.run("--restore-backup", "latest", "--to", to, ...more);
  assert.equal(ran.code, 0, ran.stderr);
  return Object.fromEntries(readdirSync(to).map((name) => [name, readFileSync(join(to, name), "utf8")]));
}

const ALL = [
  "r2 local overwritten",
  "r3 local deleted",
  "r4 remote overwritten",
  "r5 local conflict",
  "r7 remote deleted",
];

describe("backups", { concurrency: 3 }, () => {
  scene(
    "the loser of a conflict is listed and comes back with its time and mode (S17, S18)",
    async (parts) => {
      const { machine, L, R } = parts;
      L.write("trip/día 1.txt", "here", 1);
      chmodSync(L.path("trip/día 1.txt"), 0o640);
      await R.put("trip/día 1.txt", "there", 2);
      await machine.sync();
      assert.equal(L.read("trip/día 1.txt"), "there");

      machine.proxy.log.length = 0;
      const list = await machine.run("--backups");
      assert.equal(list.code, 0, list.stderr);
      const [run = "", map, version, total, ...rest] = list.stdout.split("\n");
      assert.match(run, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
      assert.equal(map, `  ${L.root} <-> ${machine.destination}`);
      assert.equal(version, "    trip/día 1.txt  local, 4 B, of 2026-01-01T00:01:00.000Z: lost a conflict");
      assert.equal(total, "  1 version, 4 B");
      assert.deepEqual(rest, [
        "",
        "To bring them back: s3-bsync --restore-backup RUN [PATTERN...] --to DIR",
        "",
      ]);

      const to = join(machine.home, "new/folder");
      assert.deepEqual(await machine.run("restore-backup", run, "--to", to), {
        code: 0,
        stdout: `  restored  trip/día 1.txt  4 B  (local: lost a conflict)\n1 restored: ${to}\n`,
        stderr: "",
      });
      const path = join(to, "trip/día 1.txt");
      assert.equal(readFileSync(path, "utf8"), "here");
      assert.equal(statSync(path).mode & 0o7777, 0o640);
      assert.equal(statSync(path).mtimeMs, at(1));
      assert.deepEqual(machine.proxy.log, [], "no request");
      await assertSettled(parts);
    },
  );

  start("by default only losers of conflicts are kept (S15)", async (parts) => {
    await changeAllOver(parts);
    await parts.machine.sync();
    assert.deepEqual(await listed(parts.machine), ["r5 local conflict"]);
    await assertSettled(parts);
  });

  start(
    "--backup all keeps whatever R2, R3, R4 and R7 overwrite or delete, on both sides (S15)",
    async (parts) => {
      const { machine } = parts;
      await changeAllOver(parts);
      const dry = await machine.run("--backup", "all", "--dryrun");
      assert.match(dry.stdout, /delete-local {2} +r3 .*the version here is backed up first/);
      assert.match(dry.stdout, /delete-remote {2}r7 .*the version in the bucket is backed up first/);
      assert.ok(!existsSync(`${machine.stateFile}.d/backups`));
      await machine.sync("--backup", "all");
      assert.deepEqual(await listed(machine), ALL);
      assert.deepEqual(await restored(machine), {
        r2: "old r2",
        r3: "old r3",
        r4: "old r4",
        r5: "local r5",
        r7: "old r7",
      });
      await assertSettled(parts);
    },
  );

  start(
    "a policy that --init stores holds until a flag says otherwise, for that run (S16)",
    async (parts) => {
      const { machine, L } = parts;
      await machine.init("--backup", "all", "--on-conflict", "local");
      const dump = await machine.run("--dump");
      assert.match(dump.stdout, /: version 2, [^]*\(backup all, on-conflict local\)/);
      await changeAllOver(parts);
      await machine.sync();
      assert.equal(L.read("r5"), "local r5", "as the map says");
      assert.deepEqual(
        await listed(machine),
        ALL.map((line) => line.replace("r5 local", "r5 remote")),
      );
      L.write("r4", "newest r4", 4);
      await machine.sync("--backup", "losers");
      assert.deepEqual((await listed(machine)).length, ALL.length, "nothing more is kept");
      await machine.init();
      assert.doesNotMatch((await machine.run("--dump")).stdout, /backup/);
      await assertSettled(parts);
    },
  );

  start(
    "--backup none keeps losers of conflicts all the same, and --init says what it leaves out (S15)",
    async (parts) => {
      const { machine, L } = parts;
      const init = await machine.run("--init", "--dir", L.root, machine.destination, "--backup", "none");
      assert.match(init.stdout, /\(backup none\)\n/);
      assert.match(
        init.stdout,
        /only losers of conflicts and content that no record proves go into the backup/,
      );
      await changeAllOver(parts);
      L.write("k1", "from an old copy", -1_000_000);
      await machine.sync();
      assert.deepEqual(await listed(machine), ["r5 local conflict"]);
      await machine.init();
      L.write("k2", "from an old copy", -1_000_000);
      await machine.sync();
      assert.deepEqual(await listed(machine), ["k2 remote rolled-back", "r5 local conflict"]);
      await assertSettled(parts);
    },
  );

  start("with --backup all a rename keeps nothing (S15)", async (parts) => {
    const { machine, L } = parts;
    L.write("moved", "old r2", 1);
    L.remove("r2");
    await machine.sync("--backup", "all");
    assert.deepEqual(await listed(machine), []);
    await assertSettled(parts);
  });

  start(
    "patterns choose, --force replaces, and two versions of one name get two names (S18, S19)",
    async (parts) => {
      const { machine, L } = parts;
      await changeAllOver(parts);
      await machine.sync("--backup", "all");
      assert.deepEqual(Object.keys(await restored(machine, "--json")).length, 5);
      const to = join(machine.home, "restored");
      const again = await machine.run("--restore-backup", "latest", "r2", "--to", to);
      assert.deepEqual(again, {
        code: 3,
        stdout: `0 restored, 1 not: ${to}\n`,
        stderr: again.stderr,
      });
      assert.match(again.stderr, /^s3-bsync: r2: a file is there already; --force replaces it \(/);
      writeFileSync(join(to, "r2"), "of the user");
      const forced = await machine.run("--restore-backup", "latest", "r[23]", "--to", to, "--force");
      assert.equal(forced.code, 0, forced.stderr);
      assert.equal(readFileSync(join(to, "r2"), "utf8"), "old r2");
      const [folder = ""] = readdirSync(`${machine.stateFile}.d/backups`);
      writeFileSync(`${machine.stateFile}.d/backups/${folder}/0099.zip`, backupBytes("r2", "of another map"));
      rmSync(to, { recursive: true });
      const both = await machine.run("--restore-backup", folder, "r2", "--to", to);
      assert.match(both.stdout, /restored {2}r2\.0099 {2}14 B {2}\(r2, local: lost a conflict\)/);
      assert.deepEqual(readdirSync(to).toSorted(), ["r2", "r2.0099"]);
      assert.equal((await machine.run("--restore-backup", "latest", "nothing", "--to", to)).code, 1);
      assert.equal((await machine.run("--restore-backup", "1999", "--to", to)).code, 1);
      assert.equal((await machine.run("--restore-backup", "latest")).code, 2);
      L.remove("k1");
      await machine.sync();
    },
  );

  start("what comes back into the mapped directory is synced like any other file (S18)", async (parts) => {
    const { machine, L, R } = parts;
    await changeAllOver(parts);
    await machine.sync("--backup", "all");
    const ran = await machine.run("--restore-backup", "latest", "r3", "r2", "--to", L.root, "--force");
    assert.equal(ran.code, 0, ran.stderr);
    await machine.sync();
    assert.equal(await R.read("r3"), "old r3");
    assert.equal(await R.read("r2"), "old r2", "it is an edit, although its time is old");
    await assertSettled(parts);
  });

  start("damaged and hostile archives are named, and the rest comes back (S20)", async (parts) => {
    const { machine } = parts;
    await changeAllOver(parts);
    await machine.sync("--backup", "all");
    const [run = ""] = readdirSync(`${machine.stateFile}.d/backups`);
    const folder = `${machine.stateFile}.d/backups/${run}`;
    truncateSync(join(folder, "0001.zip"), 60);
    writeFileSync(join(folder, "0098.zip"), backupBytes("../../evil", "evil"));
    symlinkSync("/etc/passwd", join(folder, "0099.zip"));
    const list = await machine.run("--backups");
    assert.equal(list.code, 3);
    assert.equal(list.stderr.match(/^s3-bsync: \S+\/00(01|99)\.zip /gm)?.length, 2, list.stderr);
    const to = join(machine.home, "a/b/restored");
    const ran = await machine.run("--restore-backup", run, "--to", to);
    assert.equal(ran.code, 3);
    assert.match(ran.stderr, /0001\.zip is damaged/);
    assert.match(ran.stderr, /evil: the name has the component "\.\."/);
    assert.match(ran.stdout, /4 restored, 3 not: /);
    assert.equal(readdirSync(to).length, 4);
    assert.deepEqual(
      readdirSync(machine.home, { recursive: true }).filter((name) => String(name).includes("evil")),
      [],
    );
  });

  start("listing and restoring need no lock, no network and no state file (S17)", async (parts) => {
    const { machine } = parts;
    await changeAllOver(parts);
    await machine.sync();
    const lock = takeLock(`${machine.stateFile}.d`, { pid: process.pid, hostname: hostname() });
    try {
      assert.deepEqual(await restored(machine), { r5: "local r5" });
      assert.equal((await machine.run("--backups")).code, 0);
    } finally {
      lock.release();
    }
    const purge = await machine.run("--init", "--purge");
    assert.match(purge.stdout, /kept: the backups in /);
    assert.ok(!existsSync(machine.stateFile));
    assert.deepEqual(await restored(machine), { r5: "local r5" });
  });

  start("a dry run of a restore shows what would come back, and makes nothing (S18, X11)", async (parts) => {
    const { machine } = parts;
    await changeAllOver(parts);
    await machine.sync();
    const before = snapshotOf(machine.home);
    const to = join(machine.home, "restored");
    assert.deepEqual(await machine.run("--restore-backup", "latest", "--to", to, "--dryrun"), {
      code: 0,
      stdout: `  restore   r5  8 B  (local: lost a conflict)\n1 version to restore: ${to}\n`,
      stderr: "",
    });
    assert.deepEqual(snapshotOf(machine.home), before);
  });

  start(
    "old backups go in a run that is otherwise a no-op, and cost no request (S21, S22)",
    async (parts) => {
      const { machine } = parts;
      const backups = `${machine.stateFile}.d/backups`;
      const runs = Array.from(
        { length: 12 },
        (_, hour) => `2026-01-01T${String(hour).padStart(2, "0")}-00-00Z`,
      );
      for (const run of runs) {
        mkdirSync(join(backups, run), { recursive: true });
        writeFileSync(join(backups, run, "0001.zip"), backupBytes("a", run));
      }
      await machine.sync();
      assert.deepEqual(readdirSync(backups), runs, "they are young as long as nobody has counted");
      const note = `${machine.stateFile}.d/backup-days.json`;
      const counted = JSON.parse(readFileSync(note, "utf8")) as { readonly count: number };
      writeFileSync(note, JSON.stringify({ ...counted, count: counted.count + 30 }));
      const dry = await machine.run("--dryrun");
      assert.match(dry.stdout, /backups of 2026-01-01T00-00-00Z: old enough, a run removes them\n/);
      assert.deepEqual(readdirSync(backups), runs);
      await machine.sync("--keep-backups", "31");
      assert.deepEqual(readdirSync(backups), runs);
      const counts = await machine.counting(() => machine.sync());
      assert.deepEqual(Object.keys(counts), ["ListObjectsV2"]);
      assert.deepEqual(readdirSync(backups), runs.slice(2));
      assertOnlyRead(machine);
      await machine.sync("--backup-size", "0", "--keep-backups", "0");
      assert.deepEqual(readdirSync(backups), runs.slice(2), "the newest ten stay");
    },
  );

  test(
    "losers of an encrypted map lie encrypted in the backup, and come back (S23)",
    { skip: WITHOUT_GPG },
    async () => {
      using keyring = newKeyring();
      keyring.add("Ann <ann@example.org>");
      await sealedScene(keyring.path);
    },
  );
});

async function sealedScene(GNUPGHOME: string): Promise<void> {
  const { scenario } = await import("../support/world.ts");
  await scenario(async ({ machine, L, R }) => {
    const run = (...argv: readonly string[]): Promise<Ran> => machine.runWith({ GNUPGHOME }, ...argv);
    const init = await run("--init", "--dir", L.root, machine.destination, "--gpg", "ann@example.org");
    assert.equal(init.code, 0, init.stderr);
    L.write("a", "the first secret", 1);
    assert.deepEqual(await run(), { code: 0, stdout: "", stderr: "" });
    L.write("a", "the second secret", 2);
    assert.deepEqual(await run("--backup", "all"), { code: 0, stdout: "", stderr: "" });
    assert.doesNotMatch(await R.read("a"), /secret/);
    const [zip = ""] = machine.backups();
    assert.doesNotMatch(readFileSync(zip, "latin1"), /the first secret/);
    const to = join(machine.home, "restored");
    const back = await run("--restore-backup", "latest", "--to", to);
    assert.equal(back.code, 0, back.stderr);
    assert.equal(readFileSync(join(to, "a"), "utf8"), "the first secret");
    const without = await machine.run("--restore-backup", "latest", "--to", to, "--force");
    assert.equal(without.code, 3);
    assert.match(without.stderr, /^s3-bsync: a: /);
    assert.equal(readFileSync(join(to, "a"), "utf8"), "the first secret");
  });
}
