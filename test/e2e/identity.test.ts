/** Whether a directory and an endpoint are those that the records were made with. */

import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type Parts, startingFrom } from "../support/scene.ts";
import { otherDevices } from "../support/preload.ts";
import { operationOf, type Recorded, recordingProxy } from "../support/recording-proxy.ts";
import { unchangedBy } from "../support/stand-still.ts";
import { assertSettled, newWorld, scenario, type World } from "../support/world.ts";

const NAMES = ["a", "b", "d/1", "d/2"];
const synced = startingFrom(Object.fromEntries(NAMES.map((name) => [name, `content of ${name}`])));

/** Another directory in the place of the root, with the same files: what a copy of the disk looks like. */
function replaceByCopy({ machine, L }: Parts): void {
  const copy = join(machine.home, "copy");
  cpSync(L.root, copy, { recursive: true, preserveTimestamps: true });
  rmSync(L.root, { recursive: true });
  renameSync(copy, L.root);
}

/** Stops the map: nothing changes, and the message names what would let it through. */
async function assertStopped(
  parts: Parts,
  what: RegExp,
  flags: string,
  ...argv: readonly string[]
): Promise<void> {
  const ran = await unchangedBy(parts, () => parts.machine.run(...argv));
  assert.deepEqual([ran.code, ran.stdout], [4, ""], ran.stderr);
  const [problem = "", hint = ""] = ran.stderr.split("\n");
  assert.match(problem, what);
  assert.ok(hint.startsWith("  hint: ") && hint.endsWith(flags), ran.stderr);
}

async function withoutTrace(play: (world: World) => Promise<void>): Promise<void> {
  await using world = await newWorld();
  await play(world);
}

