/** Scenarios I: what others change while a run is under way is neither lost nor taken for synced. */

import assert from "node:assert/strict";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { atRequest } from "../support/at-request.ts";
import { losersOf, openUploads, reportedBy } from "../support/busy-world.ts";
import { bytesOf, md5 } from "../support/content.ts";
import { type Parts, scene, synced } from "../support/scene.ts";
import { assertSettled, type Local } from "../support/world.ts";

const LARGE = 17 * 1024 * 1024;

/** Ways to change a file under a run. @returns its text then */
const CHANGES: Readonly<Record<string, (L: Local, name: string) => string>> = {
  "written anew": (L, name) => {
    L.write(name, "written anew, here");
    return L.read(name);
  },
  "made longer": (L, name) => {
    appendFileSync(L.path(name), " and more");
    return L.read(name);
  },
  "made shorter": (L, name) => {
    truncateSync(L.path(name), 1);
    return L.read(name);
  },
  "written in place with the same length and time": (L, name) => {
    const { mtimeMs, size } = statSync(L.path(name));
    const text = "#".repeat(size);
    writeFileSync(L.path(name), text, { flag: "r+" });
    utimesSync(L.path(name), mtimeMs / 1000, mtimeMs / 1000);
    return text;
  },
  "replaced by another of the same length and time": (L, name) => {
    const { mtimeMs, size } = statSync(L.path(name));
    const text = "=".repeat(size);
    const beside = `${L.root}.beside`;
    writeFileSync(beside, text);
    utimesSync(beside, mtimeMs / 1000, mtimeMs / 1000);
    renameSync(beside, L.path(name));
    return text;
  },
};

/** Each change hits the file of its name. */
const NAMES = Object.keys(CHANGES);
/** An edit that keeps length and time is never destroyed, but only noticed where the file is looked into. */
const NOTICED = NAMES.filter((name) => !name.includes("the same length and time"));

function change(L: Local, name: string): string {
  return CHANGES[name]?.(L, name) ?? "";
}

