/** `--watch` on a real directory and a real server. */

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { hostname } from "node:os";
import { describe } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { takeLock } from "../../src/state/lock.ts";
import { operationOf } from "../support/recording-proxy.ts";
import { F_IS_A, type Parts, startingFrom } from "../support/scene.ts";
import { until } from "../support/until.ts";
import { assertSettled, Local, type Machine, type Ran, type Running } from "../support/world.ts";

const scene = startingFrom(F_IS_A);

/** No poll comes within a test. */
const NEVER = ["--poll", "86400"];
/** Longer than what the system takes to tell of a change, and the settle time. */
const QUIET_MS = 2_500;

function listings({ proxy }: Machine): number {
  return proxy.log.filter((request) => operationOf(request) === "ListObjectsV2").length;
}

/** A watching process that has made its first run; its settle time is short. */
async function watching({ machine }: Pick<Parts, "machine">, ...words: readonly string[]): Promise<Running> {
  const before = listings(machine);
  const running = machine.start({}, "--watch", "--settle", "0.2", ...words);
  await until("the first run", () => listings(machine) > before);
  await unlocked(machine);
  return running;
}

/** Between two runs. */
async function unlocked({ stateFile }: Machine): Promise<void> {
  await until("the end of the run", () => !existsSync(`${stateFile}.d/lock`));
}

/** How many runs there are from now on, in which nobody does anything. */
async function runsInQuiet(machine: Machine): Promise<number> {
  const before = listings(machine);
  await wait(QUIET_MS); // what must not happen has no end to wait for
  return listings(machine) - before;
}

async function stopped(running: Running, name: NodeJS.Signals = "SIGTERM"): Promise<Ran> {
  const from = Date.now();
  running.signal(name);
  const ran = await running.ended;
  assert.ok(Date.now() - from < 10_000, `it took ${Date.now() - from} ms to end`);
  return ran;
}

