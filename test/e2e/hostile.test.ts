/** A bucket, a server and a neighbour on the machine that mean harm (G19, G24, G25; R24, R27, S13, CL19). */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { promisify } from "node:util";
import { jail, NO_JAIL } from "../support/jail.ts";
import { answer, isListing, list, listed, madeUp } from "../support/listing-page.ts";
import { scene } from "../support/scene.ts";
import { assertSettled, type Ran } from "../support/world.ts";

/** Clears the screen, colours, rings, and turns the direction of text. */
const CANARY = "\u001b[2J\u001b[31m\u0007\u202e\u009b0m";
const UNSAFE = /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|[\u202a-\u202e\u2066-\u2069]/u;

/** Of every kind of output. */
const LOUD = [
  [],
  ["--debug"],
  ["--dryrun"],
  ["--dryrun", "--debug"],
  ["--json"],
  ["--dryrun", "--json"],
] as const;

function assertHarmless({ stdout, stderr }: Ran): void {
  assert.doesNotMatch(stdout + stderr, UNSAFE);
}

const HOSTILE_KEYS = [
  "../x",
  "a/../../x",
  "..",
  "/etc/passwd",
  `.s3-bsync-${"0".repeat(32)}`,
  `d/.s3-bsync-${"f".repeat(32)}`,
  "x".repeat(300),
  `${"long/".repeat(204)}x`.padEnd(1100, "y"),
  `crlf\r\nSet-Cookie: x`,
  `esc${CANARY}/f`,
];