describe("scenarios I: files that change during a run", { concurrency: 3 }, () => {
  // The first upload of all to an endpoint is the one that begins with a look.
  const plays = [{ operation: "PutObject", names: NAMES }].concat(
    NAMES.map((name) => ({ operation: "HeadObject", names: [name] })),
  );
  for (const { operation, names } of plays) {
    scene(
      `170, 181 files that change while they are sent (${names.join(", ")}, at ${operation}): what is recorded is what was sent, and the next run sends what they are (G17, X4)`,
      async (parts) => {
        const { machine, L, R } = parts;
        if (operation === "PutObject") await synced(parts, ["k"]);
        for (const name of names) L.write(name, `${name}, at first`, 1);
        const final = new Map<string, string>();
        const came = names.map((name) =>
          atRequest(machine.proxy, { operation, name }, () => void final.set(name, change(L, name))),
        );
        const ran = await machine.run("--json");
        assert.deepEqual(
          names.filter((_, at) => came[at]?.() !== true),
          [],
          `not met at ${operation}`,
        );
        reportedBy(ran, L.root);
        const there = await R.files();
        for (const [name, { etag }] of Object.entries(machine.records()))
          assert.equal(etag, md5(Buffer.from(there[name] ?? "", "latin1")), name);
        for (const name of names) assert.equal(L.read(name), final.get(name), name);

        await machine.sync();
        for (const name of names) {
          if (NOTICED.includes(name)) assert.equal(await R.read(name), final.get(name), name);
          assert.equal(L.read(name), final.get(name), name);
        }
      },
    );
  }

  for (const [what, meddle] of Object.entries({
    ...CHANGES,
    removed: (L: Local, name: string) => L.remove(name),
  })) {
    scene(
      `170, 181 a large file that is ${what} while its parts are sent is not completed, and leaves no upload open (G17, X4, RM14)`,
      async (parts) => {
        const { machine, L, R } = parts;
        L.write("large", bytesOf(LARGE), 1);
        L.write("small", "small", 1);
        const came = atRequest(machine.proxy, { operation: "UploadPart", nth: 2 }, () => {
          meddle(L, "large");
        });
        const ran = await machine.run("--json");
        assert.ok(came());
        assert.deepEqual([ran.code, reportedBy(ran, L.root)], [3, ["large"]]);
        assert.deepEqual(await R.files(), { small: "small" });
        assert.deepEqual(Object.keys(machine.records()), ["small"]);
        assert.deepEqual(await openUploads(R), []);
        await machine.sync();
        await assertSettled(parts);
      },
    );
  }

  scene(
    "171 files that change between scan and download: every edit stays, and the next run sees the conflict (G4, X3)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, [...NAMES, "k"]);
      for (const name of NAMES) await R.put(name, `${name}, of others`, 9);
      const mine = new Map<string, string>();
      const came = NAMES.map((name) =>
        atRequest(machine.proxy, { operation: "GetObject", name }, () => {
          mine.set(name, change(L, name));
        }),
      );
      const ran = await machine.run("--json");
      assert.ok(came.every((has) => has()));
      assert.deepEqual([ran.code, reportedBy(ran, L.root)], [3, NAMES.toSorted()]);
      for (const name of NAMES) assert.equal(L.read(name), mine.get(name), name);

      await machine.sync();
      await assertBothKept(parts, (name) => [`${mine.get(name)}`, `${name}, of others`]);
      await assertSettled(parts);
    },
  );

  scene(
    "171 a file that gives way to something else before its download stays so (G4, E103)",
    async (parts) => {
      const { machine, L, R } = parts;
      const outside = join(machine.home, "outside");
      writeFileSync(outside, "outside");
      await synced(parts, ["gone", "link", "dir", "parent/f", "k"]);
      for (const name of ["gone", "link", "dir", "parent/f"]) await R.put(name, `${name}, of others`, 9);
      for (const [name, act] of Object.entries({
        gone: () => L.remove("gone"),
        link: () => {
          L.remove("link");
          symlinkSync(outside, L.path("link"));
        },
        dir: () => {
          L.remove("dir");
          mkdirSync(L.path("dir"));
        },
        "parent/f": () => {
          renameSync(L.path("parent"), join(machine.home, "parent"));
          symlinkSync(join(machine.home, "parent"), L.path("parent"));
        },
      })) {
        atRequest(machine.proxy, { operation: "GetObject", name }, act);
      }
      const ran = await machine.run("--json");
      assert.deepEqual([ran.code, reportedBy(ran, L.root)], [3, ["dir", "gone", "link", "parent/f"]]);
      assert.deepEqual(L.files(), { k: "k" });
      assert.deepEqual(
        [outside, join(machine.home, "parent", "f")].map((path) => readFileSync(path, "utf8")),
        ["outside", "parent/f"],
      );
    },
  );

  scene(
    "172 files that change between scan and local deletion: every edit stays, and goes up again (G5, X6)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, [...NAMES, "k1", "k2"]);
      for (const name of NAMES) await R.remove(name);
      const mine = new Map<string, string>();
      const came = NAMES.map((name) =>
        atRequest(machine.proxy, { operation: "HeadObject", name }, () => {
          mine.set(name, change(L, name));
        }),
      );
      const ran = await machine.run("--json");
      assert.ok(came.every((has) => has()));
      assert.deepEqual([ran.code, reportedBy(ran, L.root)], [3, NAMES.toSorted()]);
      await machine.sync();
      for (const name of NAMES) assert.equal(await R.read(name), mine.get(name), name);
      await assertSettled(parts);
    },
  );

  scene("180 files and objects that are made during a run come with the next one (G1)", async (parts) => {
    const { machine, L, R } = parts;
    L.write("a", "a", 1);
    await R.put("b", "b", 1);
    const came = atRequest(machine.proxy, { operation: "PutObject" }, async () => {
      L.write("late/here", "late, here", 1);
      await R.put("late/there", "late, there", 1);
    });
    await machine.sync();
    assert.ok(came());
    await machine.sync();
    assert.deepEqual(Object.keys(L.files()).toSorted(), ["a", "b", "late/here", "late/there"]);
    await assertSettled(parts);
  });

  scene(
    "193 a tree that is deleted, and put back from a backup while the deletion is carried out, stays whole (G1, X6)",
    async (parts) => {
      const { machine, L, R } = parts;
      const names = Array.from({ length: 8 }, (_, at) => `tree/${at}`);
      await synced(parts, [...names, ...names.map((name) => name.replace("tree", "keep"))]);
      const backup = join(machine.home, "backup");
      cpSync(L.path("tree"), backup, { recursive: true, preserveTimestamps: true });
      L.remove("tree");
      const came = atRequest(machine.proxy, { operation: "DeleteObject", nth: 3 }, () =>
        cpSync(backup, L.path("tree"), { recursive: true, preserveTimestamps: true }),
      );
      const ran = await machine.run();
      assert.ok(came());
      assert.ok(ran.code === 0 || ran.code === 3, ran.stderr);
      for (const name of names) assert.equal(L.read(name), name);
      await machine.sync();
      for (const name of names) assert.deepEqual([L.read(name), await R.read(name)], [name, name]);
      await assertSettled(parts);
    },
  );
});

