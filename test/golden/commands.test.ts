/** The written contract of the command line is the one that the program runs on. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { EXIT_TEXTS } from "../../src/cli/exit-texts.ts";
import { MODES } from "../../src/cli/modes.ts";
import { OPTION_LIST, wordOf } from "../../src/cli/options/options.ts";
import { ExitCode, worstOf } from "../../src/model/exit-code.ts";
import { commandsMarkdown } from "../support/commands-markdown.ts";
import { manPage } from "../support/man-page.ts";

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

test("commands.md is what `npm run commands` writes", () => {
  assert.equal(read("commands.md"), commandsMarkdown());
});

test("SE11: spec/s3-bsync.1 is what `npm run commands` writes, and names every option", () => {
  const page = read("spec/s3-bsync.1");
  assert.equal(page, manPage());
  const plain = page.replaceAll("\\-", "-");
  for (const [name] of OPTION_LIST) assert.ok(plain.includes(`\\fB${wordOf(name)}`), name);
});

const withoutGroff =
  spawnSync("groff", ["--version"], { stdio: "ignore" }).status !== 0 && "groff is not here";

test("SE11: groff has no complaint about the man page", { skip: withoutGroff }, () => {
  const { status, stderr } = spawnSync("groff", ["-man", "-ww", "-Tutf8", "-z"], {
    input: manPage(),
    encoding: "utf8",
  });
  assert.deepEqual([status, stderr], [0, ""]);
});

test("commands.md names every option and every mode", () => {
  const text = read("commands.md");
  for (const [name] of OPTION_LIST) assert.ok(text.includes(`\`${wordOf(name)}`), name);
  for (const name of Object.keys(MODES)) assert.ok(text.includes(`\`s3-bsync ${name}\``), name);
});

test("spec/exit-codes.md has a row for every exit code, in the words of the help", () => {
  const rows = read("spec/exit-codes.md").match(/^\| \d+ \|.*$/gm) ?? [];
  assert.deepEqual(
    rows.map((row) => row.split(" | ").slice(0, 2).join(" ").replace(/^\| /, "")),
    EXIT_TEXTS.map(([code, text]) => `${code} ${text}`),
  );
  assert.deepEqual(
    EXIT_TEXTS.map(([code]) => code),
    Object.values(ExitCode),
  );
});

test("of several exit codes in one run, the heaviest counts, in the order of spec/exit-codes.md", () => {
  const order = /^Order: (.*)\.$/m.exec(read("spec/exit-codes.md"))?.[1]?.split(", ").map(Number) ?? [];
  assert.deepEqual(order, [130, 143, 1, 4, 6, 3]);
  const codes = Object.values(ExitCode).filter((code) => order.includes(code));
  for (const a of codes) {
    for (const b of codes) {
      assert.equal(worstOf([ExitCode.ok, a, b]), order.indexOf(a) < order.indexOf(b) ? a : b);
    }
  }
});
