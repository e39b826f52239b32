/** Scenarios L: maps beside each other, and what a script sees. */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { answerError } from "../support/listing-page.ts";
import { operationOf, type Recorded } from "../support/recording-proxy.ts";
import { type Parts, scene, synced } from "../support/scene.ts";
import { assertSettled, Local, type Machine, type Ran, Remote } from "../support/world.ts";

describe("scenarios L: maps beside each other", { concurrency: 3 }, () => {
  scene(
    "217 a map that would hold files or objects of another one is refused, and the state stays as it is (CL9)",
    async (parts) => {
      const { machine, L } = parts;
      const { destination: there } = machine;
      const free = there.replace("s3://s3-bsync-tests/", "s3://s3-bsync-tests/free-");
      const [inner, side] = [another(machine, "outer/inner"), another(machine, "side")];
      mkdirSync(L.path("sub"));
      symlinkSync(L.root, join(machine.home, "link"));
      assert.equal((await add(machine, inner.root, `${free}/inner`)).code, 0);
      const state = readFileSync(machine.stateFile);
      for (const [root, destination, ...more] of [
        [L.path("sub"), `${free}/sub`],
        [join(machine.home, "outer"), `${free}/outer`],
        [join(machine.home, "link"), `${free}/link`],
        [join(machine.home, "link/sub"), `${free}/link`],
        [side.root, there],
        [side.root, `${there}/`],
        [side.root, `${there}/sub`],
        [side.root, "s3://s3-bsync-tests"],
        [side.root, `${there}/sub`, "--endpoint-url", "http://127.0.0.1:9"],
        [side.root, `${free}/side`, "--dir", join(side.root, "..", "side"), `${free}/again`],
        [side.root, `${free}/side`, "--dir", another(machine, "more").root, `${free}/side/more`],
      ] as const) {
        const ran = await add(machine, root, destination, ...more);
        assert.deepEqual([ran.code, ran.stdout], [2, ""], `${root} ${destination}`);
        assert.match(
          ran.stderr,
          /^s3-bsync: --dir [^\n]* (?:overlaps with|mapped to) [^\n]*\n {2}hint: [^\n]*\n$/,
        );
        assert.deepEqual(readFileSync(machine.stateFile), state);
      }
    },
  );

  scene(
    "217 maps whose names only begin alike do not meet, and each file has one owner (CL9)",
    async (parts) => {
      const { L, R } = parts;
      const beside = await secondMap(parts);
      L.write("a", "of the first");
      beside.L.write("a", "of the second");
      await beside.R.put("b", "of the second");
      await parts.machine.sync();
      assert.deepEqual(L.files(), { a: "of the first" });
      assert.deepEqual(await R.files(), L.files());
      assert.deepEqual(beside.L.files(), { a: "of the second", b: "of the second" });
      assert.deepEqual(await beside.R.files(), beside.L.files());
      assert.deepEqual(await parts.machine.counting(() => parts.machine.sync()), { ListObjectsV2: 2 });
    },
  );

  for (const how of ["--rmdir", "--overwrite"] as const) {
    scene(
      `219 a map that is given up by ${how} loses nothing on either side; taken up again it is a union (CL10, CL12, R10, R11, R12)`,
      async (parts) => {
        const { machine, L, R } = parts;
        const beside = await secondMap(parts);
        beside.L.write("x", "goes on");
        await synced(parts, ["a", "b", "c"]);
        const words =
          how === "--rmdir"
            ? ["--rmdir", L.root]
            : ["--overwrite", "--dir", beside.L.root, beside.destination];
        assert.equal((await machine.run("--init", ...words)).code, 0);
        assert.deepEqual(
          Object.values(machine.records()).map(({ size }) => size),
          ["goes on".length],
        );

        L.remove("a");
        await R.remove("b");
        beside.L.write("y", "too");
        machine.proxy.log.length = 0;
        await machine.sync();
        assert.deepEqual(
          machine.proxy.log.filter(({ key }) => key.startsWith(`${R.prefix}/`)),
          [],
        );
        assert.deepEqual(
          [L.files(), await R.files()],
          [
            { b: "b", c: "c" },
            { a: "a", c: "c" },
          ],
        );
        assert.deepEqual(Object.keys(await beside.R.files()), ["x", "y"]);

        await machine.init();
        machine.proxy.log.length = 0;
        await machine.sync();
        assert.deepEqual(L.files(), { a: "a", b: "b", c: "c" });
        assert.deepEqual(await R.files(), L.files());
        const about = machine.proxy.log.filter(({ key }) => key === R.at("c").Key);
        assert.deepEqual(about, [], "what is equal is not transferred");
      },
    );
  }

  scene("221 below a map that is not recursive nothing is touched, on neither side", async (parts) => {
    const { machine, L, R } = parts;
    await machine.init("--no-recursive");
    L.write("here", "1");
    L.write("sub/here", "1");
    await R.put("there", "2");
    await R.put("sub/there", "2");
    await R.put("deep/er/there", "2");
    await machine.sync();
    assert.deepEqual(L.files(), { here: "1", "sub/here": "1", there: "2" });
    const all = { "deep/er/there": "2", here: "1", "sub/there": "2", there: "2" };
    assert.deepEqual(await R.files(), all);
    L.remove("sub");
    await R.remove("deep/er/there");
    await machine.sync();
    await assertSettled(parts, ["sub/there"]);
  });

  scene(
    "221 a map that is not recursive goes on when its last object is gone, and so does --doctor",
    async (parts) => {
      const { machine, L } = parts;
      await machine.init("--no-recursive");
      L.write("only", "1");
      await machine.sync();
      L.remove("only");
      await machine.sync();
      await machine.sync();
      assert.match((await machine.run("doctor")).stdout, /\nok {6}listing: allowed\n/);
      L.write("next", "2");
      await machine.sync();
      await assertSettled(parts);
    },
  );

  scene(
    "221 a map that becomes not recursive, and recursive again, deletes nothing (R10, R11, R12)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["a", "sub/b", "sub/c", "sub/d"]);
      await machine.init("--no-recursive");
      assert.deepEqual(Object.keys(machine.records()), ["a"]);
      L.remove("sub/b");
      await R.remove("sub/c");
      machine.proxy.log.length = 0;
      await machine.sync();
      assert.deepEqual([...new Set(machine.proxy.log.map(operationOf))], ["ListObjectsV2"]);
      assert.deepEqual(Object.keys(L.files()).toSorted(), ["a", "sub/c", "sub/d"]);
      assert.deepEqual((await R.names()).toSorted(), ["a", "sub/b", "sub/d"]);

      await machine.init();
      await machine.sync();
      assert.deepEqual(Object.keys(L.files()).toSorted(), ["a", "sub/b", "sub/c", "sub/d"]);
      await assertSettled(parts);
    },
  );
});

