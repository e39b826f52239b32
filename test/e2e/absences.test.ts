/** Scenarios H: what cannot be seen is not absent, and a full disk costs nothing. */

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { boundByModes, NOT_BOUND } from "../support/bound-by-modes.ts";
import { NO_MOUNT, smallDisk } from "../support/disks.ts";
import { answer, listed, listInTwo } from "../support/listing-page.ts";
import { readStateFile } from "../support/read-state.ts";
import type { Recorded } from "../support/recording-proxy.ts";
import { type S3Server, startServer } from "../support/s3-server.ts";
import { assertRefused, numbered, scene, synced } from "../support/scene.ts";
import { assertSettled, type Ran } from "../support/world.ts";

describe("scenarios H: what is not an absence", { concurrency: 3 }, () => {
  let strict: S3Server;
  before(async () => {
    strict = await startServer("strict");
  });
  after(() => strict.stop());

  scene(
    "157 a HEAD that says 403 is no proof of absence: the file stays, with its record (X6, RM5)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["a", "b", "c"]);
      await R.remove("b");
      const denied = ({ method, key }: Recorded): boolean => method === "HEAD" && key.endsWith("/b");
      machine.proxy.instead = (request, response) => {
        if (!denied(request)) return false;
        response.writeHead(403).end();
        return true;
      };
      const records = machine.records();
      const ran = await machine.run();
      assert.equal(ran.code, 3);
      assert.match(ran.stderr, /^s3-bsync: [^\n]*\/b: [^\n]*den[^\n]*\n$/);
      assert.equal(L.read("b"), "b");
      assert.deepEqual(machine.records(), records);
      machine.proxy.instead = () => false;
      await machine.sync();
      assert.deepEqual(Object.keys(L.files()), ["a", "c"]);
      await assertSettled(parts);
    },
  );

  scene(
    "158 a directory that cannot be read: nothing below it is deleted or written, and the rest goes on (RU, S9)",
    async (parts, t) => {
      const { machine, L, R } = parts;
      const through = boundByModes();
      if (through === undefined) return t.skip(NOT_BOUND);
      machine.through = through;
      await synced(parts, ["closed/1", "closed/sub/2", "closed.x", "closed-x", "out", "zzz"]);
      const records = machine.records();
      L.remove("closed/1");
      L.remove("zzz");
      L.write("out", "edited");
      await R.put("closed/sub/2", "edited there");
      await R.put("closed/new", "N");
      chmodSync(L.path("closed"), 0);
      const ran = await machine.run();
      chmodSync(L.path("closed"), 0o755);
      assert.equal(ran.code, 3);
      assert.match(ran.stderr, /^s3-bsync: [^\n]*\/closed\/: [^\n]*\(EACCES\)\n$/);
      assert.deepEqual(await R.files(), {
        "closed-x": "closed-x",
        "closed.x": "closed.x",
        "closed/1": "closed/1",
        "closed/new": "N",
        "closed/sub/2": "edited there",
        out: "edited",
      });
      for (const name of ["closed/1", "closed/sub/2"])
        assert.deepEqual(machine.records()[name], records[name]);
      await machine.sync();
      assert.deepEqual(Object.keys(L.files()).toSorted(), [
        "closed-x",
        "closed.x",
        "closed/new",
        "closed/sub/2",
        "out",
      ]);
      await assertSettled(parts);
    },
  );

  scene(
    "158 a file that cannot be read is reported, and its object stays; the rest goes on (X7)",
    async (parts, t) => {
      const { machine, L, R } = parts;
      const through = boundByModes();
      if (through === undefined) return t.skip(NOT_BOUND);
      machine.through = through;
      await synced(parts, ["a", "b"]);
      L.write("a", "edited");
      L.write("b", "edited");
      chmodSync(L.path("a"), 0);
      const ran = await machine.run();
      chmodSync(L.path("a"), 0o644);
      assert.equal(ran.code, 3);
      assert.match(ran.stderr, /^s3-bsync: [^\n]*\/a: [^\n]*\(EACCES\)\n$/);
      assert.deepEqual(await R.files(), { a: "a", b: "edited" });
      await machine.sync();
      await assertSettled(parts);
    },
  );

  scene(
    "159 the root goes away after the scan: nothing is deleted, in neither direction (S5)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["a", "b", "c", "d"]);
      L.remove("a");
      await R.remove("b");
      await R.put("new", "N");
      const state = readFileSync(machine.stateFile);
      const away = `${L.root}.away`;
      listInTwo(machine.proxy, R, await listed(R), (response, page) => {
        renameSync(L.root, away);
        answer(response, page);
      });
      assertRefused(await machine.run(), 4, /went away/);
      assert.deepEqual((await R.names()).toSorted(), ["a", "c", "d", "new"]);
      assert.deepEqual(readdirSync(away).toSorted(), ["b", "c", "d"]);
      assert.deepEqual(readFileSync(machine.stateFile), state);
      renameSync(away, L.root);
      machine.proxy.instead = () => false;
      await machine.sync();
      await assertSettled(parts);
    },
  );

  scene(
    "159 the root goes away while it is worked on: what the walks to come would delete stays (S5)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["a", "b", "c", "d"]);
      L.remove("a");
      await R.remove("b");
      const away = `${L.root}.away`;
      machine.proxy.before = ({ method, key }) => {
        if (method !== "HEAD" || !key.endsWith("/b")) return;
        machine.proxy.before = () => {};
        renameSync(L.root, away);
        mkdirSync(L.root); // the bare mount point
      };
      const ran = await machine.run();
      assert.equal(ran.code, 4);
      assert.match(ran.stderr, /became another directory/);
      assert.deepEqual((await R.names()).toSorted(), ["a", "c", "d"]);
      assert.deepEqual(readdirSync(away).toSorted(), ["b", "c", "d"]);
      assert.deepEqual(readdirSync(L.root), []);
      rmSync(L.root, { recursive: true });
      renameSync(away, L.root);
      await machine.sync();
      assert.deepEqual(Object.keys(L.files()).toSorted(), ["c", "d"]);
      await assertSettled(parts);
    },
  );

  scene(
    "160 the disk is full in the middle of a download: the old file stays whole, nothing is left behind, and the record stays (X3, X7)",
    async (parts, t) => {
      const { machine, L, R } = parts;
      const disk = smallDisk(L.root, 512 * 1024);
      if (disk === undefined) return t.skip(NO_MOUNT);
      try {
        await synced(parts, ["f", "g"]);
        const record = machine.records()["f"];
        await R.put("f", "x".repeat(2 * 1024 * 1024));
        const ran = await machine.run();
        assert.equal(ran.code, 3);
        assert.match(ran.stderr, /^s3-bsync: [^\n]*\/f: [^\n]*\(ENOSPC\)\n$/);
        assert.deepEqual(L.files(), { f: "f", g: "g" });
        assert.deepEqual(machine.records()["f"], record);
        await R.put("f", "small again");
        await machine.sync();
        await assertSettled(parts);
      } finally {
        disk[Symbol.dispose]();
      }
    },
  );

  scene(
    "161 the disk is full when the state is written: the old state stays whole, and the next run makes it good (S13, X8)",
    async ({ machine, L, R }, t) => {
      const folder = join(machine.home, "disk");
      mkdirSync(folder);
      const disk = smallDisk(folder, 256 * 1024);
      if (disk === undefined) return t.skip(NO_MOUNT);
      try {
        const file = join(folder, "state");
        const run = (...words: readonly string[]): Promise<Ran> => machine.run("--file", file, ...words);
        const keys = (): readonly string[] =>
          readStateFile(file).buckets.flatMap(({ records }) => records.map(({ key }) => key));
        assert.equal((await run("--init", "--dir", L.root, machine.destination)).code, 0);
        L.write("a", "A", 1);
        assert.deepEqual(await run(), { code: 0, stdout: "", stderr: "" });
        const state = readFileSync(file);
        const names = numbered(100).map((name) => name + "long".repeat(50));
        for (const name of names) L.write(name, "", 1);
        fillUpTo(join(folder, "filler"), 16 * 1024);

        const ran = await run();
        assert.equal(ran.code, 1, ran.stderr);
        assert.match(ran.stderr, /no space .*left/);
        assert.deepEqual(readFileSync(file), state);
        assert.deepEqual(readdirSync(folder).toSorted(), ["filler", "state", "state.d"]);
        rmSync(join(folder, "filler"));
        assert.deepEqual(await run(), { code: 0, stdout: "", stderr: "" });
        assert.deepEqual(keys(), ["a", ...names].map((name) => `${R.prefix}/${name}`).toSorted());
        assert.deepEqual(await machine.counting(run), { ListObjectsV2: 1 });
      } finally {
        disk[Symbol.dispose]();
      }
    },
  );

  scene(
    "162 an archived object that is to be downloaded is reported, and the rest goes on (RU)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["edited", "k"]);
      await R.put("edited", "edited there", 9, { StorageClass: "GLACIER" });
      await R.put("new", "N", 9, { StorageClass: "DEEP_ARCHIVE" });
      await R.put("plain", "P", 9);
      const record = machine.records()["edited"];
      for (const time of ["first", "second"]) {
        const ran = await machine.run();
        assert.equal(ran.code, 3, time);
        assert.match(
          ran.stderr,
          /^s3-bsync: [^\n]*\/edited: [^\n]*archived[^\n]*\ns3-bsync: [^\n]*\/new: [^\n]*archived[^\n]*\n$/,
        );
        assert.deepEqual(L.files(), { edited: "edited", k: "k", plain: "P" });
        assert.deepEqual(machine.records()["edited"], record);
      }
    },
    () => strict,
  );

  scene(
    "162 an archived object that is to be compared counts as equal by size and time, else it is reported (R21)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["k"]);
      for (const [name, there, order] of [
        ["equal", "SAME", 1],
        ["other time", "SAME", 2],
        ["other size", "LONGER", 1],
      ] as const) {
        L.write(name, "same", 1);
        await R.put(name, there, order, { StorageClass: "GLACIER" });
      }
      const ran = await machine.run();
      assert.equal(ran.code, 3);
      assert.equal(ran.stderr.split("\n").length, 3, ran.stderr);
      assert.deepEqual(Object.keys(machine.records()).toSorted(), ["equal", "k"]);
      assert.deepEqual([L.read("other time"), L.read("other size")], ["same", "same"]);
      assert.deepEqual((await R.names()).toSorted(), ["equal", "k", "other size", "other time"]);
    },
    () => strict,
  );

  scene(
    "162 a local edit or deletion of what is archived goes to S3 like any other (R4, R7)",
    async (parts) => {
      const { machine, L, R } = parts;
      for (const name of ["deleted", "edited"]) {
        L.write(name, name, 1);
        await R.put(name, name, 1, { StorageClass: "GLACIER" });
      }
      await synced(parts, ["k"]);
      L.remove("deleted");
      L.write("edited", "edited here");
      await machine.sync();
      assert.deepEqual(await R.files(), { edited: "edited here", k: "k" });
      await assertSettled(parts);
    },
    () => strict,
  );
});

/** Writes until that many bytes are left. */
function fillUpTo(filler: string, left: number): void {
  const page = Buffer.alloc(4096);
  let written = 0;
  try {
    for (;;) {
      writeFileSync(filler, page, { flag: "a" });
      written += page.length;
    }
  } catch {
    writeFileSync(filler, Buffer.alloc(Math.max(0, written - left)));
  }
}
