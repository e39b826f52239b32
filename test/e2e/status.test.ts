/** `--status` on a real server: what it tells, the code it ends with, and that it does nothing at all. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { describe } from "node:test";
import { takeLock } from "../../src/state/lock.ts";
import { answerError } from "../support/listing-page.ts";
import { operationOf } from "../support/recording-proxy.ts";
import { renameHere } from "../support/renaming.ts";
import { numbered, type Parts, scene, startingFrom, synced } from "../support/scene.ts";
import { assertOnlyRead, snapshotOf } from "../support/stand-still.ts";
import type { Machine, Ran } from "../support/world.ts";

const start = startingFrom({ a: "A", b: "BB", c: "CCC", "d/e": "E", "d/f": "FF", "d/g": "GGG" });

/** Nothing on the disk changes, neither in the tree nor beside the state file; nothing is sent that could change something. */
async function status({ machine, R }: Parts, ...argv: readonly string[]): Promise<Ran> {
  const [here, there] = [snapshotOf(machine.home), await R.files()];
  machine.proxy.log.length = 0;
  const ran = await machine.run("--status", ...argv);
  assertOnlyRead(machine);
  assert.deepEqual(snapshotOf(machine.home), here);
  assert.deepEqual(await R.files(), there);
  return ran;
}

/** What it says of the only map, and of no other line. */
function mapLines({ stdout }: Ran, { local, destination }: Machine): readonly string[] {
  const lines = stdout.split("\n");
  const name = lines.findIndex((line) => line.startsWith(`${local.root} <-> ${destination}`));
  assert.ok(name > 0, stdout);
  return lines.slice(name + 1).filter((line) => line.startsWith("  "));
}

