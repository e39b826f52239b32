/** What is answered without an engine, and what reaches the process. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Writable } from "node:stream";
import { test } from "node:test";
import { streamOutput } from "../../../src/cli/terminal/stream-output.ts";
import { VERSION } from "../../../src/cli/version.ts";
import { BsyncError, LockedError } from "../../../src/model/errors.ts";
import { memoryEngine, session } from "../../support/session.ts";

const noEngine = { newEngine: async () => assert.fail("no engine is needed") };

test("the version is that of package.json", async () => {
  const text = await readFile(new URL("../../../package.json", import.meta.url), "utf8");
  assert.equal((JSON.parse(text) as { version: string }).version, VERSION);
});

test("CL6: -v and --version print name and version, -h, -? and --help the help, beside whatever else is said", async () => {
  for (const argv of [["-v"], ["--version"], ["--version", "--nonsense"]]) {
    assert.deepEqual(await session(argv, memoryEngine(), noEngine), {
      stdout: `s3-bsync ${VERSION}\n`,
      stderr: "",
      exitCode: 0,
    });
  }
  for (const argv of [["-h"], ["-?"], ["--help"], ["--init", "--help"]]) {
    const { stdout, exitCode } = await session(argv, memoryEngine(), noEngine);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^usage: s3-bsync[^]*\nBegin with:\n  s3-bsync --init --dir PATH s3:[^]*\nModes:\n/);
    assert.ok(
      stdout.split("\n").every((line) => line.length <= 100),
      "lines fit a terminal",
    );
  }
});

test("a usage error is exit code 2, a line and a hint, and loads no engine", async () => {
  assert.deepEqual(await session(["--dry-run"], memoryEngine(), noEngine), {
    stdout: "",
    stderr: "s3-bsync: unknown option --dry-run; did you mean --dryrun?\n  hint: s3-bsync --help\n",
    exitCode: 2,
  });
});

test("without HOME the state file must be named", async () => {
  const { stderr, exitCode } = await session([], memoryEngine(), { ...noEngine, home: undefined });
  assert.equal(exitCode, 2);
  assert.equal(
    stderr,
    "s3-bsync: ~/.state.s3sync: HOME is not set\n  hint: name the state file: --file /path/to/state.s3sync\n",
  );
  assert.equal((await session(["--file", "/x"], memoryEngine(), { home: undefined })).exitCode, 0);
});

test("--file is expanded and made absolute before the engine sees it", async () => {
  for (const [argv, expected] of [
    [[], "/home/ann/.state.s3sync"],
    [["--file", "~/s"], "/home/ann/s"],
    [["--file=s"], "/somewhere/s"],
  ] as const) {
    let seen = "";
    await session(argv, memoryEngine(), {
      async newEngine(stateFile) {
        seen = stateFile;
        return memoryEngine();
      },
    });
    assert.equal(seen, expected);
  }
});

test("CL20: output waits for a slow reader: what is written and not taken stays bounded", async () => {
  let release: (() => void) | undefined;
  let taken = "";
  const stream = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      taken += chunk.toString();
      release = done;
    },
  });
  const output = streamOutput(stream);
  let written = 0;
  const writing = (async () => {
    for (; written < 10; written++) await output.write("x".repeat(20_000));
  })();
  await new Promise(setImmediate);
  assert.equal(written, 0, "the first piece is not taken yet");
  while (written < 10) {
    release?.();
    await new Promise(setImmediate);
  }
  await writing;
  const flushed = output.flush();
  release?.();
  assert.equal(await flushed, undefined);
  assert.equal(taken.length, 200_000);
});

test("CL20: a reader that goes away is no error; a full disk is one", async () => {
  for (const [code, isError] of [
    ["EPIPE", false],
    ["ENOSPC", true],
  ] as const) {
    const failing = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
    });
    const output = streamOutput(failing);
    const closed = new Promise((resolve) => failing.once("close", resolve));
    await output.write("x");
    await output.flush();
    await closed;
    await output.write("y");
    assert.equal((await output.flush()) !== undefined, isError, code);
  }
});

test("commands in hints name the state file they are about, unless it is the default one", async () => {
  const engine = memoryEngine({
    change: { sync: () => Promise.reject(new BsyncError("no", { hint: "s3-bsync --init" })) },
  });
  assert.match((await session([], engine)).stderr, /hint: s3-bsync --init\n$/);
  const other = await session(["--file", "/x y"], { ...engine, stateFile: "/x y" });
  assert.match(other.stderr, /hint: s3-bsync --file '\/x y' --init\n$/);
});

test("a sync that meets another run is silent; an edit of the state file says so (S11)", async () => {
  const locked = () => Promise.reject(new LockedError("another run is under way"));
  const engine = memoryEngine({ maps: [], change: { sync: locked, locked } });
  assert.deepEqual(await session([], engine), { stdout: "", stderr: "", exitCode: 5 });
  assert.match((await session(["--debug"], engine)).stderr, /another run/);
  const init = await session(["--init"], engine);
  assert.deepEqual([init.exitCode, init.stderr], [5, "s3-bsync: another run is under way\n"]);
});
