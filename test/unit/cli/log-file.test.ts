/** What `--log-file` writes, and where. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LogFile } from "../../../src/cli/log/log-file.ts";
import { BsyncError, LockedError } from "../../../src/model/errors.ts";
import { ExitCode } from "../../../src/model/exit-code.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import type { Reporter } from "../../../src/ports/reporter.ts";
import { aMap, aResult, memoryEngine, session } from "../../support/session.ts";
import { tempDir } from "../../support/temp-dir.ts";

const map = aMap();
const EVIL = "evil\n2026-01-01T00:00:00.000Z info  forged\r\x1b[2J\u2028";

async function acts(reporter: Reporter): Promise<ExitCode> {
  const done = { end: "done", rule: "R11", base: undefined } as const;
  await reporter.began(map);
  await reporter.noted(map, "a note of\n2 lines", keyOfText(EVIL));
  await reporter.ended(map, { ...done, verb: "upload", key: keyOfText("a b"), bytes: 2048 });
  await reporter.ended(map, { ...done, verb: "upload", key: keyOfText(EVIL), bytes: 1 });
  await reporter.ended(map, { ...done, verb: "adopt", key: keyOfText("c"), bytes: 0 });
  const not = { rule: "R2", verb: "download", key: keyOfText("d") } as const;
  await reporter.ended(map, { ...not, end: "failed", why: `said ${EVIL}`, reported: true });
  await reporter.ended(map, { ...not, end: "left", why: "a symlink", reported: false });
  await reporter.held(map, { what: "deletions", side: "local", count: 11, of: 20 });
  const error = new BsyncError("no bucket b", { hint: "make it" });
  await reporter.finished(map, aResult({ error, exitCode: ExitCode.failed }));
  return ExitCode.failed;
}

async function logged(...argv: readonly string[]): Promise<readonly string[]> {
  using directory = tempDir("log");
  const path = join(directory.path, "run.log");
  const ran = await session(["--log-file", path, ...argv], memoryEngine({ maps: [map], sync: acts }));
  assert.equal(ran.exitCode, 1);
  assert.equal(ran.stdout, "");
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const text = readFileSync(path, "utf8");
  assert.ok(text.endsWith("\n"), "whole lines");
  const lines = text.slice(0, -1).split("\n");
  for (const line of lines) assert.match(line, /^1970-01-01T00:00:00\.000Z (?:error|info |debug) \P{C}+$/u);
  return lines.map((line) => line.slice("1970-01-01T00:00:00.000Z ".length));
}

const EVIL_SHOWN = '"evil\\n2026-01-01T00:00:00.000Z info  forged\\r\\u{1b}[2J\\u{2028}"';

test("SE7: a line for all that was done and went wrong; no name makes a line of its own", async () => {
  const lines = await logged();
  assert.match(lines[0] ?? "", /^info {2}run begins: s3-bsync \S+, \/home\/ann\/\.state\.s3sync$/);
  assert.deepEqual(lines.slice(1), [
    "info  /data/docs: uploaded  a b  2.0 KiB  (R11: new here)",
    `info  /data/docs: uploaded  ${EVIL_SHOWN}  1 B  (R11: new here)`,
    `error /data/docs: failed download  d  (R2: changed in the bucket; said ${EVIL_SHOWN.slice(1, -1)})`,
    "error /data/docs <-> s3://bucket/docs: 11 of 20 tracked files would be deleted here (a renamed directory looks like this too): held back, with their records; the rest goes on; hint: look at them with s3-bsync --dryrun; to allow them in one run: s3-bsync --max-delete 11",
    "error no bucket b (hint: make it)",
    "info  /data/docs <-> s3://bucket/docs: ends with 1: nothing; 0 B up, 0 B down; 1 LIST",
    "info  run ends with 1: nothing; 0 B up, 0 B down; 1 LIST",
  ]);
});

test("SE7: --log-level error leaves what went wrong, debug brings all", async () => {
  const errors = await logged("--log-level", "error");
  assert.equal(errors.length, 3);
  assert.ok(
    errors.every((line) => line.startsWith("error ")),
    errors.join("\n"),
  );
  const all = await logged("--log-level", "debug");
  const details = all.filter((line) => line.startsWith("debug "));
  assert.equal(all.length, 8 + details.length);
  assert.deepEqual(details, [
    "debug /data/docs <-> s3://bucket/docs: begins",
    `debug /data/docs: note: ${EVIL_SHOWN}: a note of\\n2 lines`,
    "debug /data/docs: recorded  c  (R11: new here)",
    "debug /data/docs: left  d  (R2: changed in the bucket; a symlink)",
  ]);
});

test("SE7: what ends the whole run is in it, too", async () => {
  using directory = tempDir("log");
  const path = join(directory.path, "run.log");
  for (const error of [new LockedError("another run is under way"), new BsyncError("no", { hint: "yes" })]) {
    const sync = async (): Promise<ExitCode> => {
      throw error;
    };
    await session(["--log-file", path], memoryEngine({ maps: [map], sync }));
  }
  const lines = readFileSync(path, "utf8").split("\n");
  assert.match(lines[1] ?? "", / info {2}run ends: another run is under way$/);
  assert.match(lines[3] ?? "", / error run ends: no \(hint: yes\)$/);
});

test("SE8: a file that would grow too large makes way, so many times, and hands its mode on", () => {
  using directory = tempDir("log");
  const path = join(directory.path, "log");
  const file = new LogFile(path, { maxBytes: 10, keep: 2 });
  chmodSync(path, 0o640);
  for (const line of ["1111\n", "2222\n", "3333\n", "a line that is longer than a file\n", "5\n"])
    file.write(line);
  file.close();
  const held = Object.fromEntries(
    readdirSync(directory.path).map((name) => [name, readFileSync(join(directory.path, name), "utf8")]),
  );
  assert.deepEqual(held, { log: "5\n", "log.1": "a line that is longer than a file\n", "log.2": "3333\n" });
  assert.equal(statSync(path).mode & 0o777, 0o640);
});

test("SE8: of two processes that write one log, both go on in the new file", () => {
  using directory = tempDir("log");
  const path = join(directory.path, "log");
  const [one, two] = [1, 2].map(() => new LogFile(path, { maxBytes: 10, keep: 3 }));
  one?.write("111111\n");
  one?.write("2222\n");
  two?.write("3333\n");
  assert.equal(readFileSync(path, "utf8"), "2222\n3333\n");
  assert.equal(readFileSync(`${path}.1`, "utf8"), "111111\n");
  one?.close();
  two?.close();
});

test("SE8, SE9: a log that cannot be written is told once, and the run goes on with its exit code", async () => {
  using directory = tempDir("log");
  const at = (name: string): string => join(directory.path, name);
  writeFileSync(at("mine"), "mine");
  symlinkSync(at("mine"), at("link"));
  mkdirSync(at("directory"));
  assert.equal(spawnSync("mkfifo", [at("fifo")]).status, 0);
  for (const [name, why] of [
    ["absent/log", "it is not there (ENOENT)"],
    ["mine/log", "a part of its path is no directory (ENOTDIR)"],
    ["link", "a symlink"],
    ["directory", "a directory is in its place (EISDIR)"],
  ] as const) {
    const ran = await session(["--log-file", at(name)], memoryEngine({ maps: [map] }));
    assert.equal(ran.exitCode, 0);
    assert.equal(
      ran.stderr,
      `s3-bsync: --log-file ${at(name)}: ${why}\n  hint: the run goes on without its log\n`,
    );
  }
  const fifo = await session(["--log-file", at("fifo")], memoryEngine({ maps: [map] }));
  assert.deepEqual([fifo.exitCode, fifo.stderr.split("\n").length], [0, 3]);
  assert.equal(readFileSync(at("mine"), "utf8"), "mine");
});

test("SE9: a dry run writes none, and an old log is only added to", async () => {
  using directory = tempDir("log");
  const path = join(directory.path, "log");
  await session(["--log-file", path, "--dryrun"], memoryEngine({ maps: [map] }));
  assert.ok(!existsSync(path), "a dry run changes nothing");
  appendFileSync(path, "before\n");
  await session(["--log-file", path], memoryEngine({ maps: [map] }));
  assert.match(readFileSync(path, "utf8"), /^before\n\S+ info {2}run begins/);
});

test("SE9: a log in a mapped directory is refused, by whatever path, and so is a level without a log", async () => {
  const directories = { "/data/docs": "/data/docs", "/link/sub": "/data/docs/sub", "/data": "/data" };
  const engine = memoryEngine({ maps: [map], directories });
  for (const path of ["/data/docs/log", "/link/sub/log"]) {
    const { stderr, exitCode } = await session(["--log-file", path], engine);
    assert.equal(exitCode, 2);
    assert.match(stderr, /lies in the mapped directory \/data\/docs\n {2}hint: put it elsewhere\n$/);
  }
  assert.equal((await session(["--log-level", "debug"], engine)).exitCode, 2);
  assert.match(
    (await session(["--log-level", "all", "--log-file", "/x"], engine)).stderr,
    /not error, info, debug/,
  );
});
