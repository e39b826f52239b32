/** Words of any kind on the command line: done, or refused with what is wrong and what to do (CL rules, G24, G25). */

import assert from "node:assert/strict";
import { OPTION_BY_WORD } from "../../src/cli/options/options.ts";
import { MODES } from "../../src/cli/modes.ts";
import { fuzz } from "../support/fuzz.ts";
import { aMap, memoryEngine, session } from "../support/session.ts";

/** What a terminal acts on, or what ends a line. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|[\u202a-\u202e\u2066-\u2069]/u;
const OPTION_WORDS = [...OPTION_BY_WORD.keys()];
const WORDS = [
  ...OPTION_WORDS,
  ...OPTION_WORDS,
  ...Object.keys(MODES),
  "/data/docs",
  "s3://bucket/docs",
  "s3://b",
  "s3://",
  "s3:///x",
  "s3://../x",
  "10",
  "50%",
  "all",
  "-1",
  "1e400",
  "NaN",
  "0x10",
  "",
  " ",
  "-",
  "--",
  "-x",
  "---",
  "--no-debug",
  "--dryrun=1",
  "--dir=/a",
  "--__proto__",
  "--constructor=1",
  "__proto__",
  "\u001b[2J\u001b[31m",
  "a\nb",
  "\u202egpj",
  "\ud800",
  "\0",
  "x".repeat(3000),
  "http://u:p@h/",
  "https://h",
  "file:///etc/passwd",
  "~",
  "~root/x",
  "../..",
  "é",
  "losers",
  "ask",
  "latest",
  "%",
  "\u2028",
  "both",
];

fuzz(
  "G24, G25, CL19: any words are done, or refused in one line with a hint, and nothing acts on the terminal",
  { met: ["exit 0", "exit 2"] },
  async (draw) => {
    const argv = draw.some(5, () => {
      const word = draw.of(WORDS);
      return draw.below(6) > 0
        ? word
        : draw.of([
            `${word}=${draw.of(WORDS)}`,
            word.slice(1),
            word.toUpperCase(),
            `${word}${draw.of(WORDS)}`,
          ]);
    });
    const engine = memoryEngine({ maps: [aMap()], directories: { "/data/docs": "/data/docs" } });
    const { stdout, stderr, exitCode } = await session(argv, engine);
    assert.doesNotMatch(stdout + stderr, UNSAFE, JSON.stringify(argv));
    if (!argv.includes("--debug")) assert.doesNotMatch(stderr, /^ {4}at /m, JSON.stringify(argv));
    if (exitCode === 2) assert.match(stderr, /^s3-bsync: [^\n]+\n {2}hint: [^\n]+\n/, JSON.stringify(argv));
    if (exitCode === 2) assert.equal(stdout, "", JSON.stringify(argv));
    return `exit ${exitCode}`;
  },
);
