/** Conflicts, and what becomes of them by the word of the user: as a flag, as an option of the map, at a terminal. */

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { describe, test } from "node:test";
import { atTerminal, KEYS, WITHOUT_TERMINAL } from "../support/pseudo-terminal.ts";
import { type Parts, scene, startingFrom } from "../support/scene.ts";
import { unchangedBy } from "../support/stand-still.ts";
import { assertSettled, at, type Machine, type Ran, scenario } from "../support/world.ts";

const KEPT = { "k/1": "one", "k/2": "two", "k/3": "three" };
const BEFORE = { "a.txt": "before", "dir/b": "before", ...KEPT };
const start = startingFrom(BEFORE);

/** Of `a.txt` the local edit is newer, of `dir/b` the remote one. */
async function editBoth({ L, R }: Parts): Promise<void> {
  L.write("a.txt", "local a", 9);
  await R.put("a.txt", "remote a", 8);
  L.write("dir/b", "local b", 8);
  await R.put("dir/b", "remote b", 9);
}

/** Names and contents, without the time in the names of losers. */
function named(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(files).map(
    ([name, content]) => [name.replace(/\.conflict-\d{8}-\d{6}/, ".conflict"), content] as const,
  );
  return Object.fromEntries(entries);
}

async function losersIn(machine: Machine): Promise<readonly string[]> {
  const { stdout } = await machine.run("--backups", "--json");
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { readonly key: string; readonly side: string })
    .map(({ key, side }) => `${key} ${side}`)
    .toSorted();
}

const POLICIES = [
  ["newer", { "a.txt": "local a", "dir/b": "remote b" }, ["a.txt remote", "dir/b local"]],
  ["local", { "a.txt": "local a", "dir/b": "local b" }, ["a.txt remote", "dir/b remote"]],
  ["remote", { "a.txt": "remote a", "dir/b": "remote b" }, ["a.txt local", "dir/b local"]],
  [
    "both",
    {
      "a.txt": "local a",
      "a.conflict.txt": "remote a",
      "dir/b": "remote b",
      "dir/b.conflict": "local b",
    },
    [],
  ],
] as const;

