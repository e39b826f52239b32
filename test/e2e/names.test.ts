/** Scenarios F: names that can be both a key and a file, and those that cannot. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
} from "@aws-sdk/client-s3";
import { foldingDisk, NO_MOUNT } from "../support/disks.ts";
import { isListing, list, listed, madeUp } from "../support/listing-page.ts";
import { readStateFile } from "../support/read-state.ts";
import { scene } from "../support/scene.ts";
import { assertSettled, type Local } from "../support/world.ts";

/** One line on stderr a name, and nothing else there. */
function assertNamed(stderr: string, L: Local, names: readonly string[]): void {
  const lines = stderr.split("\n").slice(0, -1).toSorted();
  const starts = names.map((name) => `s3-bsync: ${L.root}/${name}: `).toSorted();
  assert.equal(lines.length, starts.length, stderr);
  for (const [index, start] of starts.entries())
    assert.ok(lines[index]?.startsWith(start), `${start} in ${stderr}`);
}

/** Kept by every server of the tests. */
const ODD_NAMES = [
  "new\nline",
  "tab\there",
  "return\rhere",
  'double"quote',
  "single'quote",
  "\u{1F600} emoji",
  "control\u0001",
  "noncharacter\uFFFE",
  " space first",
  "space last ",
  ".dot first",
  "dot last.",
  "...",
  "%2F",
  "100%",
  "a+b",
  "a&b",
  "a#b",
  "a?b",
  "a=b",
  "st*r",
  "[x]",
  "-n",
  "--dryrun",
  "~",
  "$HOME",
  "é, precomposed",
  "dir with space/+/%20",
];

