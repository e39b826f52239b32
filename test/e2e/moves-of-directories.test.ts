/** Scenarios D: directories of many files that get another name. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, describe } from "node:test";
import { operationOf } from "../support/recording-proxy.ts";
import { inodeOf, renameHere, renameThere, traffic } from "../support/renaming.ts";
import { startServer } from "../support/s3-server.ts";
import { type Parts, scene } from "../support/scene.ts";
import { assertSettled, type Machine } from "../support/world.ts";

const strict = await startServer("strict");
after(() => strict.stop());

const AT_ONCE = 16;
/** 10,000 take a minute or two. */
const MANY = process.env["S3_BSYNC_LONG"] === "1" ? 10_000 : 300;

async function made({ machine, L }: Parts, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, i) => `${i % 10}/${String(i).padStart(5, "0")}`);
  for (const name of names) L.write(`d/${name}`, `content of ${name}`, 1);
  L.write("k", "K", 1);
  await machine.sync();
  return names;
}

/** Lets requests of this kind wait until so many are there: a run that sends them one by one never ends. */
function together({ proxy }: Machine, operation: string): void {
  let waiting = 0;
  let letGo = (): void => {};
  const enough = new Promise<void>((resolve) => (letGo = resolve));
  proxy.before = async (request) => {
    if (operationOf(request) !== operation) return;
    if (++waiting === AT_ONCE) letGo();
    await enough;
  };
}

describe("scenarios D: directories", () => {
  scene(
    "61 a directory of 1,000 files renamed here: no content is sent, no guard is in the way (MV5, MV8)",
    async (parts) => {
      const { machine, L, R } = parts;
      const names = await made(parts, 1000);
      renameHere(L, "d", "e/f");
      const sent = await traffic(machine);
      assert.deepEqual([sent.put, sent.got], [[], []]);
      assert.deepEqual(sent.copied.toSorted(), names.map((name) => `e/f/${name}`).toSorted());
      assert.deepEqual(sent.deleted.toSorted(), names.map((name) => `d/${name}`).toSorted());
      const all = [...names.map((name) => `e/f/${name}`), "k"].toSorted();
      assert.deepEqual((await R.names()).toSorted(), all);
      assert.deepEqual(Object.keys(machine.records()).toSorted(), all);
      assert.deepEqual(Object.keys(await machine.counting(() => machine.sync())), ["ListObjectsV2"]);
    },
  );

  scene(
    "62 a directory of 1,000 files renamed there: no content is sent, inodes stay, no guard is in the way (MV6, MV8)",
    async (parts) => {
      const { machine, L, R } = parts;
      const names = await made(parts, 1000);
      const inodes = names.map((name) => inodeOf(L, `d/${name}`));
      for (let from = 0; from < names.length; from += 40)
        await Promise.all(
          names.slice(from, from + 40).map((name) => renameThere(R, `d/${name}`, `g/h/${name}`)),
        );
      assert.deepEqual(await traffic(machine), { put: [], got: [], copied: [], deleted: [] });
      assert.deepEqual(
        names.map((name) => inodeOf(L, `g/h/${name}`)),
        inodes,
      );
      assert.ok(!existsSync(L.path("d")));
      const all = [...names.map((name) => `g/h/${name}`), "k"].toSorted();
      assert.deepEqual((await R.names()).toSorted(), all);
      assert.deepEqual(Object.keys(machine.records()).toSorted(), all);
      assert.deepEqual(Object.keys(await machine.counting(() => machine.sync())), ["ListObjectsV2"]);
      await assertSettled(parts);
    },
  );

  scene(
    "61 a guard holds deletions, and lets every rename beside them through, whole (MV8, S6)",
    async (parts) => {
      const { machine, L, R } = parts;
      const names = await made(parts, 30);
      const [renamed, deleted] = [names.slice(0, 12), names.slice(12)];
      for (const name of renamed) renameHere(L, `d/${name}`, `e/${name}`);
      for (const name of deleted) L.remove(`d/${name}`);
      const ran = await machine.run();
      assert.equal(ran.code, 4);
      assert.match(ran.stderr, /18 of 31 tracked files would be deleted in the bucket/);
      const expected = [...renamed.map((name) => `e/${name}`), ...deleted.map((name) => `d/${name}`), "k"];
      assert.deepEqual((await R.names()).toSorted(), expected.toSorted());
      await machine.sync("--max-delete", "18");
      await assertSettled(parts);
    },
  );

  for (const operation of ["CopyObject", "DeleteObject"]) {
    scene(
      `61 many a ${operation} is under way at one time (MV5)`,
      async (parts) => {
        await made(parts, 2 * AT_ONCE);
        renameHere(parts.L, "k", "l");
        await parts.machine.sync(); // of an endpoint that nobody knows the first deletion finds out alone
        renameHere(parts.L, "d", "e");
        together(parts.machine, operation);
        await parts.machine.sync();
        await assertSettled(parts);
      },
      () => strict,
    );
  }

  scene(
    `61 ${MANY} renames are so many copies and deletions, and two looks each (MV5)`,
    async (parts) => {
      const { machine, L } = parts;
      await made(parts, MANY);
      renameHere(L, "d", "e");
      const began = performance.now();
      const counts = await machine.counting(() => machine.sync());
      const seconds = Math.round(performance.now() - began) / 1000;
      process.stderr.write(`${MANY} renames in ${seconds} s: ${JSON.stringify(counts)}\n`);
      assert.equal(counts["CopyObject"], MANY);
      // Whether conditions are honoured is found out by those that are sent first.
      assert.ok((counts["DeleteObject"] ?? 0) <= MANY + 64);
      assert.ok((counts["HeadObject"] ?? 0) <= 2 * MANY + 64);
      assert.equal(counts["PutObject"] ?? 0, 0);
    },
    () => strict,
  );
});