describe("identity", { concurrency: 3 }, () => {
  describe("of a directory", { concurrency: 3 }, () => {
    synced("1 another device number, as after a reboot, is not noticed (S4)", async (parts) => {
      const { machine, L } = parts;
      // Were it noticed, half of the files gone would stop the map.
      L.remove("d");
      const ran = await machine.runWith(otherDevices());
      assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
      assert.deepEqual(await parts.R.names(), ["a", "b"]);
      await assertSettled(parts);
    });

    synced(
      "2 the companion folder is lost: with the tracked files in place, identity is taken anew without a question (S4)",
      async (parts) => {
        const { machine, L } = parts;
        const folder = `${machine.stateFile}.d`;
        rmSync(folder, { recursive: true });
        assert.deepEqual(Object.keys(await machine.counting(() => machine.sync())), ["ListObjectsV2"]);
        assert.ok(existsSync(folder));
        L.remove("d");
        await machine.sync();
        assert.deepEqual(await parts.R.names(), ["a", "b"]);
        await assertSettled(parts);
      },
    );

    synced(
      "3 the companion folder is lost, and half of the tracked files: the map stops until --accept-identity (S4, S8)",
      async (parts) => {
        const { machine, L, R } = parts;
        rmSync(`${machine.stateFile}.d`, { recursive: true });
        L.remove("d");
        L.write("new", "not sent");
        await assertStopped(parts, /2 of 4 tracked files are gone/, ": s3-bsync --accept-identity");
        await assertStopped(
          parts,
          /2 of 4 tracked files are gone/,
          ": s3-bsync --accept-identity",
          "--allow-empty",
        );
        await machine.sync("--accept-identity");
        assert.deepEqual(Object.keys(await R.files()).toSorted(), ["a", "b", "new"]);
        await assertSettled(parts);
      },
    );

    synced(
      "4 a whole copy of the disk is taken without a question, and known from then on (S4)",
      async (parts) => {
        const { machine, L, R } = parts;
        replaceByCopy(parts);
        await R.put("a", "edited there");
        L.write("b", "edited here");
        await machine.sync();
        assert.equal(L.read("a"), "edited there");
        assert.equal(await R.read("b"), "edited here");
        L.remove("d");
        await machine.sync();
        assert.deepEqual(await R.names(), ["a", "b"]);
        await assertSettled(parts);
      },
    );

    synced(
      "5 an older copy of the disk that lacks half of the files stops the map, until --accept-identity (S4, S8)",
      async (parts) => {
        const { machine, L, R } = parts;
        replaceByCopy(parts);
        L.remove("d");
        await R.put("e", "not fetched");
        await assertStopped(
          parts,
          /not the directory that was synced before: 2 of 4/,
          ": s3-bsync --accept-identity",
        );
        await machine.sync("--accept-identity");
        assert.deepEqual(L.files(), { a: "content of a", b: "content of b", e: "not fetched" });
        await assertSettled(parts);
        L.remove("a");
        L.remove("b");
        await machine.sync();
        assert.deepEqual(await R.names(), ["e"], "it is the known one from then on");
        await assertSettled(parts);
      },
    );

    test("6 a disk with other files under the same names stops the map, and the message names every flag (S4, S7, S8)", () =>
      scenario(async (parts) => {
        const { machine, L, R } = parts;
        const names = Array.from({ length: 25 }, (_, i) => `f${i}`);
        for (const name of names) L.write(name, `content of ${name}`, 1);
        await machine.sync();
        replaceByCopy(parts);
        for (const name of names) L.write(name, `other content of ${name}`, 5);
        await assertStopped(parts, /25 changed/, ": s3-bsync --accept-identity --max-overwrite all");
        await machine.sync("--accept-identity", "--max-overwrite", "all");
        assert.equal(await R.read("f7"), "other content of f7");
        await assertSettled(parts);
      }));

    synced(
      "7 a root removed and made anew, empty, stops the map; with the files back it goes on (S2, S4, S8)",
      async (parts) => {
        const { machine, L, R } = parts;
        const aside = join(machine.home, "aside");
        cpSync(L.root, aside, { recursive: true, preserveTimestamps: true });
        rmSync(L.root, { recursive: true });
        mkdirSync(L.root);
        await R.put("new", "not fetched yet");
        await assertStopped(
          parts,
          /is empty, while 4 paths are tracked/,
          ": s3-bsync --allow-empty --accept-identity",
        );
        await assertStopped(parts, /is not the directory/, ": s3-bsync --accept-identity", "--allow-empty");
        await assertStopped(parts, /is empty/, ": s3-bsync --allow-empty", "--accept-identity");
        cpSync(aside, L.root, { recursive: true, preserveTimestamps: true });
        await machine.sync();
        assert.equal(L.read("new"), "not fetched yet");
        await assertSettled(parts);
      },
    );

    synced(
      "8 an empty root that is meant carries its deletions, for that run only (S2, S8)",
      async (parts) => {
        const { machine, L, R } = parts;
        for (const name of ["a", "b", "d"]) L.remove(name);
        await assertStopped(parts, /is empty/, ": s3-bsync --allow-empty");
        await machine.sync("--allow-empty");
        assert.deepEqual(await R.names(), []);
        await assertSettled(parts);
        for (const name of NAMES) L.write(name, "again");
        await machine.sync();
        for (const name of ["a", "b", "d"]) L.remove(name);
        await assertStopped(parts, /is empty/, ": s3-bsync --allow-empty");
      },
    );

    synced(
      "9 an empty prefix while files are tracked stops the map, a dry run too (S2, S8)",
      async (parts) => {
        const { machine, L, R } = parts;
        for (const name of NAMES) await R.remove(name);
        await assertStopped(
          parts,
          /s3:\/\/.* is empty, while 4 paths are tracked/,
          ": s3-bsync --allow-empty",
        );
        const dry = await unchangedBy(parts, () => machine.run("--dryrun"));
        assert.equal(dry.code, 4);
        await machine.sync("--allow-empty");
        assert.deepEqual(L.files(), {});
        await assertSettled(parts);
      },
    );

    for (const [what, make] of [
      ["missing", () => {}],
      ["a file", (root: string) => writeFileSync(root, "")],
    ] as const) {
      synced(`10 a root that is ${what} stops the map, whatever the flags (S1)`, async (parts) => {
        const { machine, L } = parts;
        const aside = join(machine.home, "aside");
        renameSync(L.root, aside);
        make(L.root);
        const flags = ["--allow-empty", "--accept-identity", "--max-delete", "all", "--max-overwrite", "all"];
        for (const argv of [[], ["--dryrun"], flags]) {
          machine.proxy.log.length = 0;
          const ran = await machine.run(...argv);
          assert.deepEqual([ran.code, machine.proxy.log.map(operationOf)], [4, []]);
          assert.match(
            ran.stderr,
            /tree is missing or not a directory: .*\n {2}hint: .*s3-bsync --init --rmdir/,
          );
        }
        rmSync(L.root, { force: true });
        renameSync(aside, L.root);
        await assertSettled(parts);
      });
    }

    test("11 a map whose root is missing does not hold up another one (S1)", () =>
      withoutTrace(async (world) => {
        const machine = await world.machine();
        const [one, two] = [join(machine.home, "one"), join(machine.home, "two")];
        for (const root of [one, two]) mkdirSync(root);
        for (const root of [one, two]) {
          const map = ["--dir", root, `${machine.destination}/${root === one ? "one" : "two"}`];
          assert.equal((await machine.run("--init", ...map)).code, 0);
          for (const name of ["x", "y"]) writeFileSync(join(root, name), name);
        }
        await machine.sync();
        const before = machine.records();
        renameSync(one, `${one}.away`);
        writeFileSync(join(two, "z"), "z");

        const ran = await machine.run();
        assert.equal(ran.code, 4);
        assert.ok(ran.stderr.startsWith(`s3-bsync: ${one} is missing`), ran.stderr);
        assert.deepEqual(await world.remote.names(), ["one/x", "one/y", "two/x", "two/y", "two/z"]);
        const { "two/z": added, ...kept } = machine.records();
        assert.ok(added !== undefined);
        assert.deepEqual(kept, before);

        renameSync(`${one}.away`, one);
        await machine.sync();
        assert.deepEqual(Object.keys(await machine.counting(() => machine.sync())), ["ListObjectsV2"]);
      }));
  });

  describe("while a run goes on", { concurrency: 3 }, () => {
    synced(
      "12 a root that is exchanged while it is looked at stops the map before anything is done (S5, X1)",
      async (parts) => {
        const { machine, L, R } = parts;
        L.write("a", "edited");
        const exchange = exchangeAt(parts, (request) => operationOf(request) === "ListObjectsV2");
        const before = [machine.records(), await R.files()];
        machine.proxy.log.length = 0;
        const ran = await machine.run();
        assert.equal(ran.code, 4);
        assert.match(ran.stderr, /tree became another directory while it was being synced/);
        assert.deepEqual([machine.records(), await R.files()], before);
        assert.deepEqual([...new Set(machine.proxy.log.map(operationOf))], ["ListObjectsV2"]);
        exchange.back();
        await machine.sync();
        assert.equal(await R.read("a"), "edited");
        await assertSettled(parts);
      },
    );

    synced(
      "13 a root that vanishes during the uploads stops the deletions that follow, and what was done is recorded (S5, X8)",
      async (parts) => {
        const { machine, L, R } = parts;
        L.write("a", "edited");
        L.remove("d/1");
        const exchange = exchangeAt(parts, (request) => operationOf(request) === "PutObject");
        const ran = await machine.run();
        assert.equal(ran.code, 4);
        assert.match(ran.stderr, /tree became another directory/);
        assert.deepEqual(await R.files(), {
          a: "edited",
          b: "content of b",
          "d/1": "content of d/1",
          "d/2": "content of d/2",
        });
        assert.equal(machine.records()["a"]?.size, "edited".length);
        assert.ok("d/1" in machine.records());
        exchange.back();
        await machine.sync();
        assert.deepEqual((await R.names()).toSorted(), ["a", "b", "d/2"]);
        await assertSettled(parts);
      },
    );
  });

  describe("of an endpoint", { concurrency: 3 }, () => {
    synced(
      "14 another endpoint stops the map until --accept-identity, and then is the known one (S3, S8)",
      async (parts) => {
        const { world, machine, L, R } = parts;
        await using other = await recordingProxy(world.server.endpoint);
        const there = { AWS_ENDPOINT_URL: other.endpoint };
        L.write("a", "edited here");
        await R.put("b", "edited there");
        for (const argv of [[], ["--dryrun"], ["--allow-empty"]]) {
          const ran = await unchangedBy(parts, () => machine.runWith(there, ...argv));
          assert.equal(ran.code, 4);
          const [problem = "", hint = ""] = ran.stderr.split("\n");
          assert.ok(problem.includes(machine.proxy.endpoint) && problem.includes(other.endpoint), problem);
          assert.match(hint, /--accept-identity/);
        }
        assert.deepEqual(other.log, [], "it is not even asked");

        const accepted = await machine.runWith(there, "--accept-identity");
        assert.deepEqual(accepted, { code: 0, stdout: "", stderr: "" });
        assert.equal(await R.read("a"), "edited here");
        assert.equal(L.read("b"), "edited there");
        assert.deepEqual(await machine.runWith(there), { code: 0, stdout: "", stderr: "" });
        assert.equal((await unchangedBy(parts, () => machine.run())).code, 4, "now the old one is the other");
        await machine.sync("--accept-identity");
        await assertSettled(parts);
      },
    );

    synced(
      "15 another endpoint in the options of the map stops it too: --init records no identity for records that are there (S3)",
      async (parts) => {
        const { world, machine, L } = parts;
        await using other = await recordingProxy(world.server.endpoint);
        const records = machine.records();
        const edited = await machine.run(
          "--init",
          "--dir",
          L.root,
          machine.destination,
          "--endpoint-url",
          other.endpoint,
        );
        assert.equal(edited.code, 0, edited.stderr);
        assert.deepEqual(machine.records(), records);
        assert.equal((await unchangedBy(parts, () => machine.run())).code, 4);
        assert.deepEqual(other.log, []);
        await machine.sync("--accept-identity");
        assert.deepEqual([...new Set(other.log.map(operationOf))], ["ListObjectsV2"]);
      },
    );

    synced(
      "16 without the companion folder no endpoint is known, and the one that is asked becomes so (S3, S4)",
      async (parts) => {
        const { world, machine } = parts;
        await using other = await recordingProxy(world.server.endpoint);
        const there = { AWS_ENDPOINT_URL: other.endpoint };
        rmSync(`${machine.stateFile}.d`, { recursive: true });
        assert.deepEqual(await machine.runWith(there), { code: 0, stdout: "", stderr: "" });
        assert.equal((await unchangedBy(parts, () => machine.run())).code, 4);
        await machine.sync("--accept-identity");
        await assertSettled(parts);
      },
    );
  });
});

/** At the first request that is meant, the root gives way to an empty directory. */
function exchangeAt(
  { machine, L }: Parts,
  isMeant: (request: Recorded) => boolean,
): { readonly back: () => void } {
  const aside = join(machine.home, "aside");
  machine.proxy.before = (request) => {
    if (existsSync(aside) || !isMeant(request)) return;
    renameSync(L.root, aside);
    mkdirSync(L.root);
  };
  return {
    back: () => {
      machine.proxy.before = () => {};
      rmSync(L.root, { recursive: true });
      renameSync(aside, L.root);
    },
  };
}