describe("scenarios F", { concurrency: 3 }, () => {
  scene(
    "112 keys that lead elsewhere are named, and never read, written or deleted (R24, RM8)",
    async (parts) => {
      const { machine, L, R } = parts;
      const bad = ["../x", "a/../../x", "/abs", "./a", "a/./b", "a//b", "a/.."];
      L.write("good", "G", 1);
      await machine.sync();
      await R.put("new", "N", 2);
      const beside = readdirSync(machine.home).toSorted();
      list(machine.proxy, R, [...(await listed(R)), ...bad.map((name) => madeUp(R, name))]);

      let ran = { code: null as number | null, stderr: "" };
      const counts = await machine.counting(async () => (ran = await machine.run()));
      assert.equal(ran.code, 3);
      assertNamed(ran.stderr, L, bad);
      assert.deepEqual(counts, { ListObjectsV2: 1, GetObject: 1 });
      assert.deepEqual(L.files(), { good: "G", new: "N" });
      assert.deepEqual(readdirSync(machine.home).toSorted(), beside);
      await assertSettled(parts);
    },
  );

  scene(
    "114 odd names go to S3 and from there to another machine, byte for byte (R11, R10)",
    async ({ world, machine, L, R }) => {
      for (const [index, name] of ODD_NAMES.entries()) L.write(name, `content ${index}`, 1);
      await machine.sync();
      const other = await world.machine();
      await other.init();
      await other.sync();
      assert.deepEqual(other.local.files(), L.files());
      assert.deepEqual(Object.keys(L.files()).toSorted(), ODD_NAMES.toSorted());
      await assertSettled({ machine, L, R });
      await assertSettled({ machine: other, L: other.local, R });
    },
  );

  scene(
    "114 a name that the server stores under another key is reported, and leaves nothing there (RM15)",
    async (parts) => {
      const { world, machine, L, R } = parts;
      L.write("back\\slash", "B", 1);
      L.write("plain", "P", 1);
      const ran = await machine.run();
      if (world.server.kind !== "seaweedfs") {
        assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
        return assertSettled(parts);
      }
      assert.equal(ran.code, 3);
      assert.match(ran.stderr, /^s3-bsync: "[^\n]*back\\\\slash": [^\n]*\n$/);
      assert.deepEqual(await R.files(), { plain: "P" });
      assert.equal(L.read("back\\slash"), "B");
      assert.equal((await machine.run()).code, 3, "it is reported again");
      await assertSettled(parts, ["back\\slash"]);
    },
  );

  scene(
    "115 keys that XML cannot carry are listed, synced and deleted like others (R10, R7, RM7)",
    async (parts) => {
      const { machine, L, R } = parts;
      await R.put("before", "1");
      await R.put("control\u0001\u000b", "2");
      await R.put("then", "3");
      await machine.sync();
      assert.deepEqual(Object.keys(L.files()).toSorted(), ["before", "control\u0001\u000b", "then"]);
      for (const request of machine.proxy.log.filter(isListing))
        assert.equal(request.query.get("encoding-type"), "url");
      L.remove("control\u0001\u000b");
      await machine.sync();
      assert.deepEqual(Object.keys(await R.files()).toSorted(), ["before", "then"]);
      await assertSettled(parts);
    },
  );

  scene(
    "116 two Unicode forms of a name are two names where the file system keeps both (R25)",
    async (parts) => {
      const { machine, L, R } = parts;
      const [composed, decomposed] = ["caf\u00e9", "cafe\u0301"];
      L.write(composed, "same", 1);
      await R.put(decomposed, "same", 1);
      await machine.sync();
      assert.deepEqual(L.files(), { [composed]: "same", [decomposed]: "same" });
      await assertSettled(parts);
      L.remove(composed);
      await machine.sync();
      assert.deepEqual(await R.files(), { [decomposed]: "same" });
      await assertSettled(parts);
    },
  );

  scene("118 two cases of a name are two names where the file system keeps both (R25)", async (parts) => {
    await parts.R.put("A.txt", "upper");
    await parts.R.put("a.txt", "lower");
    await parts.machine.sync();
    assert.deepEqual(parts.L.files(), { "A.txt": "upper", "a.txt": "lower" });
    await assertSettled(parts);
  });

  for (const [what, first, second] of [
    ["118 two cases", "A.txt", "a.txt"],
    ["116 two Unicode forms", "cafe\u0301", "caf\u00e9"],
  ] as const) {
    scene(
      `${what} of a name: where the file system folds them, one comes, the other is reported, neither is deleted (R25)`,
      async ({ world, R }, t) => {
        const machine = await world.machine();
        mkdirSync(join(machine.home, "disk"));
        using disk = foldingDisk(join(machine.home, "disk"), join(machine.home, "image"));
        if (disk === undefined) return t.skip(NO_MOUNT);
        const initialized = await machine.run("--init", "--dir", disk.path, machine.destination);
        assert.equal(initialized.code, 0, initialized.stderr);
        await R.put(first, "one");
        await R.put(second, "two");
        for (const time of ["first", "second"]) {
          const ran = await machine.run();
          assert.equal(ran.code, 3, `${time} run: ${ran.stderr}`);
          assert.equal(ran.stderr.split("\n").length, 2, ran.stderr);
          assert.deepEqual(readdirSync(disk.path), [first]);
          assert.deepEqual(await R.files(), { [first]: "one", [second]: "two" });
          assert.deepEqual(Object.keys(machine.records()), [first]);
        }
      },
    );
  }

  scene(
    "119 a key of 1,024 bytes is synced, one byte more is reported, and the rest syncs (R24)",
    async (parts) => {
      const { machine, L, R } = parts;
      const ofLength = (bytes: number): string => {
        const folders = `${"d".repeat(200)}/`.repeat(4);
        return folders + "f".repeat(bytes - R.prefix.length - 1 - folders.length);
      };
      const longest = ofLength(1024);
      const tooLong = ofLength(1025);
      for (const name of [longest, tooLong, "rest"]) L.write(name, name.slice(-1), 1);
      const ran = await machine.run();
      assert.equal(ran.code, 3);
      assertNamed(ran.stderr, L, [tooLong]);
      assert.deepEqual((await R.names()).toSorted(), [longest, "rest"]);
      assert.equal(L.read(tooLong), "f");
      await assertSettled(parts, [tooLong]);
    },
  );

  scene(
    "119 a component of 255 bytes is synced, a key with one of 256 is reported, and the rest syncs (R24)",
    async (parts) => {
      const { machine, L, R } = parts;
      const [longest, tooLong] = ["f".repeat(255), `dir/${"g".repeat(256)}`];
      await R.put(longest, "F");
      await R.put("rest", "R");
      list(machine.proxy, R, [...(await listed(R)), madeUp(R, tooLong)]);
      const ran = await machine.run();
      assert.equal(ran.code, 3);
      assertNamed(ran.stderr, L, [tooLong]);
      assert.deepEqual(L.files(), { [longest]: "F", rest: "R" });
      await assertSettled(parts);
    },
  );

  scene(
    "120 a name that is not UTF-8 is reported, stays where it is, and is not taken for its twin with U+FFFD (R24)",
    async (parts) => {
      const { machine, L, R } = parts;
      const bytes = (name: string): Buffer =>
        Buffer.concat([Buffer.from(`${L.root}/`), Buffer.from(name, "latin1")]);
      L.write("x\ufffd", "twin", 1);
      writeFileSync(bytes("x\xff"), "odd");
      mkdirSync(bytes("d\xfe"));
      writeFileSync(bytes("d\xfe/inside"), "inside");
      const ran = await machine.run();
      assert.equal(ran.code, 3);
      assert.deepEqual(
        ran.stderr.split("\n").map((line) => line.slice(0, line.lastIndexOf(": "))),
        [`s3-bsync: "${L.root}/d\\xfe/"`, `s3-bsync: "${L.root}/x\\xff"`, ""],
      );
      assert.deepEqual(await R.files(), { "x\ufffd": "twin" });
      assert.deepEqual(readdirSync(L.root, { encoding: "latin1" }).toSorted(), [
        "d\xfe",
        "x\xef\xbf\xbd",
        "x\xff",
      ]);

      rmSync(bytes("d\xfe"), { recursive: true });
      await assertSettled(parts);
      L.remove("x\ufffd");
      assert.equal((await machine.run()).code, 3);
      assert.deepEqual(await R.files(), {});
    },
  );

  scene(
    "122 names about a slash, and above U+FFFF, are joined in byte order: one deletion a side takes nothing else (O1, O2, O3)",
    async (parts) => {
      const { machine, L, R } = parts;
      const names = [
        "test/a",
        "test-1.txt",
        "test.txt",
        "test0",
        "test/a-b/c",
        "test/a/b",
        "\u{1F600}",
        "\uFF5E",
        "\uE000",
      ];
      const kept = names.filter((name) => name !== "test/a");
      for (const name of kept) L.write(name, name, 1);
      await machine.sync();
      L.remove("test-1.txt");
      await R.remove("\uFF5E");
      machine.proxy.log.length = 0;
      await machine.sync();
      const deleted = machine.proxy.log.filter(({ method, status }) => method === "DELETE" && status < 300);
      assert.deepEqual(
        deleted.map(({ key }) => key),
        [`${R.prefix}/test-1.txt`],
      );
      const left = kept.filter((name) => name !== "test-1.txt" && name !== "\uFF5E").toSorted();
      assert.deepEqual(Object.keys(L.files()).toSorted(), left);
      await assertSettled(parts);
    },
  );

  scene("125 a prefix means the same with and without a slash at its end", async (parts) => {
    const { world, machine, L, R } = parts;
    L.write("a/f", "A", 1);
    await machine.sync();
    const other = await world.machine();
    const initialized = await other.run("--init", "--dir", other.local.root, `${other.destination}/`);
    assert.equal(initialized.code, 0, initialized.stderr);
    await other.sync();
    assert.deepEqual(other.records(), machine.records());
    assert.deepEqual(
      readStateFile(other.stateFile).buckets.flatMap(({ maps }) => maps.map(({ prefix }) => prefix)),
      [world.prefix],
    );
    await assertSettled({ machine: other, L: other.local, R });
  });

  for (const end of ["", "/"]) {
    scene(
      `125 a map of a whole bucket, named ${end === "" ? "without" : "with"} a slash, takes the keys as they are`,
      async ({ world, machine, L, R }) => {
        const Bucket = await world.server.bucket(`s3-bsync-whole-${randomBytes(6).toString("hex")}`);
        try {
          const initialized = await machine.run(
            "--init",
            "--overwrite",
            "--dir",
            L.root,
            `s3://${Bucket}${end}`,
          );
          assert.equal(initialized.code, 0, initialized.stderr);
          L.write("a/f", "A", 1);
          L.write("g", "G", 1);
          await machine.sync();
          const { Contents = [] } = await R.client.send(new ListObjectsV2Command({ Bucket }));
          assert.deepEqual(
            Contents.map(({ Key }) => Key),
            ["a/f", "g"],
          );
          const { Body } = await R.client.send(new GetObjectCommand({ Bucket, Key: "a/f" }));
          assert.equal(await Body?.transformToString(), "A");
          assert.deepEqual(await machine.counting(() => machine.sync()), { ListObjectsV2: 1 });
        } finally {
          for (const Key of ["a/f", "g"]) await R.client.send(new DeleteObjectCommand({ Bucket, Key }));
          await R.client.send(new DeleteBucketCommand({ Bucket }));
        }
      },
    );
  }

  scene(
    "126 counts about the length of a page: nothing is lost or doubled at 999, 1,000, 1,001 and 2,000 names, nor in 1,001 deletions (S10, R7)",
    async (parts) => {
      const { machine, L, R } = parts;
      const name = (index: number): string => `n${String(index).padStart(4, "0")}`;
      const pages = async (): Promise<number | undefined> =>
        (await machine.counting(() => machine.sync()))["ListObjectsV2"];
      let made = 0;
      for (const count of [999, 1000, 1001, 2000]) {
        for (; made < count; made++) L.write(name(made), "", 1);
        await machine.sync();
        assert.equal(await pages(), Math.ceil(count / 1000), `${count} names`);
        assert.equal(Object.keys(machine.records()).length, count);
      }
      for (let index = 0; index < 1001; index++) L.remove(name(index));
      await machine.sync("--max-delete", "all");
      assert.deepEqual((await R.names()).toSorted(), Object.keys(L.files()).toSorted());
      await assertSettled(parts);
    },
  );

  scene(
    "128 our own names inside the root are never synced, in neither direction; a user's files like them are",
    async ({ machine, L, R }) => {
      const file = join(L.root, ".state.s3sync");
      const initialized = await machine.run("--file", file, "--init", "--dir", L.root, machine.destination);
      assert.equal(initialized.code, 0, initialized.stderr);
      const setAside = `.s3-bsync-${"0a".repeat(16)}`;
      const like = [
        ".s3-bsync-notes",
        `.s3-bsync-${"0a".repeat(15)}`,
        ".state.s3sync2",
        ".state.s3sync.data",
        "sub/.state.s3sync",
      ];
      for (const name of like) L.write(name, name, 1);
      L.write(setAside, "of another run", 1);
      await R.put(".state.s3sync", "not a state");
      await R.put(".state.s3sync.d/lock", "not a lock");
      await R.put(".state.s3sync.d/backups/x", "not a backup");
      const foreign = [".state.s3sync", ".state.s3sync.d/backups/x", ".state.s3sync.d/lock"];
      for (const time of ["first", "second"]) {
        assert.deepEqual(
          await machine.run("--file", file),
          { code: 0, stdout: "", stderr: "" },
          `${time} run`,
        );
        assert.deepEqual((await R.names()).toSorted(), [...like, ...foreign].toSorted());
        const keys = readStateFile(file).buckets.flatMap(({ records }) => records.map(({ key }) => key));
        assert.deepEqual(keys, like.map((name) => `${R.prefix}/${name}`).toSorted());
      }
      assert.equal(L.read(setAside), "of another run");
      assert.deepEqual(
        Object.keys(L.files()).filter((name) => name.endsWith("/x")),
        [],
      );
      assert.deepEqual(await R.files().then((all) => foreign.map((name) => all[name])), [
        "not a state",
        "not a backup",
        "not a lock",
      ]);
    },
  );

  scene(
    "128 an object that has the name of a temporary file of ours is reported and left (RM8)",
    async ({ machine, L, R }) => {
      const setAside = `d/.s3-bsync-${"0a".repeat(16)}`;
      await R.put(setAside, "S");
      await R.put("d/f", "F");
      const ran = await machine.run();
      assert.equal(ran.code, 3);
      assertNamed(ran.stderr, L, [setAside]);
      assert.deepEqual(L.files(), { "d/f": "F" });
      assert.deepEqual(await R.files(), { "d/f": "F", [setAside]: "S" });
    },
  );
});
