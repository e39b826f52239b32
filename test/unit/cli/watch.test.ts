/** `--watch` on a machine whose clock is set and whose changes are made up: when it runs, what it says, how it ends. */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { WatchListener } from "../../../src/cli/host.ts";
import { BsyncError, LockedError } from "../../../src/model/errors.ts";
import { ExitCode } from "../../../src/model/exit-code.ts";
import type { DirectoryMap } from "../../../src/model/map.ts";
import type { ToldReport } from "../../../src/ports/report-memory.ts";
import { aMap, memoryEngine, NO_HOST, session, type Session, words } from "../../support/session.ts";
import { tempDir } from "../../support/temp-dir.ts";

const map = aMap();
const broken = new BsyncError("S3 cannot be reached");
const SAID = "s3-bsync: S3 cannot be reached\n";

interface Watched extends Session {
  /** When runs began, in seconds. */
  readonly ranAt: readonly number[];
  /** Roots that were watched, run by run. */
  readonly followed: readonly (readonly string[])[];
  readonly isClosed: boolean;
}

interface Script {
  /** How the runs end, one after the other; then all is well. */
  readonly ends?: readonly (ExitCode | BsyncError)[];
  /** What is done while the process sleeps, by the number of the sleep; the last one ends it by a signal. */
  readonly sleeps: readonly ((watch: WatchListener, passed: (ms: number) => void) => void)[];
  readonly maps?: () => readonly DirectoryMap[] | undefined;
  readonly last?: ToldReport;
}

const pass = (): void => {};

/** Sleeps take their whole time unless something changes in them. */
async function watching(line: string, { ends = [], sleeps, maps, last }: Script): Promise<Watched> {
  let nowMs = 0;
  let runs = 0;
  let slept = 0;
  let isClosed = false;
  let memory = last;
  let heard: WatchListener | undefined;
  const ranAt: number[] = [];
  const followed: (readonly string[])[] = [];
  const abort = new AbortController();
  const engine = memoryEngine({
    maps: [map],
    sync: async () => {
      ranAt.push(nowMs / 1000);
      const end = ends[runs++] ?? ExitCode.ok;
      if (end instanceof BsyncError) throw end;
      return end;
    },
    change: {
      ...(maps && { maps }),
      now: () => nowMs,
      reports: {
        last: () => memory,
        keep: (report) => void (memory = report),
        clear: () => void (memory = undefined),
      },
      host: {
        ...NO_HOST,
        watch: async (listener) => {
          heard = listener;
          return {
            follow: async (trees) => void followed.push(trees.map(({ root }) => root)),
            close: async () => void (isClosed = true),
          };
        },
        sleep: async (ms, wake) => {
          const step = sleeps[slept++];
          assert.ok(heard, "it watches before it sleeps");
          step?.(heard, (part) => void (nowMs += part));
          if (step === undefined) abort.abort(ExitCode.terminated);
          if (!wake.aborted) nowMs += ms;
        },
      },
    },
  });
  const ended = await session(words(line), engine, { signal: abort.signal });
  return { ...ended, ranAt, followed, isClosed };
}

function near(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length, String(actual));
  for (const [at, seconds] of expected.entries())
    assert.ok(Math.abs((actual[at] ?? 0) - seconds) <= 0.1 * seconds + 0.01, `${actual} is not ${expected}`);
}

test("it runs at once and at every poll, silently, and SIGTERM ends it with 143 (UN8, UN13)", async () => {
  const { ranAt, isClosed, ...ended } = await watching("--watch", { sleeps: [pass, pass] });
  near(ranAt, [0, 60, 120]);
  assert.deepEqual([ended.stdout, ended.stderr, ended.exitCode], ["", "", 143]);
  assert.ok(isClosed, "nothing is watched any more");
});

test("`watch` as the first word is --watch; --settle and --poll are its times (UN8)", async () => {
  const { ranAt } = await watching("watch --settle 5 --poll 100", {
    sleeps: [(watch) => watch.changed("/data/docs/a"), pass, pass],
  });
  near(ranAt, [0, 5, 105]);
});

test("changes are waited for until they cease (UN8)", async () => {
  const late = (watch: WatchListener, passed: (ms: number) => void): void => {
    passed(1_500);
    watch.changed("/data/docs/a");
  };
  const { ranAt } = await watching("--watch", { sleeps: [late, late, late, pass] });
  near(ranAt, [0, 6.5]);
});

test("trouble is told once while it stays the same, and told again when it comes back (UN12)", async () => {
  const { stderr, ranAt } = await watching("--watch", {
    ends: [broken, broken, broken, ExitCode.ok, broken],
    sleeps: [pass, pass, pass, pass],
  });
  assert.equal(ranAt.length, 5);
  assert.equal(stderr, SAID + SAID);
});

test("--report always tells trouble every time (UN12)", async () => {
  const { stderr } = await watching("--watch --report always", { ends: [broken, broken], sleeps: [pass] });
  assert.equal(stderr, SAID + SAID);
});

test("the first run tells what an earlier process has told already (UN12)", async () => {
  const known: ToldReport[] = [];
  const kept = { keep: (report: ToldReport) => void known.push(report), last: () => undefined, clear: pass };
  const engine = memoryEngine({
    maps: [map],
    sync: async () => {
      throw broken;
    },
    change: { reports: kept },
  });
  await session(words("--report changes"), engine);
  const [last] = known;
  assert.ok(last, "it is remembered");
  assert.equal((await watching("--watch", { ends: [broken, broken], sleeps: [pass], last })).stderr, SAID);
});

