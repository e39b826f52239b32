/** Runs that nobody watches, on a real server: missing directories, reports, and the command for trouble. */

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { F_IS_A, startingFrom } from "../support/scene.ts";
import { Local, type Machine } from "../support/world.ts";

const scene = startingFrom(F_IS_A);

/** Its directory is gone, as that of an unplugged disk. */
function unplug({ home, local }: Machine): { plug(): void } {
  const away = join(home, "away");
  renameSync(local.root, away);
  return { plug: () => renameSync(away, local.root) };
}

/** A second map of the machine. */
async function another(machine: Machine): Promise<Local> {
  const other = new Local(join(machine.home, "other"));
  mkdirSync(other.root);
  other.write("g", "G", 1);
  const added = await machine.run("--init", "--dir", other.root, `${machine.destination}-other`);
  assert.equal(added.code, 0, added.stderr);
  return other;
}

describe("runs that nobody watches", { concurrency: 3 }, () => {
  scene(
    "--skip-missing passes over a map whose directory is missing, keeps its records, and syncs the others (UN1)",
    async ({ machine, L }) => {
      const other = await another(machine);
      await machine.sync();
      const records = machine.records();
      const disk = unplug(machine);
      assert.equal((await machine.run()).code, 4, "without it a guard stops the map");
      other.write("h", "H", 1);
      await machine.sync("--skip-missing");
      const { "other/h": added, ...kept } = machine.records();
      assert.equal(added?.size, 1, "the other map was synced");
      assert.deepEqual(kept, records);
      const debug = await machine.run("--skip-missing", "--debug");
      assert.match(debug.stdout, new RegExp(`note: ${L.root} is missing: passed over`));
      assert.equal((await machine.run("--status", "--skip-missing")).code, 0);

      disk.plug();
      L.write("f", "B", 2);
      await machine.sync("--skip-missing");
      assert.equal(L.read("f"), "B");
    },
  );

  scene("--skip-missing sends no request for a map that is missing (UN1)", async ({ machine }) => {
    unplug(machine);
    assert.deepEqual(await machine.counting(() => machine.sync("--skip-missing")), {});
  });

  scene("--skip-missing: an empty directory, and a file, are for the guard (UN2)", async ({ machine, L }) => {
    const disk = unplug(machine);
    mkdirSync(L.root);
    assert.equal((await machine.run("--skip-missing")).code, 4, "an empty directory");
    renameSync(L.root, join(machine.home, "empty"));
    writeFileSync(L.root, "");
    assert.equal((await machine.run("--skip-missing")).code, 4, "a file");
    renameSync(L.root, join(machine.home, "file"));
    disk.plug();
    await machine.sync();
  });

  scene(
    "--report changes tells trouble once, keeps the code, and forgets it after a success (UN3, UN4)",
    async ({ machine }) => {
      const remembered = join(`${machine.stateFile}.d`, "report.json");
      const disk = unplug(machine);
      const first = await machine.run("--report", "changes");
      assert.match(first.stderr, /is missing or not a directory/);
      const written = statSync(remembered);
      assert.equal(written.mode & 0o777, 0o600);
      assert.deepEqual(await machine.run("--report", "changes"), { code: 4, stdout: "", stderr: "" });
      assert.equal(statSync(remembered).ino, written.ino, "it is not written again");
      assert.equal((await machine.run()).stderr, first.stderr, "without the option every run tells it");
      assert.equal(existsSync(remembered), true);

      disk.plug();
      await machine.sync("--report", "changes");
      assert.equal(existsSync(remembered), false);
      unplug(machine);
      assert.equal((await machine.run("--report", "changes")).stderr, first.stderr);
      writeFileSync(remembered, '{"digest": 3');
      assert.equal((await machine.run("--report", "changes")).stderr, first.stderr, "a damaged one");
    },
  );

  scene("--report changes writes nothing where there was nothing to tell (UN4)", async ({ machine }) => {
    await machine.sync("--report", "changes");
    assert.equal(existsSync(join(`${machine.stateFile}.d`, "report.json")), false);
  });

  scene(
    "--on-failure has code and report, after the lock is free; its output goes to stderr (UN5)",
    async ({ machine }) => {
      const disk = unplug(machine);
      const seen = join(machine.home, "it's seen");
      const lock = join(`${machine.stateFile}.d`, "lock");
      const command = `test ! -e '${lock}' && { echo "code $S3_BSYNC_EXIT_CODE"; cat; } > "$HOME/it's seen"; echo noted`;
      const ran = await machine.run("--on-failure", command);
      assert.equal(ran.code, 4);
      assert.equal(ran.stdout, "");
      const report = ran.stderr.replace("noted\n", "");
      assert.notEqual(report, ran.stderr, "what it prints");
      assert.equal(readFileSync(seen, "utf8"), `code 4\n${report}`);

      renameSync(seen, join(machine.home, "moved"));
      disk.plug();
      await machine.sync("--on-failure", command);
      assert.equal(existsSync(seen), false, "not after a success");
    },
  );

  scene(
    "--on-failure that fails, is no command or reads nothing changes no exit code (UN6)",
    async ({ machine }) => {
      unplug(machine);
      const failing = await machine.run("--on-failure", "exit 7");
      assert.equal(failing.code, 4);
      assert.match(failing.stderr, /^s3-bsync: the command of --on-failure: it ended with 7$/m);
      const killed = await machine.run("--on-failure", "kill -9 $$");
      assert.match(killed.stderr, /^s3-bsync: the command of --on-failure: it was ended by SIGKILL/m);
      assert.equal(killed.code, 4);
    },
  );
});
