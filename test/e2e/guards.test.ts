/** Scenarios H: what stops a run before it can take a mistake for a deletion. */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { list } from "../support/listing-page.ts";
import { readStateFile } from "../support/read-state.ts";
import { assertNothingDone, assertRefused, numbered, scene, synced } from "../support/scene.ts";
import { assertSettled, Local } from "../support/world.ts";

describe("scenarios H: a whole side", { concurrency: 3 }, () => {
  scene(
    "145 a listing that says 200 and no keys deletes nothing, and the message names every flag (S2, S8)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, numbered(12));
      L.write("new", "N");
      list(machine.proxy, R, []);
      assertRefused(await assertNothingDone(parts), 4, /empty/, /--allow-empty/, /--max-delete/);
      const dry = await machine.run("--allow-empty", "--dryrun");
      assert.equal(dry.code, 4);
      assert.match(dry.stderr, /--max-delete 12/);
      machine.proxy.instead = () => false;
      await machine.sync();
      await assertSettled(parts);
    },
  );

  scene("146 an override holds for one run (S2, S8)", async (parts) => {
    const { machine, L, R } = parts;
    await synced(parts, ["a", "b", "c"]);
    for (const name of ["a", "b", "c"]) await R.remove(name);
    assertRefused(await assertNothingDone(parts), 4, /--allow-empty/);
    await machine.sync("--allow-empty");
    assert.deepEqual(L.files(), {});
    await assertSettled(parts);
    await synced(parts, ["d", "e"]);
    for (const name of ["d", "e"]) await R.remove(name);
    assertRefused(await assertNothingDone(parts), 4, /--allow-empty/);
  });

  scene(
    "148 a root that is empty, as a bare mount point is, stops the map in both directions (S2)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["a", "d/b"]);
      await R.put("new", "N");
      const away = `${L.root}.away`;
      renameSync(L.root, away);
      mkdirSync(L.root);
      assertRefused(await assertNothingDone(parts), 4, /empty/, /--allow-empty/, /--accept-identity/);
      rmSync(L.root, { recursive: true });
      renameSync(away, L.root);
      await machine.sync();
      await assertSettled(parts);
    },
  );

  scene("148 a root that was emptied in its place stops the map (S2)", async (parts) => {
    const { L } = parts;
    await synced(parts, ["a", "d/b"]);
    for (const name of ["a", "d"]) L.remove(name);
    assertRefused(await assertNothingDone(parts), 4, /empty/, /--allow-empty/);
  });

  scene("149 another disk with other files in the place of the root stops the map (S4)", async (parts) => {
    const { machine, L } = parts;
    await synced(parts, ["a", "b", "c", "d"]);
    const away = `${L.root}.away`;
    renameSync(L.root, away);
    for (const name of ["a", "other", "files"]) L.write(name, "of another disk");
    assertRefused(await assertNothingDone(parts), 4, /not the directory/, /--accept-identity/);
    rmSync(L.root, { recursive: true });
    renameSync(away, L.root);
    await machine.sync();
    await assertSettled(parts);
  });

  scene(
    "150 a root that was made anew is taken without a question where the tracked files are in place (S4)",
    async (parts) => {
      const { machine, L } = parts;
      await synced(parts, ["a", "b", "c", "d"]);
      rmSync(L.root, { recursive: true });
      for (const name of ["a", "b", "c"]) L.write(name, name, 1);
      await machine.sync();
      assert.deepEqual(Object.keys(L.files()).toSorted(), ["a", "b", "c"]);
      await assertSettled(parts);
    },
  );

  scene("148 a root that is missing, or is a file, has no override (S1)", async (parts) => {
    const { machine, L, R } = parts;
    await synced(parts, ["a", "b"]);
    const away = `${L.root}.away`;
    renameSync(L.root, away);
    for (const put of [() => {}, () => writeFileSync(L.root, "a file")]) {
      put();
      const ran = await machine.run("--allow-empty", "--accept-identity", "--max-delete", "all");
      assertRefused(ran, 4, /missing or not a directory/, /--rmdir/);
      assert.deepEqual((await R.names()).toSorted(), ["a", "b"]);
    }
    rmSync(L.root);
    renameSync(away, L.root);
    await machine.sync();
    await assertSettled(parts);
  });

  scene(
    "165 a prefix where nothing is any more reads as a mistake, not as a deletion (S2)",
    async (parts) => {
      const { R } = parts;
      await synced(parts, ["a", "b"]);
      for (const name of ["a", "b"]) await R.remove(name);
      assertRefused(await assertNothingDone(parts), 4, /empty/, /--allow-empty/);
    },
  );

  scene("164 the roots / and $HOME are refused, unless --force is given", async ({ machine, L }) => {
    for (const root of ["/", machine.home]) {
      const ran = await machine.run("--init", "--dir", root, machine.destination);
      assertRefused(ran, 2, /--force/);
    }
    const roots = readStateFile(machine.stateFile).buckets.flatMap(({ maps }) =>
      maps.map(({ root }) => root),
    );
    assert.deepEqual(roots, [L.root]);
    const words = ["--force", "--dir", machine.home, machine.destination];
    const forced = await machine.run("--init", "--overwrite", ...words);
    assert.equal(forced.code, 0, forced.stderr);
  });
});