describe("hostile buckets", { concurrency: 3 }, () => {
  scene(
    "G19, R24 keys that lead elsewhere, or are no names here, touch nothing, whatever is done with them",
    async (parts) => {
      const { machine, L, R } = parts;
      L.write("good", "G", 1);
      await machine.sync();
      const beside = readdirSync(machine.home).toSorted();
      const objects = [...(await listed(R)), ...HOSTILE_KEYS.map((name) => madeUp(R, name))];
      list(machine.proxy, R, objects);
      for (const words of LOUD) {
        const ran = await machine.run(...words);
        assert.equal(ran.code, 3, ran.stderr);
        assertHarmless(ran);
      }
      assert.deepEqual(L.files(), { good: "G" });
      assert.deepEqual(readdirSync(machine.home).toSorted(), beside);
      machine.proxy.instead = () => false;
      await assertSettled(parts);
    },
  );

  scene(
    "G19 names of the state and its companion folder are refused where these lie in the root",
    async ({ machine, L, R }) => {
      const own = L.path(".state.s3sync");
      const inside = ["--file", own] as const;
      await machine.init(...inside);
      L.write("good", "G", 1);
      await machine.sync(...inside);
      const state = readFileSync(own);
      const names = [
        ".state.s3sync",
        ".state.s3sync.d",
        ".state.s3sync.d/pairs.json",
        ".state.s3sync.d/lock",
        ".state.s3sync.d/new/x",
      ];
      for (const name of names) await R.put(name, "theirs", 9).catch(() => {});
      const ran = await machine.run(...inside);
      assert.equal(ran.code, 3, ran.stderr);
      for (const name of names.slice(2)) assert.ok(!(L.files()[name] ?? "").includes("theirs"), name);
      assert.notEqual(L.files()[".state.s3sync"], "theirs");
      assert.equal(readFileSync(own).subarray(0, 4).equals(state.subarray(0, 4)), true);
      assert.deepEqual((await R.files())["good"], "G");
    },
  );

  scene(
    "G18, G25 hostile metadata keeps one file at most from coming, and makes none look changed",
    async (parts) => {
      const { machine, L, R } = parts;
      const times = [
        "NaN",
        "1e400",
        "-1",
        "-99999999999",
        "999999999999",
        "1.",
        "0x10",
        "1700000000.999999999999",
        "9".repeat(400),
      ];
      for (const [at, mtime] of times.entries())
        await R.put(`t${at}`, `T${at}`, undefined, { Metadata: { mtime } });
      await R.put("md5", "M", undefined, { Metadata: { md5chksum: "not one" } });
      await R.put("envelope", "E", undefined, {
        Metadata: { "bsync-encoding": "zip+bomb", "bsync-size": "1e9" },
      });
      const ran = await machine.run();
      assert.equal(ran.code, 3, ran.stderr);
      assert.match(ran.stderr, /^s3-bsync: [^\n]*\/envelope: [^\n]*\n$/);
      for (const at of times.keys()) assert.equal(L.read(`t${at}`), `T${at}`);
      machine.proxy.log.length = 0;
      await machine.run();
      const asked = machine.proxy.log.filter((request) => !isListing(request));
      // No time makes a file look changed; what could not be understood may be put right any day.
      assert.ok(asked.every(({ method, key }) => method !== "PUT" && key.endsWith("/envelope")));
    },
  );

  scene("G25, CL19 what a server says in an error does nothing to the terminal", async ({ machine, L }) => {
    L.write("f", "F", 1);
    const told = CANARY.replaceAll("\u001b", "&#x1b;")
      .replaceAll("\u0007", "&#x7;")
      .replaceAll("\u009b", "&#x9b;");
    const body = `<Error><Code>Odd${told}</Code><Message>line\nline ${told}</Message></Error>`;
    machine.proxy.instead = (request, response) => isListing(request) && answer(response, body, 400);
    for (const words of LOUD) {
      const ran = await machine.run(...words);
      assert.equal(ran.code, 1);
      assertHarmless(ran);
    }
    machine.proxy.instead = (request, response) => request.method === "PUT" && answer(response, body, 400);
    for (const words of [[], ["--debug"], ["--json"]]) {
      const ran = await machine.run(...words);
      assert.equal(ran.code, 3, ran.stderr);
      assertHarmless(ran);
    }
  });

  scene(
    "G25, IG12 an ignore file that could be matched for ever stops its directory, and nothing else",
    async (parts) => {
      const { machine, L, R } = parts;
      const deep = `d/${"a/".repeat(60)}b/c`;
      L.write(deep, "deep", 1);
      await R.put("d/.s3syncignore", `${"**/a/".repeat(12)}b`, 2);
      L.write("other", "O", 1);
      const ran = await machine.run();
      assert.equal(ran.code, 3);
      assert.match(ran.stderr, /its ignore file has too many patterns/);
      assert.deepEqual(Object.keys(await R.files()).toSorted(), ["d/.s3syncignore", "other"]);
      await R.remove("d/.s3syncignore");
      await machine.sync();
      await assertSettled(parts);
    },
  );
});

