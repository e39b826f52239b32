/** Scenarios E: files that become directories, directories that come and go, symlinks, special files, modes. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { boundByModes, NOT_BOUND } from "../support/bound-by-modes.ts";
import { sharedServer } from "../support/s3-server.ts";
import type { Parts } from "../support/scene.ts";
import { idleIn, snapshotOf, unchangedBy } from "../support/stand-still.ts";
import { assertSettled, newWorld, type Ran, scenario } from "../support/world.ts";

/** Starts from two files in sync that keep the guards quiet, and what is `there` on both sides. */
function synced(
  title: string,
  there: Readonly<Record<string, string>>,
  play: (parts: Parts) => Promise<void>,
): void {
  test(title, () => scenario((parts) => startWith(there, parts, play)));
}

/** As `synced`, where the server lists what lies below the name of an object. */
function beside(
  title: string,
  there: Readonly<Record<string, string>>,
  play: (parts: Parts) => Promise<void>,
): void {
  test(title, async (t: TestContext) => {
    const { kind } = await sharedServer();
    if (kind === "minio") return t.skip("MinIO holds x beside x/a, but lists only x");
    await scenario((parts) => startWith(there, parts, play));
  });
}

/** As `synced`, in a process that the modes of files bind. */
function bound(
  title: string,
  there: Readonly<Record<string, string>>,
  play: (parts: Parts) => Promise<void>,
): void {
  test(title, async (t: TestContext) => {
    const words = boundByModes();
    if (words === undefined) return t.skip(NOT_BOUND);
    await scenario(async (parts) => {
      parts.machine.through = words;
      await startWith(there, parts, play);
    });
  });
}

async function startWith(
  there: Readonly<Record<string, string>>,
  parts: Parts,
  play: (parts: Parts) => Promise<void>,
): Promise<void> {
  const { machine, L } = parts;
  for (const [name, content] of Object.entries({ "k/1": "one", "k/2": "two", ...there }))
    L.write(name, content, 1);
  await machine.sync();
  await play(parts);
}

/** Some path did not get what it needs: each is named, by a line of its own. */
function assertIncomplete({ code, stdout, stderr }: Ran, ...named: readonly RegExp[]): void {
  assert.deepEqual([code, stdout], [3, ""], stderr);
  assert.equal(stderr.trimEnd().split("\n").length, named.length, stderr);
  for (const name of named) assert.match(stderr, name);
}

const K = { "k/1": "one", "k/2": "two" };

