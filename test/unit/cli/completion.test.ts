/** The scripts that complete the words of the command, run by their shells where these are here. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { completionScript } from "../../../src/cli/completion.ts";
import { gistOf } from "../../../src/cli/completion/gist.ts";
import { MODES } from "../../../src/cli/modes.ts";
import { OPTION_LIST, wordOf } from "../../../src/cli/options.ts";
import { SHELLS, type Shell } from "../../../src/cli/values.ts";
import { session } from "../../support/session.ts";
import { tempDir } from "../../support/temp-dir.ts";

function without(shell: Shell): string | false {
  const isHere = spawnSync(shell, ["-c", ":"], { stdio: "ignore" }).status === 0;
  return isHere ? false : `${shell} is not here`;
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

/** What bash offers for the last of the words, as its line editor asks for it. */
function offered(...line: readonly string[]): readonly string[] {
  const ask = [
    completionScript("bash"),
    "complete -p s3-bsync >/dev/null || exit 9",
    'COMP_WORDS=("$@")',
    "COMP_CWORD=$(($# - 1))",
    "_s3_bsync",
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join("\n");
  const args = ["--norc", "-c", ask, "bash", "s3-bsync", ...line];
  const { status, stdout, stderr } = spawnSync("bash", args, { encoding: "utf8" });
  assert.deepEqual([status, stderr], [0, ""]);
  return stdout.split("\n").filter((word) => word !== "");
}

describe("SE10: bash offers", { skip: without("bash") }, () => {
  test("modes for the first word", () => {
    assert.deepEqual(offered(""), Object.keys(MODES));
    assert.deepEqual(offered("du"), ["dump"]);
  });

  test("the options of the mode, by its name or its flag, and the flags of other modes while there is none", () => {
    assert.deepEqual(offered("--dr"), ["--dryrun"]);
    assert.deepEqual(offered("--ini"), ["--init"]);
    assert.deepEqual(offered("--init", "--rec"), ["--recover"]);
    assert.deepEqual(offered("restore-backup", "--t"), ["--to"]);
    assert.deepEqual(offered("--dump", "--max"), []);
  });

  test("the words that a value can be, also behind =, and no options where a value stands", () => {
    assert.deepEqual(offered("--on-conflict", ""), ["newer", "local", "remote", "both", "ask"]);
    assert.deepEqual(offered("--on-conflict", "=", "l"), ["local"]);
    assert.deepEqual(offered("--log-level", "="), ["error", "info", "debug"]);
    assert.deepEqual(offered("--completion", "z"), ["zsh"]);
    assert.deepEqual(offered("--file", "--"), []);
  });
});

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
