/** The scripts that complete the words of the command, run by their shells where these are here. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { completionScript } from "../../../src/cli/completion/completion.ts";
import { gistOf } from "../../../src/cli/completion/gist.ts";
import { MODES } from "../../../src/cli/modes.ts";
import { OPTION_LIST, wordOf } from "../../../src/cli/options/options.ts";
import { SHELLS, type Shell } from "../../../src/cli/values/values.ts";
import { completed } from "../../support/completed.ts";
import { session } from "../../support/session.ts";
import { tempDir } from "../../support/temp-dir.ts";

function without(program: Shell | "script"): string | false {
  const isHere = spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
  return isHere ? false : `${program} is not here`;
}

test("SE10: --completion prints the script of a shell without a state file, and names the shells there are", async () => {
  const newEngine = async () => assert.fail("no engine is needed");
  for (const shell of SHELLS) {
    const printed = { stdout: completionScript(shell), stderr: "", exitCode: 0 };
    assert.deepEqual(await session(["--completion", shell], undefined, { newEngine }), printed);
    assert.deepEqual(await session(["completion", shell], undefined, { newEngine }), printed);
  }
  const { stderr, exitCode } = await session(["--completion", "tcsh"]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /^s3-bsync: --completion tcsh: not bash, zsh, fish\n/);
  assert.equal((await session(["--completion"])).exitCode, 2);
});

test("SE10: every script knows every option and every mode", () => {
  for (const shell of SHELLS) {
    const script = completionScript(shell);
    for (const [name] of OPTION_LIST) {
      const word = shell === "fish" ? `-l ${wordOf(name).slice(2)} ` : wordOf(name);
      assert.ok(script.includes(word), `${shell}: ${word}`);
    }
    for (const mode of Object.keys(MODES)) assert.ok(script.includes(mode), `${shell}: ${mode}`);
  }
});

describe("SE10: a shell takes its script without a word", () => {
  for (const shell of SHELLS) {
    test(shell, { skip: without(shell) }, () => {
      using directory = tempDir("completion");
      const path = join(directory.path, "script");
      writeFileSync(path, completionScript(shell));
      const { status, stdout, stderr } = spawnSync(shell, ["-n", path], { encoding: "utf8" });
      assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "", stderr: "" });
    });
  }
});

const WITH_WORDS = new Map(
  OPTION_LIST.flatMap(([name, { words }]) => (words === undefined ? [] : [[wordOf(name), words] as const])),
);

describe("SE10: a shell offers modes, options, and the words that a value can be, also behind =", () => {
  for (const shell of SHELLS) {
    test(shell, { skip: without(shell) }, () => {
      const asked: (readonly [line: string, offered: readonly string[]])[] = [
        ["", Object.keys(MODES)],
        ["du", ["dump"]],
        ["--dr", ["--dryrun"]],
        ["--debug --onl", ["--only"]],
        ["--init --rec", ["--recover"]],
        ["--on-conflict l", ["local"]],
        ["--on-conflict=l", ["local"]],
        ["--direction=up --rep", ["--report"]],
      ];
      for (const [option, words] of WITH_WORDS) asked.push([`${option} `, words], [`${option}=`, words]);
      if (shell !== "bash") asked.push(["--sse aws:kms:", ["aws:kms:dsse"]]); // for bash a colon ends a word
      const offered = completed(
        shell,
        asked.map(([line]) => `s3-bsync ${line}`),
      );
      for (const [at, [line, words]] of asked.entries())
        assert.deepEqual(offered[at], words.toSorted(), `${shell}: ${line}`);
    });
  }
});

test("SE10: every option that takes one of a few words has them in the table", () => {
  assert.deepEqual(WITH_WORDS.get("--direction"), ["both", "up", "down"]);
  assert.deepEqual([...WITH_WORDS.keys()].toSorted(), [
    "--backup",
    "--completion",
    "--direction",
    "--gzip",
    "--log-level",
    "--on-conflict",
    "--report",
    "--scheduler",
    "--service",
    "--sse",
    "--storage-class",
  ]);
});

describe("SE10: bash offers", { skip: without("bash") }, () => {
  const offered = (line: string): readonly string[] => completed("bash", [`s3-bsync ${line}`])[0] ?? [];

  test("the options of the mode, by its name or its flag, and the flags of other modes while there is none", () => {
    assert.deepEqual(offered("--ini"), ["--init"]);
    assert.deepEqual(offered("restore-backup --t"), ["--to"]);
    assert.deepEqual(offered("--dump --max"), []);
  });

  test("no options where a value stands", () => {
    assert.deepEqual(offered("--file --"), []);
    assert.deepEqual(offered("--bwlimit --"), []);
  });
});

test(
  "SE10: at a terminal bash completes what is typed, up to the value behind =, and paths",
  { skip: without("bash") || without("script") },
  () => {
    using directory = tempDir("completion");
    const at = (name: string): string => join(directory.path, name);
    writeFileSync(at("script"), completionScript("bash"));
    writeFileSync(at("one file"), "");
    const typed = [
      `cd ${directory.path}; . ./script; s3-bsync() { printf '%s\\n' "$@" >>words; }`,
      "s3-bsync --direc\t=u\t --fi\tone\t",
      "s3-bsync ver\t--qu\t",
      "exit",
    ];
    const input = typed.map((line) => `${line}\n`).join("");
    const { status } = spawnSync("script", ["-qec", "bash --norc -i", "/dev/null"], {
      input,
      timeout: 60_000,
    });
    assert.equal(status, 0);
    const words = readFileSync(at("words"), "utf8").trimEnd().split("\n");
    assert.deepEqual(words, ["--direction", "=up", "--file", "one file", "verify", "--quick"]);
  },
);

test("a gist is the first clause of a summary, whatever names stand in it", () => {
  assert.deepEqual(
    [
      "Tie a directory to s3://bucket/prefix; more",
      "What the .s3syncignore files match, in all; more",
      "Sync. Silent",
      "Do this, and that",
    ].map(gistOf),
    [
      "Tie a directory to s3://bucket/prefix",
      "What the .s3syncignore files match, in all",
      "Sync",
      "Do this",
    ],
  );
});