describe("scenarios E", { concurrency: 3 }, () => {
  synced(
    "91 a local file that became a directory: its object goes, what is below it comes (R7, R11, R25)",
    { x: "X" },
    async (parts) => {
      const { machine, L, R } = parts;
      L.remove("x");
      L.write("x/a", "below");
      await machine.sync();
      assert.deepEqual(await R.files(), { ...K, "x/a": "below" });
      await assertSettled(parts);
    },
  );

  synced(
    "91 a local directory that became a file: what was below it goes (R7, R11, R25)",
    { "x/a": "A", "x/b": "B" },
    async (parts) => {
      const { machine, L, R } = parts;
      L.remove("x");
      L.write("x", "file");
      await machine.sync();
      assert.deepEqual(await R.files(), { ...K, x: "file" });
      await assertSettled(parts);
    },
  );

  synced(
    "93 a file that became a directory in the bucket does so locally (R3, R10, R25, X2)",
    { x: "X" },
    async (parts) => {
      const { machine, L, R } = parts;
      await R.remove("x");
      await R.put("x/a", "below");
      await machine.sync();
      assert.deepEqual(L.files(), { ...K, "x/a": "below" });
      await assertSettled(parts);
    },
  );

  synced(
    "93 a directory that became a file in the bucket does so locally (R3, R10, R25, R26, X2)",
    { "x/a": "A", "x/b": "B" },
    async (parts) => {
      const { machine, L, R } = parts;
      for (const name of ["x/a", "x/b"]) await R.remove(name);
      await R.put("x", "file");
      await machine.sync();
      assert.deepEqual(L.files(), { ...K, x: "file" });
      await assertSettled(parts);
    },
  );

  beside(
    "95 of the keys x and x/a the first comes, the other is reported, neither is deleted, run after run (R25, X7)",
    {},
    async (parts) => {
      const { machine, L, R } = parts;
      await R.put("x", "file");
      await R.put("x/a", "below");
      assertIncomplete(await machine.run(), /tree\/x\/a: .*beside "x"/);
      assert.deepEqual(L.files(), { ...K, x: "file" });
      assertIncomplete(await idleIn(parts, () => machine.run()), /tree\/x\/a: /);
      assert.deepEqual(await R.files(), { ...K, x: "file", "x/a": "below" });
      await assertSettled(parts, ["x/a"]);
    },
  );

  beside(
    "96 a directory made locally and a file of its name in the bucket: reported, and nothing is lost (R11, R25)",
    {},
    async (parts) => {
      const { machine, L, R } = parts;
      L.write("d/a", "local");
      await R.put("d", "remote");
      assertIncomplete(await machine.run(), /tree\/d: .*beside "d\/a"/);
      assertIncomplete(await idleIn(parts, () => machine.run()), /tree\/d: /);
      assert.deepEqual(L.files(), { ...K, "d/a": "local" });
      assert.deepEqual(await R.files(), { ...K, d: "remote", "d/a": "local" });
      await assertSettled(parts, ["d"]);
    },
  );

  beside(
    "96 a file made locally and a directory of its name in the bucket: reported, and nothing is lost (R11, R25)",
    {},
    async (parts) => {
      const { machine, L, R } = parts;
      L.write("d", "local");
      await R.put("d/a", "remote");
      assertIncomplete(await machine.run(), /tree\/d\/a: .*beside "d"/);
      assertIncomplete(await idleIn(parts, () => machine.run()), /tree\/d\/a: /);
      assert.deepEqual(L.files(), { ...K, d: "local" });
      assert.deepEqual(await R.files(), { ...K, d: "local", "d/a": "remote" });
      await assertSettled(parts, ["d/a"]);
    },
  );

  synced(
    "96 a directory here and a file of its name in the bucket: both stay, even where a listing hides one (X6, X7, R25)",
    {},
    async ({ machine, L, R }) => {
      L.write("d/a", "local");
      await R.put("d", "remote");
      for (const _ of ["the run that uploads", "the next", "and the next"]) {
        const { code, stdout, stderr } = await machine.run();
        assert.deepEqual([code, stdout], [3, ""], stderr);
        assert.deepEqual(L.files(), { ...K, "d/a": "local" });
        assert.deepEqual([await R.read("d"), await R.read("d/a")], ["remote", "local"]);
      }
    },
  );

  synced(
    "98 an empty directory is not synced, stays, and changes nothing run after run (R26)",
    {},
    async (parts) => {
      const { machine, L, R } = parts;
      mkdirSync(L.path("empty/inner"), { recursive: true });
      assert.deepEqual(Object.keys(await machine.counting(() => machine.sync())), ["ListObjectsV2"]);
      assert.deepEqual(await R.files(), K);
      assert.ok(existsSync(L.path("empty/inner")));
      await assertSettled(parts);
    },
  );

  synced("99 folder markers mean nothing, there or gone (R26)", { "d/f": "F" }, async (parts) => {
    const { machine, L, R } = parts;
    await R.put("d/", "");
    await R.put("other/", "");
    assert.deepEqual(Object.keys(await machine.counting(() => machine.sync())), ["ListObjectsV2"]);
    assert.deepEqual(L.files(), { ...K, "d/f": "F" });
    await assertSettled(parts, ["d/", "other/"]);
    await R.remove("other/");
    assert.deepEqual(Object.keys(await machine.counting(() => machine.sync())), ["ListObjectsV2"]);
    await assertSettled(parts, ["d/"]);
  });

  synced(
    "100 with the last object of a directory its file goes, and the directory only if nothing else is in it (R3, R26)",
    {
      "bare/deep/f": "1",
      "ignored/f": "2",
      "linked/f": "3",
      "holds/f": "4",
      "more/f": "5",
      "more/g": "6",
      "more/h": "7",
    },
    async (parts) => {
      const { machine, L, R } = parts;
      L.write(".s3syncignore", "*.tmp\n", 1);
      await machine.sync();
      L.write("ignored/mine.tmp", "not theirs");
      symlinkSync("nowhere", L.path("linked/link"));
      mkdirSync(L.path("holds/empty"));
      mkdirSync(L.path("untouched"));
      for (const name of ["bare/deep/f", "ignored/f", "linked/f", "holds/f"]) await R.remove(name);
      await machine.sync();
      assert.equal(existsSync(L.path("bare")), false);
      for (const name of ["ignored/mine.tmp", "holds/empty", "untouched"])
        assert.ok(existsSync(L.path(name)), name);
      assert.ok(lstatSync(L.path("linked/link")).isSymbolicLink());
      for (const name of ["ignored/f", "linked/f", "holds/f"])
        assert.equal(existsSync(L.path(name)), false, name);
      await assertSettled(parts, ["ignored/mine.tmp"]);
    },
  );

  synced(
    "101 symlinks are skipped, whatever they point to, and objects behind their names stay (R27, RU)",
    { real: "target" },
    async (parts) => {
      const { machine, L, R } = parts;
      const outside = join(machine.home, "outside");
      mkdirSync(outside);
      writeFileSync(join(outside, "secret"), "never sent");
      const links = {
        file: "real",
        dir: "k",
        parent: "..",
        broken: "nowhere",
        absolute: outside,
        self: "self",
      };
      for (const [name, target] of Object.entries(links)) symlinkSync(target, L.path(name));
      await R.put("file", "behind a link");
      await R.put("dir/1", "behind a link too");
      await R.put("absolute/new", "and this");
      const before = snapshotOf(machine.home);

      const ran = await idleIn(parts, () => machine.run());
      assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
      const debug = await machine.run("--debug");
      for (const name of Object.keys(links))
        assert.match(debug.stdout, new RegExp(`left {2}${name}/? .*symbolic link`));
      assert.equal(snapshotOf(machine.home)["outside/secret"], before["outside/secret"]);
      assert.equal(existsSync(join(outside, "new")), false);
      await assertSettled(parts, ["file", "dir/1", "absolute/new"]);
    },
  );

  synced(
    "103 a tracked directory replaced by a symlink: nothing below it is deleted, nothing is written through it (R27, RU)",
    { "d/a": "A", "d/b": "B", "d/c": "C" },
    async (parts) => {
      const { machine, L, R } = parts;
      const outside = join(machine.home, "outside");
      renameSync(L.path("d"), outside);
      symlinkSync(outside, L.path("d"));
      unlinkSync(join(outside, "b"));
      await R.put("d/a", "edited");
      await R.remove("d/c");
      await R.put("d/new", "N");
      const before = snapshotOf(outside);
      const records = machine.records();

      const ran = await idleIn(parts, () => machine.run());
      assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
      assert.deepEqual(snapshotOf(outside), before);
      assert.deepEqual(machine.records(), records);
      await assertSettled(parts, ["d/a", "d/b", "d/c", "d/new"]);

      // Back as it was, the directory is judged by what is in it: what the link hid was no deletion.
      unlinkSync(L.path("d"));
      renameSync(outside, L.path("d"));
      await machine.sync();
      assert.deepEqual(L.files(), { ...K, "d/a": "edited", "d/new": "N" });
      await assertSettled(parts);
    },
  );

  test("104 a root that is a symlink works, and is known by the directory that it leads to (R27, S4)", async () => {
    await using world = await newWorld();
    const machine = await world.machine();
    const { local: L, home } = machine;
    const R = world.remote;
    const [first, second] = [join(home, "first"), join(home, "second")];
    renameSync(L.root, first);
    symlinkSync(first, L.root);
    mkdirSync(second);
    await machine.init();
    for (const name of ["a", "b", "c", "d/e"]) L.write(name, `content of ${name}`, 1);
    await R.put("from/there", "R");
    await machine.sync();
    await assertSettled({ machine, L, R });

    unlinkSync(L.root);
    symlinkSync(second, L.root);
    writeFileSync(join(second, "a"), "content of a");
    const ran = await unchangedBy({ machine, L, R }, () => machine.run());
    assert.equal(ran.code, 4);
    assert.match(ran.stderr, /not the directory that was synced before/);

    unlinkSync(L.root);
    symlinkSync(first, L.root);
    await machine.sync();
    await assertSettled({ machine, L, R });
  });

  synced(
    "106 a FIFO and a socket are skipped without a pause, and what they stand over stays (R27, RU)",
    { tracked: "T" },
    async (parts) => {
      const { machine, L, R } = parts;
      L.remove("tracked");
      execFileSync("mkfifo", [L.path("tracked"), L.path("fifo")]);
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(L.path("socket"), resolve));
      try {
        const ran = await idleIn(parts, () => machine.run());
        assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
        assert.deepEqual(await R.files(), { ...K, tracked: "T" });
        assert.match((await machine.run("--debug")).stdout, /left {2}socket {2}.*special file/);
        await assertSettled(parts, ["tracked"]);
      } finally {
        server.close();
      }
    },
  );

  bound(
    "107 files that cannot be read are reported, their objects stay, all others sync (X7, S9)",
    { "r/a": "A", "r/b": "B" },
    async (parts) => {
      const { machine, L, R } = parts;
      L.write("new", "N");
      L.write("closed", "C");
      await R.put("r/a", "edited");
      await R.remove("r/b");
      for (const name of ["closed", "r/a", "r/b"]) chmodSync(L.path(name), 0);
      const before = machine.records();

      assertIncomplete(
        await machine.run(),
        /tree\/closed: .*permission/i,
        /tree\/r\/a: .*permission/i,
        /tree\/r\/b: .*permission/i,
      );
      assert.deepEqual(await R.files(), { ...K, new: "N", "r/a": "edited" });
      assert.deepEqual(
        ["r/a", "r/b"].map((name) => L.read(name)),
        ["A", "B"],
      );
      const { new: added, ...kept } = machine.records();
      assert.ok(added !== undefined);
      assert.deepEqual(kept, before);

      for (const name of ["closed", "r/a", "r/b"]) chmodSync(L.path(name), 0o644);
      await machine.sync();
      assert.deepEqual(L.files(), { ...K, new: "N", closed: "C", "r/a": "edited" });
      await assertSettled(parts);
    },
  );

  bound(
    "109 in a directory that is read-only downloads and deletions fail, for it alone, and are not recorded (X7, X8)",
    { "ro/a": "A", "ro/b": "B", f: "F" },
    async (parts) => {
      const { machine, L, R } = parts;
      await R.put("ro/a", "edited");
      await R.remove("ro/b");
      await R.put("ro/new", "N");
      await R.put("f", "edited too");
      const { f, ...before } = machine.records();
      chmodSync(L.path("ro"), 0o555);

      assertIncomplete(
        await machine.run(),
        /tree\/ro\/a: download: /,
        /tree\/ro\/b: delete-local: /,
        /tree\/ro\/new: download: /,
      );
      assert.deepEqual(L.files(), { ...K, "ro/a": "A", "ro/b": "B", f: "edited too" });
      const { f: now, ...after } = machine.records();
      assert.notDeepEqual(now, f);
      assert.deepEqual(after, before);

      chmodSync(L.path("ro"), 0o755);
      await machine.sync();
      assert.deepEqual(L.files(), { ...K, "ro/a": "edited", "ro/new": "N", f: "edited too" });
      await assertSettled(parts);
    },
  );

  synced(
    "110 a file keeps its mode when it is replaced, and a new one has the user's default (X9)",
    { run: "1", secret: "2" },
    async (parts) => {
      const { machine, L, R } = parts;
      chmodSync(L.path("run"), 0o755);
      chmodSync(L.path("secret"), 0o600);
      for (const name of ["run", "secret", "new"]) await R.put(name, "edited");
      await machine.sync();
      const modes = ["run", "secret", "new"].map((name) => (statSync(L.path(name)).mode & 0o777).toString(8));
      assert.deepEqual(modes, ["755", "600", (0o666 & ~process.umask()).toString(8)]);
      assert.deepEqual(L.files(), { ...K, run: "edited", secret: "edited", new: "edited" });
      await assertSettled(parts);
    },
  );

  synced(
    "111 whoever reads a file while it is replaced keeps reading the old one whole (X3, X9)",
    { f: "the old one" },
    async (parts) => {
      const { machine, L, R } = parts;
      const reader = openSync(L.path("f"), "r");
      try {
        await R.put("f", "the new one");
        await machine.sync();
        assert.equal(readFileSync(reader, "utf8"), "the old one");
        assert.equal(L.read("f"), "the new one");
        await assertSettled(parts);
      } finally {
        closeSync(reader);
      }
    },
  );
});