describe("--status", { concurrency: 3 }, () => {
  start("of a map in sync costs one LIST, and ends with 0; pending changes end with 3", async (parts) => {
    const { machine, L, R } = parts;
    const quiet = await status(parts);
    assert.deepEqual([quiet.code, quiet.stderr], [0, ""]);
    assert.deepEqual(machine.proxy.log.map(operationOf), ["ListObjectsV2"]);
    assert.match(
      quiet.stdout,
      /^\S+\.state\.s3sync: last synced \d{4}-\S+Z, (?:just now|\d+ minutes? ago)\n/,
    );
    assert.deepEqual(mapLines(quiet, machine), ["  in sync"]);
    assert.match(quiet.stdout, /\ns3-bsync-tests at http:\S+: conditions on PUT [^\n]+\n$/);

    L.write("new", "four");
    await R.put("there", "seven b");
    renameHere(L, "c", "cc");
    L.remove("b");
    await R.remove("a");
    const pending = await status(parts, "--debug");
    assert.deepEqual([pending.code, pending.stderr], [3, ""]);
    assert.deepEqual(mapLines(pending, machine), [
      "  1 to upload (4 B), 1 to download (7 B), 1 to rename, 1 to delete here, 1 to delete in the bucket",
    ]);
    await machine.sync();
    assert.equal((await status(parts)).code, 0);
  });

  for (const how of ["with --on-conflict ask stored", "with the default policy"] as const) {
    start(`lists the conflicts that wait, ${how}: exit code 6 (R32)`, async (parts) => {
      const { machine, L, R } = parts;
      if (how.includes("ask")) await machine.init("--on-conflict", "ask");
      L.write("a", "local edit", 9);
      await R.put("a", "remote edit", 8);
      const flags = how.includes("ask") ? [] : ["--on-conflict", "ask"];
      assert.equal((await machine.run(...flags)).code, 6);
      const told = await status(parts);
      assert.deepEqual([told.code, told.stderr], [6, ""]);
      assert.deepEqual(mapLines(told, machine), [
        "  conflict: a: local 10 B of 2026-01-01T00:09:00.000Z (newer), remote 11 B of 2026-01-01T00:08:00.000Z",
        "  1 conflict",
      ]);
      const json = await status(parts, "--json");
      assert.equal(json.code, 6);
      const types = json.stdout
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { readonly type: string }).type);
      assert.deepEqual(types, ["status", "action", "summary", "endpoint"]);
    });
  }

  start("names a path that a run cannot handle: exit code 3", async (parts) => {
    const { machine, L } = parts;
    L.write("bad\nname".padEnd(20, "x"), "N");
    await machine.sync();
    L.write("x".repeat(250), "long");
    L.write(`${"p/".repeat(400)}${"y".repeat(250)}`, "too long a key");
    const told = await status(parts);
    assert.equal(told.code, 3);
    const [left = "", sums] = mapLines(told, machine);
    assert.match(left, /^ {2}left: p\/p\/.*: the key/);
    assert.equal(sums, "  1 to upload (4 B), 1 that cannot be handled");
  });

  scene("where a guard about amounts would hold something back: exit code 4", async (parts) => {
    const { machine, L } = parts;
    await synced(parts, numbered(14));
    for (const name of numbered(12)) L.remove(name);
    const told = await status(parts);
    assert.equal(told.code, 4);
    assert.deepEqual(mapLines(told, machine), ["  12 to delete in the bucket"]);
    assert.match(
      told.stderr,
      /12 of 14 tracked files would be deleted in the bucket.*\n {2}hint: .*--max-delete 12\n/,
    );
  });

  start("where a guard about a side would stop a run: exit code 4", async (parts) => {
    const { machine, L } = parts;
    for (const name of ["a", "b", "c", "d"]) L.remove(name);
    const told = await status(parts);
    assert.equal(told.code, 4);
    const [line = "", ...more] = mapLines(told, machine);
    assert.match(line, /^ {2}a run would stop: .* is empty, while 6 paths are tracked/);
    assert.deepEqual(more, []);
    assert.match(told.stderr, /hint: .*--allow-empty/);
  });

  start("that cannot look says so, and ends with 1", async (parts) => {
    const { machine, L } = parts;
    machine.proxy.instead = (_, response) => answerError(response, 403, "AccessDenied");
    const refused = await status(parts);
    assert.equal(refused.code, 1);
    assert.match(mapLines(refused, machine).join("\n"), /^ {2}could not be looked at: /);
    assert.match(refused.stderr, /^s3-bsync: /);
    machine.proxy.instead = () => false;
    rmSync(L.root, { recursive: true });
    const gone = await status(parts);
    assert.equal(gone.code, 4);
    assert.match(mapLines(gone, machine).join("\n"), /^ {2}a run would stop: /);
  });

  start("takes no lock: it works while a run holds it (S11)", async (parts) => {
    const { machine, L } = parts;
    L.write("new", "N");
    const lock = takeLock(`${machine.stateFile}.d`, { pid: process.pid, hostname: hostname() });
    try {
      assert.equal((await status(parts)).code, 3);
      assert.equal((await machine.run()).code, 5);
    } finally {
      lock.release();
    }
  });

  start("in the middle of a run tells what is left to do, and does not disturb it (S11)", async (parts) => {
    const { machine, L, R } = parts;
    for (const name of ["x", "y"]) L.write(name, name);
    let told: Ran | undefined;
    machine.proxy.before = async ({ method, key }) => {
      if (method !== "PUT" || key !== R.at("x").Key) return;
      machine.proxy.before = () => {};
      told = await machine.run("--status");
    };
    await machine.sync();
    assert.equal(told?.code, 3, told?.stderr);
    assert.equal((await status(parts)).code, 0);
  });

  start("after a run that was killed settles what it left in memory only (X17)", async (parts) => {
    const { machine, L } = parts;
    renameHere(L, "a", "aa");
    const running = machine.start({});
    machine.proxy.instead = (request, response) => {
      if (operationOf(request) !== "DeleteObject") return false;
      running.signal("SIGKILL");
      response.destroy();
      return true;
    };
    await running.ended;
    machine.proxy.instead = () => false;
    const told = await status(parts);
    assert.equal(told.code, 3, told.stderr);
    assert.deepEqual(mapLines(told, machine), ["  1 to delete in the bucket"]);
    await machine.sync();
    assert.equal((await status(parts)).code, 0);
  });

  scene("of a first meeting makes nothing: no folder, no lock, no temporary file", async (parts) => {
    const { machine, L } = parts;
    L.write("a", "A");
    rmSync(`${machine.stateFile}.d`, { recursive: true, force: true });
    const told = await status(parts);
    assert.equal(told.code, 3);
    assert.match(told.stdout, /: last synced never\n/);
    assert.ok(!existsSync(`${machine.stateFile}.d`));
  });

  scene("without a state file says how to begin, and ends with 1", async (parts) => {
    rmSync(parts.machine.stateFile);
    const told = await status(parts);
    assert.deepEqual([told.code, told.stdout], [1, ""]);
    assert.match(told.stderr, /^s3-bsync: .*no state file.*\n {2}hint: .*--init/);
  });

  start(
    "tells how the last run ended until one ends with 0, and what the backups take (LK13, LK14, LK15)",
    async (parts) => {
      const { machine, L, R } = parts;
      L.write("a", "edited here", 9);
      await R.put("a", "edited there", 8);
      await machine.sync();
      const names = readdirSync(`${machine.stateFile}.d`);
      assert.match(
        (await status(parts)).stdout,
        /^[^\n]+(?: ago|just now); backups of 1 run, \d+ B \(--backups\)\n/,
      );

      machine.proxy.instead = (_, response) => answerError(response, 403, "AccessDenied");
      assert.equal((await machine.run()).code, 1);
      machine.proxy.instead = () => false;
      const told = await status(parts);
      assert.match(
        told.stdout,
        /\n {2}the last run ended with 1, \d{4}-\S+Z, [^\n]+: a map or the whole run failed\n/,
      );
      assert.equal(told.code, 0);

      await machine.sync();
      assert.doesNotMatch((await status(parts)).stdout, /the last run ended/);
      assert.deepEqual(readdirSync(`${machine.stateFile}.d`), names);
    },
  );
});