describe("scenarios I: objects that change during a run", { concurrency: 3 }, () => {
  scene(
    "174 objects that change or go between LIST and GET are stale, and right by the next run",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["changes", "goes", "k"]);
      for (const name of ["changes", "goes", "new goes"]) await R.put(name, `${name}, listed`, 5);
      atRequest(
        machine.proxy,
        { operation: "GetObject", name: "changes" },
        async () => void (await R.put("changes", "changes again", 6)),
      );
      for (const name of ["goes", "new goes"])
        atRequest(machine.proxy, { operation: "GetObject", name: `/${name}` }, () => R.remove(name));
      const ran = await machine.run("--json");
      assert.deepEqual([ran.code, reportedBy(ran, L.root)], [3, ["changes", "goes", "new goes"]]);
      assert.deepEqual(L.files(), { changes: "changes", goes: "goes", k: "k" });
      await machine.sync();
      assert.deepEqual(L.files(), { changes: "changes again", k: "k" });
      await assertSettled(parts);
    },
  );

  scene(
    "174 a large object that changes between two ranges is not put together from two versions (RM16)",
    async (parts) => {
      const { machine, L, R } = parts;
      await R.put("large", bytesOf(LARGE), 1);
      const other = bytesOf(LARGE + 4);
      const came = atRequest(
        machine.proxy,
        { operation: "GetObject", nth: 2 },
        async () => void (await R.put("large", other, 2)),
      );
      const ran = await machine.run("--json");
      assert.ok(came());
      assert.deepEqual([ran.code, reportedBy(ran, L.root), L.files()], [3, ["large"], {}]);
      await machine.sync();
      assert.equal(statSync(L.path("large")).size, other.length);
      await assertSettled(parts);
    },
  );

  for (const [operation, size] of [
    ["PutObject", 10],
    ["CompleteMultipartUpload", LARGE],
  ] as const) {
    scene(
      `175, 176, 177 somebody else's object comes right before ours (${operation}): it stays, ours is the loser, and nothing is left open (G2, X5)`,
      async (parts) => {
        const { machine, L, R } = parts;
        await synced(parts, ["old", "k"]);
        for (const name of ["old", "new"]) L.write(name, bytesOf(size), 5);
        for (const name of ["old", "new"])
          atRequest(
            machine.proxy,
            { operation, name },
            async () => void (await R.put(name, `${name}, of others`, 9)),
          );
        const ran = await machine.run("--json");
        assert.deepEqual([ran.code, reportedBy(ran, L.root)], [3, ["new", "old"]]);
        const theirs = { k: "k", new: "new, of others", old: "old, of others" };
        assert.deepEqual(await R.files(), theirs);
        assert.deepEqual(await openUploads(R), []);
        await machine.sync();
        assert.deepEqual(L.files(), theirs);
        const ours = Buffer.from(bytesOf(size)).toString("latin1");
        assert.deepEqual([...new Set(await losersOf(machine))], [ours]);
        await assertSettled(parts);
      },
    );
  }
});

/** Of each pair one is on both sides, the other one in the backup. */
async function assertBothKept(
  { machine, L }: Parts,
  pair: (name: string) => readonly string[],
): Promise<void> {
  const kept = await losersOf(machine);
  for (const name of NAMES) {
    const all = [L.read(name), ...kept];
    for (const version of pair(name)) assert.ok(all.includes(version), `${name}: ${version} is lost`);
  }
}