describe("scenarios H: amounts", { concurrency: 3 }, () => {
  /** Tracked, deleted, whether that goes through. More than 10 and more than half are held. */
  const trees = [
    [1, 1, true],
    [2, 1, true],
    [3, 2, true],
    [5, 4, true],
    [10, 9, true],
    [11, 10, true],
    [20, 10, true],
    [20, 11, false],
    [21, 11, false],
    [22, 11, true],
    [22, 12, false],
  ] as const;
  for (const side of ["here", "in the bucket"] as const) {
    scene(
      `151 deletions found ${side}: only more than 10 and more than half are held, map by map (S6)`,
      async ({ machine, R }) => {
        const folder = (of: number, index: number): string => `tree-${of}-${index}`;
        const maps = trees.map(([of, deleted], index) => {
          const local = new Local(join(machine.home, folder(of, index)));
          for (const name of numbered(of)) local.write(name, "", 1);
          return { name: folder(of, index), local, of, deleted };
        });
        const words = maps.flatMap(({ name, local }) => [
          "--dir",
          local.root,
          `${machine.destination}/${name}`,
        ]);
        const initialized = await machine.run("--init", "--overwrite", ...words);
        assert.equal(initialized.code, 0, initialized.stderr);
        await machine.sync();
        for (const { name, local, of, deleted } of maps) {
          for (const file of numbered(of).slice(0, deleted)) {
            if (side === "here") local.remove(file);
            else await R.remove(`${name}/${file}`);
          }
        }

        const ran = await machine.run();
        assert.equal(ran.code, 4);
        const names = await R.names();
        for (const [index, { name, local, of, deleted }] of maps.entries()) {
          const left =
            side === "here"
              ? names.filter((each) => each.startsWith(`${name}/`)).length
              : readdirSync(local.root).length;
          const goes = trees[index]?.[2] === true;
          assert.equal(left, goes ? of - deleted : of, `${deleted} of ${of}`);
          assert.equal(ran.stderr.includes(`/${name} <-> `), !goes, `${deleted} of ${of}: ${ran.stderr}`);
          const kept = Object.keys(machine.records()).filter((each) => each.startsWith(`${name}/`)).length;
          assert.equal(kept, left, `records of ${deleted} of ${of}`);
        }
      },
    );
  }

  scene(
    "151, 153 held deletions keep their records, the rest goes on, the next run says the same, and one flag lets them through (S6, S8)",
    async (parts) => {
      const { machine, L, R } = parts;
      const names = numbered(20);
      await synced(parts, names);
      for (const name of names.slice(0, 11)) L.remove(name);
      L.write("f19", "edited");
      L.write("new", "N");
      await R.put("f18", "edited there");
      const first = await machine.run();
      assertRefused(first, 4, /11 of 20/, /--max-delete 11/);
      assert.equal((await R.names()).length, 21);
      assert.deepEqual(
        [await R.read("f19"), await R.read("new"), L.read("f18")],
        ["edited", "N", "edited there"],
      );
      assert.equal(Object.keys(machine.records()).length, 21);

      const records = machine.records();
      assertRefused(await assertNothingDone(parts), 4, /11 of 21/, /--max-delete 11/);
      assert.deepEqual(machine.records(), records);
      const dry = await machine.run("--dryrun");
      assert.equal(dry.code, 4);
      await machine.sync("--max-delete", "11");
      assert.deepEqual((await R.names()).toSorted(), [...names.slice(11), "new"]);
      await assertSettled(parts);
    },
  );

  for (const side of ["here", "in the bucket"] as const) {
    scene(
      `153 edits found ${side}: more than 20 and more than nine of ten are held (S7, G15)`,
      async (parts) => {
        const { machine, L, R } = parts;
        const names = numbered(23);
        await synced(parts, names);
        const edit = async (name: string): Promise<unknown> =>
          side === "here" ? L.write(name, "edited") : R.put(name, "edited");
        for (const name of names.slice(0, 20)) await edit(name);
        await machine.sync();
        for (const name of names.slice(0, 21))
          await (side === "here" ? L.write(name, "again") : R.put(name, "again"));
        L.write("new", "N");
        assertRefused(await machine.run(), 4, /21 of 23/, /--max-overwrite 21/);
        const other = side === "here" ? await R.files() : L.files();
        assert.deepEqual(
          names.map((name) => other[name]),
          [...names.slice(0, 20).map(() => "edited"), ...names.slice(20)],
        );
        assert.equal(await R.read("new"), "N");
        await machine.sync("--max-overwrite", "all");
        await assertSettled(parts);
      },
    );
  }
});