test("a lock that is held is tried again, and nothing is said of it (UN11)", async () => {
  const held = new LockedError("another run is under way");
  const { ranAt, stderr } = await watching("--watch", { ends: [held, held], sleeps: [pass, pass, pass] });
  near(ranAt, [0, 2, 4, 64]);
  assert.equal(stderr, "");
});

test("each run begins with the maps of the state file (UN14)", async () => {
  let asked = 0;
  const maps = (): readonly DirectoryMap[] => (asked++ === 0 ? [map] : [map, aMap({ root: "/data/music" })]);
  const { followed } = await watching("--watch", { sleeps: [pass], maps });
  assert.deepEqual(followed, [["/data/docs"], ["/data/docs", "/data/music"]]);
});

test("a state file that cannot be read any more is told by the run and ends nothing (UN12, UN14)", async () => {
  const maps = (): readonly DirectoryMap[] => {
    throw broken;
  };
  const { ranAt, stderr } = await watching("--watch", { ends: [broken], sleeps: [pass], maps });
  near(ranAt, [0, 5]);
  assert.equal(stderr, SAID);
});

test("what cannot be watched is said, and the polls go on (UN14)", async () => {
  const { ranAt, stderr } = await watching("--watch", {
    sleeps: [(watch) => watch.failed("ENOSPC"), pass],
  });
  near(ranAt, [0, 60, 120]);
  assert.match(stderr, /^s3-bsync: not all can be watched: ENOSPC\n {2}hint: .*--poll seconds/);
});

test("--debug says why it runs and when it runs next, --json in lines of the type run (UN15)", async () => {
  const sleeps = [(watch: WatchListener) => watch.changed("/data/docs/a\nb"), pass];
  const { stdout } = await watching("--watch --debug", { sleeps });
  const lines = stdout.split("\n").filter((line) => line.startsWith("watch: "));
  assert.equal(lines[0], "watch: runs: it begins");
  assert.match(lines[1] ?? "", /^watch: next run in \d+ seconds, or when something changes$/);
  assert.equal(lines[2], 'watch: runs: "/data/docs/a\\nb" changed');
  const json = await watching("--watch --json", { sleeps });
  assert.deepEqual(JSON.parse(json.stdout.split("\n")[1] ?? ""), {
    type: "run",
    why: "changed",
    path: "/data/docs/a\nb",
  });
});

test("UN19, SE9: --log-file has the lines of every run that did not meet another one, and what hinders it is told once", async () => {
  using directory = tempDir("log");
  const path = join(directory.path, "log");
  const held = new LockedError("another run is under way");
  const lines = (): readonly string[] =>
    readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^\S+ (\w+) +/, "$1 "));
  const begins = /^info run begins: /;
  const takenAway = (): void => {
    const [first, second, third, fourth, ...more] = lines();
    assert.match(first ?? "", begins);
    assert.equal(second, "info run ends with 0");
    assert.match(third ?? "", begins);
    assert.equal(fourth, "error run ends: S3 cannot be reached");
    assert.deepEqual(more, []);
    rmSync(path);
  };
  const ends = [ExitCode.ok, held, held, broken];
  const ran = await watching(`--watch --log-file ${path}`, { ends, sleeps: [pass, pass, pass, takenAway] });
  assert.equal(ran.stderr, SAID);
  assert.deepEqual([lines().length, lines()[1]], [2, "info run ends with 0"], "it is made anew");

  rmSync(path);
  mkdirSync(path);
  const hindered = await watching(`--watch --log-file ${path}`, { sleeps: [pass, pass] });
  near(hindered.ranAt, [0, 60, 120]);
  const why = `s3-bsync: --log-file ${path}: a directory is in its place (EISDIR)\n`;
  assert.equal(hindered.stderr, `${why}  hint: the run goes on without its log\n`);
});

test("UN19, SE9: a map that is added over the log ends the log, and not the watching", async () => {
  using directory = tempDir("log");
  const path = join(directory.path, "log");
  let asked = 0;
  const maps = (): readonly DirectoryMap[] => (asked++ < 3 ? [map] : [map, aMap({ root: directory.path })]);
  const { ranAt, stderr } = await watching(`--watch --log-file ${path}`, { sleeps: [pass, pass], maps });
  near(ranAt, [0, 60, 120]);
  assert.equal(stderr.split("lies in the mapped directory").length, 2, stderr);
  assert.equal(readFileSync(path, "utf8").split("run begins").length, 2);
  const refused = await watching(`--watch --log-file /data/docs/log`, { sleeps: [] });
  assert.deepEqual([refused.exitCode, refused.ranAt], [2, []]);
});

test("a wrong command line ends it with 2, and so does what would override a guard again and again (UN12)", async () => {
  for (const [line, said] of [
    ["--watch --settle -1", "--settle needs a value: SECONDS"],
    ["--watch --settle x", "--settle x: not a number of seconds from 0 to 86400"],
    ["--watch --poll 0", "--poll 0: not a number of seconds from 1 to 86400"],
    ["--watch --max-delete x", "--max-delete x: not a number of files, a percentage such as 20%, or all"],
    ["--watch --allow-empty", "--allow-empty does not go with --watch"],
    ["--watch --dryrun", "--dryrun does not go with --watch"],
    ["--poll 5", "--poll needs --watch"],
  ] as const) {
    const { exitCode, stderr } = await watching(line, { sleeps: [] });
    assert.equal(exitCode, 2, line);
    assert.equal(stderr, `s3-bsync: ${said}\n  hint: s3-bsync --help\n`);
  }
});

test("without a state file it ends with 1 (UN12)", async () => {
  const { exitCode, stderr } = await session(["--watch"], memoryEngine());
  assert.equal(exitCode, 1);
  assert.match(stderr, /there is no state file/);
});