describe("hostile neighbours", { concurrency: 3 }, () => {
  scene(
    "G19, X12 a directory that is swapped for a symlink during runs leads nothing in or out",
    async ({ machine, L, R }) => {
      const outside = join(machine.home, "outside");
      for (const name of ["a", "b", "c"]) {
        mkdirSync(outside, { recursive: true });
        writeFileSync(join(outside, name), "OUTSIDE");
        L.write(`d/${name}`, `inside ${name}`, 1);
        L.write(`k${name}`, "quiet", 1);
      }
      await machine.sync();
      const before = picture(outside);
      const script = join(import.meta.dirname, "../support/link-swapper.ts");
      let attacking = true;
      const attack = promisify(execFile)(process.execPath, [
        "--import=tsx",
        script,
        L.path("d"),
        outside,
        "6000",
      ]).finally(() => (attacking = false));
      for (let round = 2; attacking; round++) {
        await R.put("d/a", `remote ${round}`, round);
        await R.put(`d/new${round}`, "new", round);
        assertHarmless(await machine.run("--max-delete", "all", "--max-overwrite", "all"));
      }
      assert.ok(Number((await attack).stdout) > 10, "it was swapped");
      assert.deepEqual(picture(outside), before, "nothing outside was touched");
      for (const content of Object.values(await R.files()))
        assert.doesNotMatch(content, /OUTSIDE/, "nothing from outside was sent");
    },
  );

  scene("G19 a file with another name elsewhere is replaced, never written through", async (parts) => {
    const { machine, L, R } = parts;
    L.write("f", "shared", 1);
    L.write("k", "quiet", 1);
    const elsewhere = join(machine.home, "elsewhere");
    linkSync(L.path("f"), elsewhere);
    await machine.sync();
    await R.put("f", "newer", 5);
    await machine.sync();
    assert.equal(L.read("f"), "newer");
    assert.equal(readFileSync(elsewhere, "utf8"), "shared");
    await assertSettled(parts);
  });

  scene(
    "G24, S13 a state file and a companion folder that others may use are made private",
    async ({ machine, L }) => {
      L.write("f", "F", 1);
      await machine.sync();
      chmodSync(machine.stateFile, 0o644);
      chmodSync(`${machine.stateFile}.d`, 0o777);
      L.write("g", "G", 2);
      await machine.sync();
      assert.equal(statSync(machine.stateFile).mode & 0o777, 0o600);
      assert.equal(statSync(`${machine.stateFile}.d`).mode & 0o777, 0o700);
    },
  );

  scene(
    "G19, S13 a companion folder that is a symlink is refused, and nothing is written where it leads",
    async ({ machine, L }) => {
      L.write("f", "F", 1);
      await machine.sync();
      const outside = join(machine.home, "outside");
      mkdirSync(outside);
      renameSync(`${machine.stateFile}.d`, `${machine.stateFile}.away`);
      symlinkSync(outside, `${machine.stateFile}.d`);
      L.write("g", "G", 2);
      const ran = await machine.run();
      assert.equal(ran.code, 1, ran.stderr);
      assert.match(ran.stderr, /^s3-bsync: [^\n]+\n {2}hint: [^\n]+\n$/);
      assert.deepEqual(readdirSync(outside), []);
    },
  );

  scene(
    "G24, CL19 names of files that act on a terminal are told in every kind of output, and do nothing",
    async ({ machine, L }) => {
      L.write(`f${CANARY}`, "F", 1);
      symlinkSync("nowhere", L.path(`link${CANARY}`));
      for (const words of [
        ["--dryrun", "--debug"],
        ["--dryrun"],
        ["--dryrun", "--json"],
        ["--debug"],
        ["--dump", "--debug"],
        ["--dump", "--json"],
        ["--status"],
      ]) {
        const ran = await machine.run(...words);
        assertHarmless(ran);
      }
    },
  );

  scene(
    "G19 in a jail where only the root and the folder of the state can be written, runs do all they do elsewhere",
    async (parts, t) => {
      const { machine, L, R } = parts;
      const state = join(machine.home, "state");
      mkdirSync(state);
      const words = jail([L.root, state]);
      if (words === undefined) return t.skip(NO_JAIL);
      machine.through = words;
      const file = ["--file", join(state, "s3sync")] as const;
      await machine.init(...file);
      for (const [at, name] of ["a", "d/b", "d/c", "e"].entries()) L.write(name, name, at);
      await R.put("r/down", "down", 1);
      await R.put("a", "conflict", 9);
      const dry = await machine.run(...file, "--dryrun");
      assert.equal(dry.code, 0, dry.stderr);
      await machine.sync(...file);
      await R.remove("e");
      L.remove("d/b");
      L.write("d/c", "edited", 10);
      await machine.sync(...file);
      assert.equal((await machine.run(...file, "--status")).code, 0);
      assert.deepEqual(await R.files(), { a: "conflict", "d/c": "edited", "r/down": "down" });
      assert.deepEqual(L.files(), await R.files());
      assert.deepEqual(readdirSync(machine.home).toSorted(), [
        ".state.s3sync",
        ".state.s3sync.d",
        "state",
        "tree",
      ]);
    },
  );
});

function picture(folder: string): string[] {
  return ["", ...readdirSync(folder, { recursive: true, encoding: "utf8" })].toSorted().map((name) => {
    const { mode, mtimeMs, ctimeMs, nlink } = lstatSync(join(folder, name));
    return [name, mode, mtimeMs, ctimeMs, nlink].join(" ");
  });
}
