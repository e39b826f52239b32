/** Scenarios G: what .s3syncignore files mean for names that are tracked, and for those that are not. */

import assert from "node:assert/strict";
import { chmodSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { describe } from "node:test";
import { boundByModes, NOT_BOUND } from "../support/bound-by-modes.ts";
import { type Parts, scene, synced } from "../support/scene.ts";
import { assertSettled } from "../support/world.ts";

const IGNORE = ".s3syncignore";

async function untrackIgnored({ machine }: Parts): Promise<void> {
  const ran = await machine.run("--init", "--untrack-ignored");
  assert.equal(ran.code, 0, ran.stderr);
}

/** Ends with 3, and one line on stderr for each of these names. */
async function assertReports({ machine, L }: Parts, names: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await machine.run();
  assert.equal(code, 3, stderr);
  assert.equal(stdout, "");
  const told = stderr
    .split("\n")
    .slice(0, -1)
    .map((line) => line.slice(0, line.indexOf(": ", 10)));
  assert.deepEqual(told.toSorted(), names.map((name) => `s3-bsync: ${L.root}/${name}`).toSorted(), stderr);
}

describe("scenarios G", { concurrency: 3 }, () => {
  scene(
    "129 a tracked file that becomes ignored stays in sync, until it is untracked: then both copies stay (IG8, IG13)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["f", "k"]);
      L.write(IGNORE, "f\n");
      await machine.sync();
      await assertSettled(parts);
      L.write("f", "edited here");
      await machine.sync();
      assert.equal(await R.read("f"), "edited here");
      await R.put("f", "edited there");
      await machine.sync();
      assert.equal(L.read("f"), "edited there");
      const debug = await machine.run("--debug");
      assert.match(debug.stdout, /note: f: [^\n]*--init --untrack-ignored/);

      await untrackIgnored(parts);
      assert.deepEqual(Object.keys(machine.records()).toSorted(), [IGNORE, "k"]);
      L.write("f", "mine");
      await R.put("f", "theirs");
      await machine.sync();
      assert.deepEqual([L.read("f"), await R.read("f")], ["mine", "theirs"]);
      await assertSettled(parts, ["f"]);
    },
  );

  scene(
    "131 a name that is un-ignored while its versions differ is a conflict (IG8, R12, R22, R23)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["k"]);
      L.write(IGNORE, "f\n");
      L.write("f", "local", 5);
      await R.put("f", "remote", 9);
      await machine.sync();
      assert.deepEqual([L.read("f"), await R.read("f")], ["local", "remote"]);
      L.write(IGNORE, "");
      await machine.sync();
      assert.deepEqual([L.read("f"), await R.read("f")], ["remote", "remote"]);
      assert.equal(machine.backups().length, 1);
      await assertSettled(parts);
    },
  );

  for (const side of ["local", "remote"] as const) {
    scene(
      `133 an ignored name that was untracked and is then deleted, ${side} side, stays on the other (IG8, IG13)`,
      async (parts) => {
        const { machine, L, R } = parts;
        await synced(parts, ["f", "k"]);
        L.write(IGNORE, "f\n");
        await machine.sync();
        await untrackIgnored(parts);
        if (side === "local") L.remove("f");
        else await R.remove("f");
        await machine.sync();
        const left = side === "local" ? await R.files() : L.files();
        assert.equal(left["f"], "f");
        await assertSettled(parts, ["f"]);
      },
    );
  }

  scene(
    "134 a file that was deleted while it was ignored comes back when it is not any more (IG8, R10)",
    async (parts) => {
      const { machine, L, R } = parts;
      L.write(IGNORE, "f\n");
      L.write("f", "F", 1);
      await R.put("f", "F", 1);
      await synced(parts, ["k"]);
      L.remove("f");
      await machine.sync();
      assert.equal(await R.read("f"), "F");
      L.remove(IGNORE);
      await machine.sync();
      assert.equal(L.read("f"), "F");
      await assertSettled(parts);
    },
  );

  scene(
    "135 rules that change on S3 in the run of matching deletions: nothing is deleted or overwritten that the old or the new ones match (IG11, R3, R4, R7)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["a.log", "b.log", "c.tmp", "d.log", "e.txt", "sub/f.log", "k"]);
      L.write(IGNORE, "*.tmp\n", 1);
      await machine.sync();
      await R.put(IGNORE, "*.log\n", 9);
      for (const name of ["a.log", "c.tmp", "e.txt", "sub/f.log"]) L.remove(name);
      await R.remove("b.log");
      L.write("d.log", "edited");

      await assertReports(parts, ["a.log", "b.log", "c.tmp", "d.log", "sub/f.log"]);
      const kept = { "a.log": "a.log", "c.tmp": "c.tmp", "d.log": "d.log", "sub/f.log": "sub/f.log" };
      assert.deepEqual(await R.files(), { ...kept, k: "k", [IGNORE]: "*.log\n" });
      assert.deepEqual(L.files(), { "b.log": "b.log", "d.log": "edited", k: "k", [IGNORE]: "*.log\n" });
      assert.deepEqual(Object.keys(machine.records()).toSorted(), [IGNORE, "k"]);

      await machine.sync();
      assert.equal(L.read("c.tmp"), "c.tmp");
      await assertSettled(parts, ["a.log", "b.log", "d.log", "sub/f.log"]);
    },
  );

  scene("135 rules that change here in the run of matching deletions there (IG11, R3)", async (parts) => {
    const { machine, L, R } = parts;
    await synced(parts, ["d/a.log", "d/b.txt", "k"]);
    L.write(`d/${IGNORE}`, "*.log\n");
    await R.remove("d/a.log");
    await R.remove("d/b.txt");
    await assertReports(parts, ["d/a.log"]);
    assert.deepEqual(Object.keys(L.files()).toSorted(), [`d/${IGNORE}`, "d/a.log", "k"]);
    await assertSettled(parts, ["d/a.log"]);
    L.remove(`d/${IGNORE}`);
    await machine.sync();
    assert.equal(await R.read("d/a.log"), "d/a.log");
    await assertSettled(parts);
  });

  scene(
    "136 a conflict of the ignore file itself: the newer wins, and no name below it is deleted or overwritten (IG11, R5, R22)",
    async (parts) => {
      const { machine, L, R } = parts;
      L.write(IGNORE, "# nothing\n", 1);
      await synced(parts, ["x.log", "x.txt", "y.txt", "k"]);
      L.write(IGNORE, "*.log\n", 5);
      await R.put(IGNORE, "*.tmp\n", 9);
      L.remove("x.log");
      L.remove("x.txt");
      await R.remove("y.txt");
      await assertReports(parts, ["x.log", "x.txt", "y.txt"]);
      assert.deepEqual([L.read(IGNORE), await R.read(IGNORE)], ["*.tmp\n", "*.tmp\n"]);
      assert.equal(machine.backups().length, 1);
      assert.equal((await R.names()).includes("x.txt"), true);
      assert.equal(L.read("y.txt"), "y.txt");

      await machine.sync();
      assert.deepEqual(Object.keys(L.files()).toSorted(), [IGNORE, "k", "x.log", "x.txt", "y.txt"]);
      await assertSettled(parts);
    },
  );

  const unreadable: Readonly<Record<string, (path: string) => void>> = {
    "that may not be read": (path) => chmodSync(path, 0),
    "that became a symlink": (path) => {
      rmSync(path);
      symlinkSync("/dev/null", path);
    },
    "above a MiB": (path) => writeFileSync(path, "#".repeat(1024 * 1024 + 1)),
  };
  for (const [what, spoil] of Object.entries(unreadable)) {
    scene(
      `137 an ignore file ${what}: nothing in its directory is touched until it can be read again (IG12, RU, S9)`,
      async (parts, t) => {
        const { machine, L, R } = parts;
        const through = boundByModes();
        if (through === undefined) return t.skip(NOT_BOUND);
        machine.through = through;
        L.write(`d/${IGNORE}`, "*.log\n", 1);
        await synced(parts, ["d/1", "d/2", "d/sub/3", "d-out", "d.out", "z"]);
        const before = machine.records();
        L.remove("d/1");
        L.write("d/2", "edited");
        L.write("d/new", "new");
        await R.remove("d/sub/3");
        await R.put("d/new.log", "ignored");
        L.write("z", "edited");
        spoil(L.path(`d/${IGNORE}`));

        const ran = await machine.run();
        assert.equal(ran.code, 3, ran.stderr);
        assert.match(
          ran.stderr,
          /^s3-bsync: [^\n]*\/d\/\.s3syncignore: its ignore file (?![^\n]*ignore file)[^\n]*\n$/,
        );
        assert.deepEqual((await R.names()).toSorted(), [
          "d-out",
          "d.out",
          `d/${IGNORE}`,
          "d/1",
          "d/2",
          "d/new.log",
          "z",
        ]);
        assert.equal(await R.read("d/2"), "d/2");
        assert.equal(L.read("d/sub/3"), "d/sub/3");
        assert.equal(await R.read("z"), "edited");
        for (const name of ["d/1", "d/2", "d/sub/3", `d/${IGNORE}`]) {
          assert.deepEqual(machine.records()[name], before[name], name);
        }

        rmSync(L.path(`d/${IGNORE}`));
        L.write(`d/${IGNORE}`, "*.log\n", 1);
        await machine.sync();
        assert.deepEqual(Object.keys(L.files()).toSorted(), [
          "d-out",
          "d.out",
          `d/${IGNORE}`,
          "d/2",
          "d/new",
          "z",
        ]);
        await assertSettled(parts, ["d/new.log"]);
      },
    );
  }

  for (const [what, change] of [
    ["deleted here", ({ L }: Parts) => L.remove(IGNORE)],
    ["emptied here", ({ L }: Parts) => L.write(IGNORE, "")],
    ["deleted on S3", ({ R }: Parts) => R.remove(IGNORE)],
    ["emptied on S3", ({ R }: Parts) => R.put(IGNORE, "")],
  ] as const) {
    scene(
      `137 an ignore file that is ${what}: what it ignored is met for the first time (IG8, R10, R11, R12)`,
      async (parts) => {
        const { machine, L, R } = parts;
        L.write(IGNORE, "*.log\nbuild/\n", 1);
        L.write("here.log", "here", 1);
        L.write("build/here", "here", 1);
        L.write("both.log", "local", 9);
        await R.put("there.log", "there", 1);
        await R.put("build/there", "there", 1);
        await R.put("both.log", "remote", 5);
        await synced(parts, ["k"]);
        assert.deepEqual(Object.keys(machine.records()).toSorted(), [IGNORE, "k"]);
        await change(parts);
        await machine.sync();
        assert.equal(await R.read("both.log"), "local");
        assert.equal(machine.backups().length, 1);
        const names = ["both.log", "build/here", "build/there", "here.log", "k", "there.log"];
        assert.deepEqual(
          Object.keys(L.files())
            .filter((name) => name !== IGNORE)
            .toSorted(),
          names,
        );
        await assertSettled(parts);
      },
    );
  }

  scene(
    "141 a pattern for directories: the object x beside the ignored directory x is reported, and both stay (IG2, R25, X7)",
    async (parts) => {
      const { machine, L, R } = parts;
      L.write(IGNORE, "x/\n", 1);
      L.write("x/inside", "ignored", 1);
      await R.put("x", "a file");
      await R.put("new", "N");
      await assertReports(parts, ["x"]);
      assert.equal(L.read("x/inside"), "ignored");
      assert.equal(await R.read("x"), "a file");
      assert.equal(L.read("new"), "N");
      assert.deepEqual(Object.keys(machine.records()).toSorted(), [IGNORE, "new"]);
      await assertSettled(parts, ["x", "x/inside"]);
    },
  );

  scene(
    "141 a pattern for directories: the file x is synced beside ignored objects below x/ (IG2, IG8)",
    async (parts) => {
      const { machine, L, R } = parts;
      L.write(IGNORE, "x/\n", 1);
      L.write("x", "a file", 1);
      await R.put("x/inside", "ignored");
      await machine.sync();
      // By GET: MinIO lists nothing below a key that is an object.
      assert.deepEqual([await R.read("x"), await R.read("x/inside")], ["a file", "ignored"]);
      assert.deepEqual(L.files(), { [IGNORE]: "x/\n", x: "a file" });
      await assertSettled(parts, ["x/inside"]);
    },
  );

  scene(
    "142 objects of others below an ignored directory are never downloaded, deleted or counted (IG8)",
    async (parts) => {
      const { machine, L, R } = parts;
      L.write(IGNORE, "build/\n", 1);
      await synced(parts, ["a", "b", "c"]);
      const others = Array.from({ length: 12 }, (_, index) => `build/${index}`);
      for (const name of others) await R.put(name, name);
      assert.deepEqual(await machine.counting(() => machine.sync()), { ListObjectsV2: 1 });
      L.write("build/0", "mine");
      await machine.sync();
      L.remove("build");
      L.remove("a");
      const dry = await machine.run("--dryrun");
      assert.equal(dry.code, 0);
      assert.doesNotMatch(dry.stdout, /build/);
      await machine.sync();
      assert.deepEqual((await R.names()).toSorted(), [IGNORE, "b", ...others, "c"].toSorted());
      await assertSettled(parts, others);
    },
  );

  scene(
    "143 a directory whose tracked files go stays with the ignored ones in it (IG8, R3, R26)",
    async (parts) => {
      const { machine, L, R } = parts;
      L.write(IGNORE, "*.tmp\n", 1);
      L.write("d/sub/note.tmp", "note", 1);
      await synced(parts, ["d/1", "d/sub/2", "e/3", "k"]);
      for (const name of ["d/1", "d/sub/2", "e/3"]) await R.remove(name);
      await machine.sync();
      assert.deepEqual(Object.keys(L.files()).toSorted(), [IGNORE, "d/sub/note.tmp", "k"]);
      assert.throws(() => L.read("e"), { code: "ENOENT" });
      await assertSettled(parts, ["d/sub/note.tmp"]);
    },
  );

  scene("144 what one machine ignores for itself is never deleted for another (IG8, IG10)", async (parts) => {
    const { world, machine, L, R } = parts;
    L.write(IGNORE, `${IGNORE}\nx\ny/\n`, 1);
    await synced(parts, ["k"]);
    assert.deepEqual(await R.names(), ["k"], "it ignores itself, too");
    const other = await world.machine();
    await other.init();
    for (const name of ["x", "y/1"]) other.local.write(name, name, 1);
    await other.sync();
    await machine.sync();
    L.write("x", "another x");
    await machine.sync();
    L.remove("x");
    await machine.sync();
    await other.sync();
    assert.deepEqual(other.local.files(), { k: "k", x: "x", "y/1": "y/1" });
    await assertSettled(parts, [IGNORE, "x", "y/1"]);
    await assertSettled({ machine: other, L: other.local, R });
  });

  scene(
    "135 a new machine does not upload what the ignore files on S3 match, in its first run already (IG3, IG9)",
    async (parts) => {
      const { machine, L, R } = parts;
      await R.put(IGNORE, "*.log\n!keep.log\n");
      await R.put(`d/${IGNORE}`, "/only-here\n");
      for (const name of ["x.log", "keep.log", "d/only-here", "d/e/only-here", "d/y.log"])
        L.write(name, name, 1);
      await machine.sync();
      assert.deepEqual((await R.names()).toSorted(), [IGNORE, `d/${IGNORE}`, "d/e/only-here", "keep.log"]);
      await assertSettled(parts, ["x.log", "d/only-here", "d/y.log"]);
    },
  );

  scene(
    "129 a tracked file in a directory that becomes ignored stays in sync, its untracked neighbours stay apart (IG4, IG8)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["d/sub/tracked", "d/gone", "k"]);
      L.write(IGNORE, "d/\n");
      L.write("d/untracked", "U");
      L.write("d/sub/untracked", "U");
      await machine.sync();
      L.write("d/sub/tracked", "edited");
      L.remove("d/gone");
      await machine.sync();
      assert.deepEqual(await R.files(), { [IGNORE]: "d/\n", "d/sub/tracked": "edited", k: "k" });
      await assertSettled(parts, ["d/untracked", "d/sub/untracked"]);
    },
  );

  scene(
    "135 rules that win on S3 and take a directory back: what the scan had left out is uploaded in the same run, and nothing reads as deleted (IG9)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["d/tracked", "k"]);
      L.write(IGNORE, "d/\n", 1);
      L.write("d/untracked", "U", 1);
      await machine.sync();
      await R.put(IGNORE, "# nothing\n", 9);
      await machine.sync();
      assert.equal(await R.read("d/untracked"), "U");
      assert.equal(L.read("d/tracked"), "d/tracked");
      await assertSettled(parts);
    },
  );
});