describe("scenarios L: what a script sees", { concurrency: 3 }, () => {
  scene("225 with no more than cron gives, a run is silent and does its work (CL15)", async (parts) => {
    const { machine, L, R } = parts;
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = machine.env();
    mkdirSync(join(machine.home, ".aws"));
    const keys = `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
    writeFileSync(join(machine.home, ".aws/credentials"), keys);
    await machine.init("--endpoint-url", machine.proxy.endpoint, "--region", "us-east-1");
    L.write("a", "here");
    await R.put("b", "there");
    const nothing = Object.fromEntries(Object.keys(machine.env()).map((name) => [name, undefined]));
    const cron = { HOME: machine.home, LOGNAME: "ann", PATH: "/usr/bin:/bin", SHELL: "/bin/sh", LANG: "C" };
    const ran = await machine.runWith({ ...nothing, ...cron });
    assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
    assert.deepEqual(L.files(), { a: "here", b: "there" });
    await assertSettled(parts);
  });

  scene("225 each path that fails is one line, whatever its name (CL15, CL19, X7)", async (parts) => {
    const { machine, L, R } = parts;
    await synced(parts, ["k"]);
    const names = ["plain", "two\nlines", "\u001b[31mred"];
    for (const name of names) L.write(name, "N");
    machine.proxy.instead = ({ method, key }, response) =>
      method === "PUT" && key !== R.at("k").Key && answerError(response, 403, "AccessDenied");
    const { code, stdout, stderr } = await machine.run();
    assert.deepEqual([code, stdout], [3, ""]);
    // oxlint-disable-next-line no-control-regex -- control characters are what it is about
    assert.match(stderr, /^(?:s3-bsync: [^\x00-\x1f]* upload: [^\x00-\x1f]*\n){3}$/);
    for (const shown of ["/plain:", String.raw`two\nlines`, String.raw`\u{1b}[31mred`])
      assert.ok(stderr.includes(shown), stderr);
    machine.proxy.instead = () => false;
    await machine.sync();
    await assertSettled(parts);
  });

  scene(
    "225 every line of --json is JSON, and the last one the summary, where a name has a newline (CL18)",
    async (parts) => {
      const { machine, L } = parts;
      L.write("two\nlines \u2028\u202e", "N");
      L.write("a", "A");
      const key = "two\nlines \u2028\u202e";
      for (const [argv, type] of [
        [["--dryrun", "--json"], "action"],
        [["--json"], "outcome"],
        [["--dump", "--json"], "record"],
      ] as const) {
        const ran = await machine.run(...argv);
        assert.deepEqual([ran.code, ran.stderr], [0, ""]);
        const lines = ran.stdout.trimEnd().split("\n");
        const told = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
        assert.deepEqual(
          told.filter((each) => each["type"] === type).map((each) => each["key"]),
          ["a", key],
        );
        if (type !== "record")
          assert.deepEqual([told.at(-1)?.["type"], told.at(-1)?.["exitCode"]], ["summary", 0]);
      }
      await assertSettled(parts);
    },
  );

  scene(
    "225 of two maps the one that fails ends only itself, and the heaviest code is that of the run",
    async (parts) => {
      const { machine, L, R } = parts;
      const beside = await secondMap(parts);
      await synced(parts, ["a", "b", "c"]);
      const denied = (isMeant: (request: Recorded) => boolean): void => {
        machine.proxy.instead = (request, response) =>
          isMeant(request) && answerError(response, 403, "AccessDenied");
      };
      const runs = async (codes: readonly [number, number], name: string): Promise<void> => {
        beside.L.write(name, name);
        const ran = await machine.run("--json");
        const summaries = ran.stdout.split("\n").filter((line) => line.startsWith('{"type":"summary"'));
        const told = summaries.map((line) => (JSON.parse(line) as { exitCode: number }).exitCode);
        assert.deepEqual([ran.code, told], [codes[0], codes], ran.stderr);
        assert.equal(await beside.R.read(name), name);
      };
      await runs([0, 0], "x0");
      L.write("a", "edited");
      denied(({ key }) => key === R.at("a").Key);
      await runs([3, 0], "x3");
      denied(({ query }) => query.get("prefix") === R.at("").Key);
      await runs([1, 0], "x1");
      machine.proxy.instead = () => false;
      for (const name of ["a", "b", "c"]) L.remove(name);
      await runs([4, 0], "x4");
    },
  );

  scene(
    "225 a wrong command line is 2, and a second run while one is under way is 5 and silent (S11)",
    async (parts) => {
      const { machine, L } = parts;
      L.write("a", "A");
      assert.deepEqual((({ code, stdout }) => [code, stdout])(await machine.run("--dryRun")), [2, ""]);
      let asked = (): void => {};
      let goOn = (): void => {};
      const underWay = new Promise<void>((resolve) => (asked = resolve));
      const held = new Promise<void>((resolve) => (goOn = resolve));
      machine.proxy.before = () => {
        asked();
        return held;
      };
      const first = machine.run();
      await underWay;
      assert.deepEqual(await machine.run(), { code: 5, stdout: "", stderr: "" });
      assert.match((await machine.run("--debug")).stderr, /^s3-bsync: /);
      goOn();
      assert.deepEqual(await first, { code: 0, stdout: "", stderr: "" });
      await assertSettled(parts);
    },
  );
});

/** A directory of the machine beside its root. */
function another({ home }: Machine, name: string): Local {
  const root = join(home, name);
  mkdirSync(root, { recursive: true });
  return new Local(root);
}

function add(machine: Machine, root: string, destination: string, ...more: readonly string[]): Promise<Ran> {
  return machine.run("--init", "--dir", root, destination, ...more);
}

interface Beside {
  readonly L: Local;
  readonly R: Remote;
  readonly destination: string;
}

/** A map whose directory and prefix begin like those of the first one. */
async function secondMap({ world, machine, L, R }: Parts): Promise<Beside> {
  const [local, remote] = [another(machine, "tree2"), new Remote(world.server, `${R.prefix}2`)];
  assert.ok(local.root === `${L.root}2`);
  const destination = `${machine.destination}2`;
  assert.equal((await add(machine, local.root, destination)).code, 0);
  return { L: local, R: remote, destination };
}
