/** Scenarios K 212: a map gets another envelope. What is stored stays as it is until it is asked to be stored anew. */

import assert from "node:assert/strict";
import { describe } from "node:test";
import { operationOf } from "../support/recording-proxy.ts";
import { atRequest } from "../support/at-request.ts";
import { traffic } from "../support/renaming.ts";
import {
  ADDRESS,
  assertSealed,
  encodingsThere,
  type Form,
  operations,
  plainThere,
  sealedMachine,
  sealedScene,
  type SealedParts,
  sorted,
  stored,
  wordsOf,
  writeAll,
} from "../support/sealed.ts";
import type { Machine } from "../support/world.ts";

const GZIP: Form = { gzip: 6 };
const BOTH: Form = { gzip: 6, gpg: ADDRESS };

function become(machine: Machine, form: Form): Promise<void> {
  return machine.init(...wordsOf(form));
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `f${i}`);
}

async function begin({ machine, L }: SealedParts, count = 6): Promise<void> {
  writeAll(L, Object.fromEntries(names(count).map((name) => [name, `the content of ${name}`])));
  await machine.sync();
}

async function etagsOf({ R }: SealedParts): Promise<Record<string, string>> {
  const all = await Promise.all((await R.names()).map(async (name) => [name, (await stored(R, name)).etag]));
  return Object.fromEntries(all) as Record<string, string>;
}

describe("scenarios K: another envelope for a map", { concurrency: 2 }, () => {
  sealedScene(
    "212 another envelope stores nothing anew, and each object is read by what it says (EN1, EN8)",
    {},
    async (parts) => {
      const { world, machine, L, R, keyring } = parts;
      const forms: Readonly<Record<string, Form>> = {
        plain: {},
        gzip: GZIP,
        openpgp: { gpg: ADDRESS },
        both: BOTH,
        again: {},
      };
      const other = await sealedMachine(world, {}, keyring);
      for (const [name, form] of Object.entries(forms)) {
        await become(machine, form);
        const before = await etagsOf(parts);
        assert.deepEqual(await operations(machine), ["ListObjectsV2"]);
        L.write(name, `made as ${name}`, 1);
        assert.deepEqual((await traffic(machine)).put, [name]);
        const { [name]: _, ...after } = await etagsOf(parts);
        assert.deepEqual(after, before);
        await other.sync();
        assert.deepEqual(sorted(other.local.files()), sorted(L.files()));
      }
      const encodings = { plain: "", gzip: "gzip", openpgp: "openpgp", both: "gzip+openpgp", again: "" };
      assert.deepEqual(await encodingsThere(R), sorted(encodings));
      await assertSealed(parts);

      // A touch, an edit, a rename and a deletion go by the object, too.
      await become(machine, BOTH);
      for (const name of Object.keys(forms)) L.write(name, L.read(name), 3);
      assert.deepEqual((await traffic(machine)).put, []);
      for (const name of ["plain", "openpgp"]) {
        L.write(`new ${name}`, L.read(name), 3);
        L.remove(name);
      }
      const { put, copied } = await traffic(machine);
      assert.deepEqual({ put, copied }, { put: ["new plain"], copied: ["new openpgp"] }); // nothing new lies open
      L.write("gzip", "edited", 4);
      assert.deepEqual((await traffic(machine)).put, ["gzip"]);
      assert.equal((await encodingsThere(R))["gzip"], "gzip+openpgp");
      await other.sync();
      assert.deepEqual(sorted(other.local.files()), sorted(L.files()));
      await assertSealed(parts);
    },
  );

  for (const [from, to] of [
    [{}, BOTH],
    [GZIP, BOTH],
    [BOTH, {}],
  ] as const) {
    const word = { "": "plain", gzip: "gzip", "gzip gpg": "both" };
    const called = (form: Form): string => word[Object.keys(form).join(" ") as keyof typeof word];
    sealedScene(
      `212 --reencode stores all anew, once: ${called(from)} to ${called(to)} (EN8)`,
      from,
      async (parts) => {
        const { world, machine, L, R, keyring } = parts;
        await begin(parts);
        const other = await sealedMachine(world, from, keyring);
        await other.sync();
        await become(machine, to);
        L.write("recent", "just written"); // so that its time alone proves nothing
        await machine.sync();
        const dry = await machine.run("--reencode", "--dryrun");
        assert.equal(dry.code, 0);
        assert.match(dry.stdout, /upload +f0 .*stored anew/);
        assert.deepEqual((await traffic(machine, () => machine.sync("--reencode"))).put.toSorted(), names(6));
        const encoding = Object.keys(to).length === 0 ? "" : "gzip+openpgp";
        const expected = Object.fromEntries([...names(6), "recent"].map((name) => [name, encoding]));
        assert.deepEqual(await encodingsThere(R), expected);
        assert.deepEqual(await plainThere(R, keyring), sorted(L.files()));
        assert.equal(machine.backups().length, 0);
        assert.deepEqual((await traffic(machine, () => machine.sync("--reencode"))).put, []);
        await other.sync(...(Object.keys(to).length === 0 ? ["--accept-plain"] : []));
        assert.deepEqual(sorted(other.local.files()), sorted(L.files()));
      },
    );
  }

  sealedScene(
    "212 a file that was written just before the last run is stored anew, too (EN8)",
    {},
    async (parts) => {
      const { machine, L, R } = parts;
      L.write("recent", "just written");
      await machine.sync();
      await become(machine, GZIP);
      await machine.sync("--reencode");
      assert.deepEqual(await encodingsThere(R), { recent: "gzip" });
    },
  );

  sealedScene(
    "212 --reencode that is cut off leaves each object whole, and is carried on (EN8)",
    GZIP,
    async (parts) => {
      const { machine, L, R, keyring } = parts;
      await begin(parts, 40);
      await become(machine, BOTH);
      const run = machine.start({}, "--reencode");
      let sent = 0;
      machine.proxy.before = (request) => {
        if (operationOf(request) !== "PutObject" || ++sent < 20) return undefined;
        run.signal("SIGKILL");
        return new Promise(() => {}); // the server never hears of this one
      };
      assert.equal((await run.ended).code, null);
      machine.proxy.before = () => {};
      assert.deepEqual(await plainThere(R, keyring), sorted(L.files()));
      const left = Object.values(await encodingsThere(R)).filter((word) => word === "gzip").length;
      assert.ok(left > 0 && left < 40, `${left} left`);

      const { put } = await traffic(machine, () => machine.sync("--reencode"));
      assert.equal(put.length, left);
      const words = new Set(Object.values(await encodingsThere(R)));
      assert.deepEqual([...words], ["gzip+openpgp"]);
      assert.equal(machine.backups().length, 0);
      await assertSealed(parts);
    },
  );

  sealedScene(
    "212 --reencode overwrites nothing that came meanwhile (EN8, X5)",
    { gpg: ADDRESS },
    async (parts) => {
      const { world, machine, L, keyring } = parts;
      await begin(parts);
      const other = await sealedMachine(world, { gpg: ADDRESS }, keyring);
      await other.sync();
      other.local.write("f3", "their newer content", 5);
      await become(machine, BOTH);
      atRequest(machine.proxy, { operation: "PutObject", name: "/f3" }, () => other.sync());
      const ran = await machine.run("--reencode");
      assert.equal(ran.code, 3);
      assert.match(ran.stderr, /^s3-bsync: \S+\/f3: [^\n]+\n$/);
      machine.proxy.before = () => {};
      await machine.sync();
      assert.equal(L.read("f3"), "their newer content");
      await assertSealed(parts);
    },
  );
});