describe("--watch", { concurrency: 3 }, () => {
  scene(
    "what changes here arrives there, in new directories too, and nothing runs by itself after that (UN8, UN9)",
    async (parts) => {
      const { machine, L, R } = parts;
      const running = await watching(parts, ...NEVER);
      L.write("f", "B", 2);
      await until("the edit", async () => (await R.read("f")) === "B");
      L.write("new/deep/x", "X", 3);
      await until("the new file", async () => (await R.names()).includes("new/deep/x"));
      L.write("new/deep/y", "Y", 3);
      await until("a file in a directory that is new", async () => (await R.names()).includes("new/deep/y"));
      renameSync(L.path("k/1"), L.path("new/1"));
      await until("the rename", async () => (await R.names()).includes("new/1"));
      L.remove("k/2");
      await until("the deletion", async () => !(await R.names()).includes("k/2"));
      await unlocked(machine);
      assert.ok((await runsInQuiet(machine)) <= 1, "changes that came while it ran, at most");
      assert.equal(await runsInQuiet(machine), 0, "nothing more");
      assert.deepEqual(await stopped(running), { code: 143, stdout: "", stderr: "" });
      await assertSettled(parts);
    },
  );

  scene("what changes there arrives here by the poll (UN8)", async (parts) => {
    const { machine, L, R } = parts;
    const running = await watching(parts, "--poll", "4");
    await R.put("f", "B", 2);
    await R.put("new/x", "X", 2);
    await R.remove("k/2");
    await until("the edits", () => existsSync(L.path("new/x")) && L.read("f") === "B");
    await until("the deletion", () => !existsSync(L.path("k/2")));
    const before = listings(machine);
    await until("another poll", () => listings(machine) > before);
    await unlocked(machine);
    assert.deepEqual(await stopped(running), { code: 143, stdout: "", stderr: "" });
    await assertSettled(parts);
  });

  scene("each of its runs is in the log and shows how far it is (UN19)", async (parts) => {
    const { machine, L, R } = parts;
    const log = join(machine.home, "log");
    const running = await watching(parts, ...NEVER, "--progress", "--log-file", log);
    for (const [at, content] of ["B", "C"].entries()) {
      L.write("f", content, at + 2);
      await until("the edit", async () => (await R.read("f")) === content);
      await unlocked(machine);
    }
    const { stderr } = await stopped(running);
    assert.ok((stderr.match(/^progress: .*: 1 of 1 file, 1 B of 1 B/gm) ?? []).length >= 2, stderr);
    const text = readFileSync(log, "utf8");
    const count = (part: string): number => text.split(part).length - 1;
    assert.equal(count("uploaded  f  1 B"), 2, text);
    assert.ok(count("run begins") >= 3, text);
    assert.equal(count("run begins"), count("run ends with 0"), text);
  });

  scene("downloads of its own make it run once more, and then no more (UN9)", async (parts) => {
    const { machine, L, R } = parts;
    await R.put("f", "B", 2);
    await R.put("new/x", "X", 2);
    const running = await watching(parts, ...NEVER);
    assert.equal(L.read("f"), "B");
    assert.ok((await runsInQuiet(machine)) <= 1, "once more");
    assert.equal(await runsInQuiet(machine), 0, "and then no more");
    assert.equal((await stopped(running)).code, 143);
  });

  scene("a state file in the directory itself does not make it run (UN9)", async ({ world }) => {
    const machine = await world.machine(`${world.prefix}-inside`);
    const file = ["--file", machine.local.path("sub/state")];
    machine.local.write("sub/x", "X", 1);
    const made = await machine.run(...file, "--init", "--dir", machine.local.root, machine.destination);
    assert.equal(made.code, 0, made.stderr);
    const running = machine.start({}, "--watch", "--settle", "0.2", ...NEVER, ...file);
    await until("the first run", () => listings(machine) > 0);
    assert.ok((await runsInQuiet(machine)) <= 1);
    assert.equal(await runsInQuiet(machine), 0);
    assert.equal((await stopped(running)).code, 143);
  });

  scene(
    "SIGINT and SIGTERM end it between runs, with 130 and 143, and leave no lock (UN13)",
    async (parts) => {
      for (const [name, code] of [
        ["SIGINT", 130],
        ["SIGTERM", 143],
      ] as const) {
        const running = await watching(parts, ...NEVER);
        assert.deepEqual(await stopped(running, name), { code, stdout: "", stderr: "" });
      }
      await parts.machine.sync();
    },
  );

  scene("a signal in the middle of a run ends it in order (UN13)", async (parts) => {
    const { machine, L } = parts;
    const running = await watching(parts, ...NEVER);
    let came = false;
    machine.proxy.before = (request) => {
      if (came || operationOf(request) !== "PutObject") return;
      came = true;
      running.signal("SIGTERM");
    };
    L.write("f", "B", 2);
    assert.equal((await running.ended).code, 143);
    assert.ok(came, "it came to the upload");
    machine.proxy.before = () => {};
    await machine.sync();
    await assertSettled(parts);
  });

  scene("it waits where another run holds the lock, and says nothing of it (UN11)", async (parts) => {
    const { machine, L, R } = parts;
    const lock = takeLock(`${machine.stateFile}.d`, { pid: process.pid, hostname: hostname() });
    const running = machine.start({}, "--watch", "--settle", "0.2", ...NEVER);
    L.write("f", "B", 2);
    assert.equal(await runsInQuiet(machine), 0, "it waits");
    lock.release();
    await until("the edit", async () => (await R.read("f")) === "B");
    assert.deepEqual(await stopped(running), { code: 143, stdout: "", stderr: "" });
  });

  scene(
    "a map that is added while it watches is synced, and watched; a directory that comes back, too (UN14)",
    async (parts) => {
      const { machine, L, R } = parts;
      const running = await watching(parts, "--poll", "2", "--skip-missing");
      const away = join(machine.home, "away");
      renameSync(L.root, away);
      await wait(QUIET_MS); // polls pass over it, with nothing to be seen of that
      renameSync(away, L.root);
      L.write("f", "B", 2);
      await until("the edit", async () => (await R.read("f")) === "B");

      const other = new Local(join(machine.home, "other"));
      mkdirSync(other.root);
      other.write("g", "G", 1);
      let added: Ran;
      do {
        added = await machine.run("--init", "--dir", other.root, `${machine.destination}-other`);
      } while (added.code === 5);
      assert.equal(added.code, 0, added.stderr);
      await until("a record of it", () => "other/g" in machine.records());
      assert.deepEqual(await stopped(running), { code: 143, stdout: "", stderr: "" });
    },
  );

  scene("a directory behind a symlink is watched (UN8)", async ({ world }) => {
    const machine = await world.machine(`${world.prefix}-linked`);
    const real = new Local(join(machine.home, "real"));
    mkdirSync(real.root);
    const link = join(machine.home, "link");
    symlinkSync(real.root, link);
    const made = await machine.run("--init", "--dir", link, machine.destination);
    assert.equal(made.code, 0, made.stderr);
    const running = await watching({ machine }, ...NEVER);
    real.write("x", "X", 1);
    await until("the file", () => "x" in machine.records());
    assert.equal((await stopped(running)).code, 143);
  });

  scene(
    "trouble is told once, its command is run once, and it goes on when that is over (UN10, UN12)",
    async (parts) => {
      const { machine, L, R } = parts;
      machine.proxy.instead = (_request, response) => {
        response.writeHead(403).end();
        return true;
      };
      const log = join(machine.home, "log");
      const running = await watching(
        parts,
        "--poll",
        "1",
        "--on-failure",
        `echo "$S3_BSYNC_EXIT_CODE" >> '${log}'`,
      );
      const before = listings(machine);
      await until("another run", () => listings(machine) > before);
      await unlocked(machine);
      machine.proxy.instead = () => false;
      L.write("f", "B", 2);
      await until("the edit", async () => (await R.read("f")) === "B");
      const { stderr } = await stopped(running);
      assert.equal(stderr.match(/^s3-bsync: /gm)?.length, 1, stderr);
      assert.equal(readFileSync(log, "utf8"), "1\n");
    },
  );
});
