/** Scenarios L: many files in one directory, and one file in many. */

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, describe } from "node:test";
import { peakMemoryIn } from "../support/preload.ts";
import { startServer } from "../support/s3-server.ts";
import { scene } from "../support/scene.ts";
import { assertSettled, type Machine, type Ran } from "../support/world.ts";

const MANY = 10_000;
const DEEP = 200;
/** No whole number of pages or ranges. */
const RANGED = 4_500;
/** Names that a range is cut from: spec/cost.md. */
const RANGE = 4_000;
/** Of the last synced time in the state file: spec/state-file.md. */
const TIME_AT = 6;

/** Quick, and as many objects as are wanted: what is large here is the tree. */
const strict = await startServer("strict");
after(() => strict.stop());

describe("scenarios L: scale", () => {
  scene(
    `222, 223 ${MANY} files in one directory: little memory, a small state file, and a run without changes only lists; to verify them takes no more memory (LK8)`,
    async (parts) => {
      const { machine, L } = parts;
      const names = Array.from({ length: MANY }, (_, i) => `many/${String(i).padStart(5, "0")}`);
      for (const name of names) L.write(name, name, 1);
      assert.ok((await peakOf(machine)) < 300e6);
      const counts = await machine.counting(async () => assert.ok((await peakOf(machine)) < 200e6));
      assert.deepEqual(Object.keys(counts), ["ListObjectsV2"]);
      assert.equal(counts["ListObjectsV2"], MANY / 1000, "a page for each thousand, and no other");
      assert.deepEqual(Object.keys(machine.records()), names);

      const verified = await measured(machine, "--verify");
      assert.match(verified.stdout, /\n {2}10,000 names compared: all the same\n$/);
      assert.ok(verified.peak < 200e6, String(verified.peak));

      // 36 bytes beside the key, or 53 where the ETag is text.
      const key = parts.R.at(names[0] ?? "").Key;
      assert.ok(statSync(machine.stateFile).size < MANY * (key.length + 53) + 1000);
      const dumped = await machine.run("--dump", "--debug");
      assert.equal(dumped.stdout.split("\n").filter((line) => line.includes("ETag")).length, MANY);

      await parts.R.put("many/05000", "edited there");
      L.write("many/05001", "edited here");
      L.remove("many/05002");
      await machine.sync();
      assert.equal(L.read("many/05000"), "edited there");
      assert.equal(await parts.R.read("many/05001"), "edited here");
      assert.equal((await parts.R.names()).length, MANY - 1);
    },
    () => strict,
  );

  scene(
    `222 a run without changes lists ${RANGED} names in ranges: at most one page more for each, no other request, and eight bytes written (G10)`,
    async (parts) => {
      const { machine, L } = parts;
      // The first two show, to the second run, that the server lists in byte order.
      const names = Array.from({ length: RANGED - 2 }, (_, i) => `b/${String(i).padStart(5, "0")}`);
      for (const name of ["a-", "a/x", ...names]) L.write(name, "", 1);
      await machine.sync();
      await machine.sync();
      const before = readFileSync(machine.stateFile);

      const counts = await machine.counting(() => machine.sync());
      assert.deepEqual(Object.keys(counts), ["ListObjectsV2"]);
      const asked = machine.proxy.log.filter(({ query }) => query.has("start-after"));
      assert.equal(asked.length, Math.floor(RANGED / RANGE), "every range but the first begins after a key");
      const [least, ranges] = [Math.ceil(RANGED / 1000), asked.length + 1];
      const lists = counts["ListObjectsV2"] ?? 0;
      assert.ok(
        least <= lists && lists <= least + ranges,
        `${lists} pages of ${RANGED} names in ${ranges} ranges`,
      );

      const now = readFileSync(machine.stateFile);
      const different = [...now.keys()].filter((at) => now[at] !== before[at]);
      assert.equal(now.length, before.length);
      assert.ok(
        different.every((at) => at >= TIME_AT && at < TIME_AT + 8),
        `bytes ${different.join(", ")} differ`,
      );
    },
    () => strict,
  );

  scene(
    `222 files ${DEEP} directories deep go there, to another machine, and away again (R3, R7, R26)`,
    async (parts) => {
      const { world, machine, L, R } = parts;
      const other = await world.machine();
      await other.init();
      for (let depth = DEEP / 10; depth <= DEEP; depth += DEEP / 10)
        L.write(`${"d/".repeat(depth)}f`, `at ${depth}`);
      L.write("k", "K");
      await machine.sync();
      await other.sync();
      assert.deepEqual(other.local.files(), L.files());
      await assertSettled(parts);

      L.remove("d");
      await machine.sync();
      await other.sync();
      assert.deepEqual(other.local.files(), { k: "K" });
      assert.throws(() => statSync(other.local.path("d")), { code: "ENOENT" });
      for (const one of [machine, other]) await assertSettled({ machine: one, L: one.local, R });
    },
  );
});

/** A run that must be silent. @returns the most memory that it held, in bytes */
async function peakOf(machine: Machine): Promise<number> {
  const { peak, ...ran } = await measured(machine);
  assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
  return peak;
}

async function measured(
  machine: Machine,
  ...argv: readonly string[]
): Promise<Ran & { readonly peak: number }> {
  const file = join(machine.home, "peak");
  const ran = await machine.runWith(peakMemoryIn(file), ...argv);
  return { ...ran, peak: Number(readFileSync(file, "utf8")) * 1024 };
}