describe("conflict policies", { concurrency: 3 }, () => {
  for (const [policy, contents, losers] of POLICIES) {
    for (const how of ["for a run", "of the map"] as const) {
      start(
        `--on-conflict ${policy} ${how}: the winner is on both sides, no content is lost (R20, R21, R23, R31)`,
        async (parts) => {
          const { machine, L, R } = parts;
          const words = ["--on-conflict", policy];
          if (how === "of the map") await machine.init(...words);
          await editBoth(parts);
          await machine.sync(...(how === "of the map" ? [] : words));
          assert.deepEqual(named(L.files()), { ...contents, ...KEPT });
          assert.deepEqual(named(await R.files()), { ...contents, ...KEPT });
          assert.deepEqual(await losersIn(machine), losers);
          await assertSettled(parts);
        },
      );
    }
  }

  start("a flag goes before what is stored with the map (CL13)", async (parts) => {
    const { machine, L } = parts;
    await machine.init("--on-conflict", "local");
    await editBoth(parts);
    await machine.sync("--on-conflict", "remote");
    assert.deepEqual([L.read("a.txt"), L.read("dir/b")], ["remote a", "remote b"]);
    const dump = await machine.run("--dump", "--json");
    assert.match(dump.stdout, /"options":\{[^}]*"on-conflict":"local"/);
  });

  start("--init without the option gives the default back (CL11)", async (parts) => {
    const { machine, L } = parts;
    await machine.init("--on-conflict", "local");
    await machine.init();
    await editBoth(parts);
    await machine.sync();
    assert.equal(L.read("dir/b"), "remote b");
  });

  for (const word of ["", "older", "Newer", "ask,both"]) {
    test(`--on-conflict "${word}" is refused, in a run and in --init (CL5)`, () =>
      scenario(async ({ machine, L }) => {
        const state = readFileSync(machine.stateFile);
        for (const argv of [[], ["--init", "--dir", L.root, machine.destination]]) {
          const ran = await machine.run(...argv, "--on-conflict", word);
          assert.deepEqual([ran.code, ran.stdout], [2, ""]);
          assert.match(ran.stderr, /^s3-bsync: --on-conflict/);
        }
        assert.deepEqual(readFileSync(machine.stateFile), state);
      }));
  }

  start(
    "--on-conflict both keeps the time of the loser, and tells in a dry run what it will do (R31)",
    async (parts) => {
      const { machine, L } = parts;
      await editBoth(parts);
      const dry = await unchangedBy(parts, () => machine.run("--on-conflict", "both", "--dryrun"));
      assert.match(dry.stdout, /set-beside +a\.conflict-\d{8}-\d{6}\.txt .*the loser of "a\.txt"/);
      assert.match(dry.stdout, /upload +a\.txt .*the other is kept as "a\.conflict-/);
      await machine.sync("--on-conflict", "both");
      for (const name of Object.keys(L.files()).filter((each) => each.includes(".conflict-")))
        assert.equal(statSync(L.path(name)).mtimeMs, at(8), name);
    },
  );

  start("--on-conflict both again and again takes a new name each time (R31)", async (parts) => {
    const { machine, L } = parts;
    for (let round = 0; round < 3; round++) {
      L.write("a.txt", `local ${round}`, 20 + round);
      await parts.R.put("a.txt", `remote ${round}`, 10 + round);
      await machine.sync("--on-conflict", "both");
    }
    const losers = Object.entries(L.files()).filter(([name]) => name.includes(".conflict-"));
    assert.deepEqual(losers.map(([, content]) => content).toSorted(), ["remote 0", "remote 1", "remote 2"]);
    await assertSettled(parts);
  });
});

describe("--on-conflict ask where nobody can be asked", { concurrency: 3 }, () => {
  for (const how of ["for a run", "of the map"] as const) {
    start(`${how}: both stay, each is named, the rest goes on, exit code 6 (R32)`, async (parts) => {
      const { machine, L, R } = parts;
      const words = ["--on-conflict", "ask"];
      if (how === "of the map") await machine.init(...words);
      const flags = how === "of the map" ? [] : words;
      await editBoth(parts);
      L.write("new", "N");
      const first = await machine.run(...flags);
      assertWaits(first, L.root);
      assert.equal(await R.read("new"), "N");
      const again = await unchangedBy(parts, () => machine.run("--dryrun", ...flags));
      assert.equal(again.code, 6);
      const second = await machine.run(...flags);
      assertWaits(second, L.root);
      assert.deepEqual([L.read("a.txt"), L.read("dir/b")], ["local a", "local b"]);
      assert.deepEqual([await R.read("a.txt"), await R.read("dir/b")], ["remote a", "remote b"]);
      assert.equal(machine.backups().length, 0);
      await machine.sync("--on-conflict", "newer");
      assert.deepEqual([L.read("a.txt"), L.read("dir/b")], ["local a", "remote b"]);
      await assertSettled({ ...parts, machine });
    });
  }

  start("--json tells both versions of what waits (R32, CL18)", async (parts) => {
    const { machine } = parts;
    await editBoth(parts);
    const dry = await machine.run("--on-conflict", "ask", "--dryrun", "--json");
    assert.equal(dry.code, 6);
    assert.deepEqual(conflictsOf(dry), {
      "a.txt": {
        local: { bytes: 7, mtimeMs: at(9) },
        remote: { bytes: 8, mtimeMs: at(8) },
        newer: "local",
      },
      "dir/b": {
        local: { bytes: 7, mtimeMs: at(8) },
        remote: { bytes: 8, mtimeMs: at(9) },
        newer: "remote",
      },
    });
    const real = await machine.run("--on-conflict", "ask", "--json");
    assert.equal(real.code, 6);
    const lines = linesOf(real);
    assert.deepEqual(
      lines.filter(({ type }) => type === "outcome").map(({ key, end }) => `${String(key)} ${String(end)}`),
      ["a.txt left", "dir/b left"],
    );
    const { exitCode, totals } = lines.at(-1) ?? {};
    assert.equal(exitCode, 6);
    assert.match(JSON.stringify(totals), /"waiting":2/);
  });

  scene("a first meeting of different contents waits as well (R12, R32)", async (parts) => {
    const { machine, L, R } = parts;
    L.write("a", "here", 1);
    L.write("same", "same", 1);
    await R.put("a", "there", 2);
    await R.put("same", "same", 2);
    const ran = await machine.run("--on-conflict", "ask");
    assert.equal(ran.code, 6);
    assert.deepEqual(Object.keys(machine.records()), ["same"]);
    assert.deepEqual([L.read("a"), await R.read("a")], ["here", "there"]);
  });
});

describe("--on-conflict ask at a terminal", { skip: WITHOUT_TERMINAL, concurrency: 3 }, () => {
  for (const [letters, expected, losers, code] of [
    [["l", "r"], { "a.txt": "local a", "dir/b": "remote b" }, 2, 0],
    [["r", "L"], { "a.txt": "remote a", "dir/b": "local b" }, 2, 0],
    [["n", "newer"], { "a.txt": "local a", "dir/b": "remote b" }, 2, 0],
    [["s", "l"], { "a.txt": "local a", "dir/b": "local b" }, 1, 6],
    [["q"], { "a.txt": "local a", "dir/b": "local b" }, 0, 6],
    [["x", "", " l", "?", "s"], { "a.txt": "local a", "dir/b": "local b" }, 1, 6],
  ] as const) {
    start(
      `${JSON.stringify(letters)}: each is asked until there is an answer, and it is done (R32)`,
      async (parts) => {
        const { machine, L } = parts;
        await editBoth(parts);
        const answers = letters.map((letter) => letter + KEYS.enter);
        const ran = await atTerminal(machine, answers, "--on-conflict", "ask");
        assert.deepEqual([ran.code, ran.stdout], [code, ""], ran.stderr);
        for (const [name, content] of Object.entries(expected)) assert.equal(L.read(name), content, name);
        assert.equal((await losersIn(machine)).length, losers);
        if (code === 0) await assertSettled(parts);
      },
    );
  }

  start("b keeps both, and the question tells sizes and times (R32, R31)", async (parts) => {
    const { machine, L } = parts;
    await machine.init("--on-conflict", "ask");
    await editBoth(parts);
    const ran = await atTerminal(machine, [`b${KEYS.enter}`, `s${KEYS.enter}`]);
    assert.equal(ran.code, 6);
    assert.match(
      ran.stderr,
      /^conflict: a\.txt\n {2}local +7 B {2}2026-01-01T00:09:00\S* {2}newer\n {2}remote +8 B {2}2026-01-01T00:08:00\S*\n {2}keep \[l\]ocal, \[r\]emote, \[n\]ewer, \[b\]oth; /,
    );
    assert.equal(named(L.files())["a.conflict.txt"], "remote a");
  });

  start("the end of input is the end of asking: the rest waits (R32)", async (parts) => {
    await editBoth(parts);
    const ran = await atTerminal(parts.machine, [KEYS.end], "--on-conflict", "ask");
    assert.equal(ran.code, 6, ran.stderr);
    assert.match(ran.stderr, /dir\/b: both sides changed/);
  });

  start("Ctrl-C at the question ends the run with 130, and nothing is done (R32, CL21)", async (parts) => {
    const { machine, L } = parts;
    await editBoth(parts);
    L.write("new", "N");
    const ran = await unchangedBy(parts, () =>
      atTerminal(machine, [`l${KEYS.enter}`, KEYS.interrupt], "--on-conflict", "ask"),
    );
    assert.deepEqual([ran.code, ran.stdout], [130, ""], ran.stderr);
    assert.ok(!ran.stderr.includes("signal"), ran.stderr);
    await machine.sync();
    await assertSettled(parts);
  });

  start("a dry run never asks (R32)", async (parts) => {
    await editBoth(parts);
    const ran = await unchangedBy(parts, () =>
      atTerminal(parts.machine, [], "--on-conflict", "ask", "--dryrun"),
    );
    assert.deepEqual([ran.code, ran.stderr], [6, ""]);
  });

  start("the other policies never ask (R32)", async (parts) => {
    await editBoth(parts);
    assert.deepEqual(await atTerminal(parts.machine, []), { code: 0, stdout: "", stderr: "" });
  });
});

type Line = Readonly<Record<string, unknown>>;

function linesOf({ stdout }: Ran): readonly Line[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

function conflictsOf(ran: Ran): Line {
  const waiting = linesOf(ran).filter((line) => "conflict" in line);
  return Object.fromEntries(waiting.map(({ key, conflict }) => [key, conflict]));
}

function assertWaits({ code, stdout, stderr }: Ran, root: string): void {
  assert.deepEqual([code, stdout], [6, ""]);
  const what = "both sides changed; which one is right? --on-conflict newer|local|remote|both";
  assert.equal(stderr, `s3-bsync: ${root}/a.txt: ${what}\ns3-bsync: ${root}/dir/b: ${what}\n`);
}
