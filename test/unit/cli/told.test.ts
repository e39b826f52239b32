/** Whether a run is told, and what is done about trouble: a fake machine that remembers, and a clock that is set. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { BsyncError, GuardError, LockedError } from "../../../src/model/errors.ts";
import { ExitCode } from "../../../src/model/exit-code.ts";
import type { ToldReport } from "../../../src/ports/report-memory.ts";
import { aMap, aResult, memoryEngine, NO_HOST, session, type Session, words } from "../../support/session.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const map = aMap();

/** Runs of one machine, one after the other. */
class Runs {
  nowMs = 1_800_000_000_000;
  syncedMs = this.nowMs - DAY;
  last: ToldReport | undefined;
  commandFails: string | undefined;
  readonly commands: { command: string; input: string; env: Readonly<Record<string, string>> }[] = [];
  readonly #abort = new AbortController();

  interrupt(): void {
    this.#abort.abort(ExitCode.terminated);
  }

  /** @param trouble how the one map ends, or what ends the whole run */
  run(line: string, trouble: ExitCode | BsyncError, whole = false): Promise<Session> {
    const engine = memoryEngine({
      maps: [map],
      sync: async (reporter) => {
        if (whole && trouble instanceof BsyncError) throw trouble;
        const error = trouble instanceof BsyncError ? trouble : undefined;
        const exitCode = trouble instanceof BsyncError ? trouble.exitCode : trouble;
        await reporter.finished(map, aResult({ exitCode, error }));
        return exitCode;
      },
      change: {
        now: () => this.nowMs,
        syncedMs: () => this.syncedMs,
        reports: {
          last: () => this.last,
          keep: (report) => void (this.last = report),
          clear: () => void (this.last = undefined),
        },
        host: {
          ...NO_HOST,
          shell: async (command, { input, env }) => {
            this.commands.push({ command, input, env });
            return this.commandFails;
          },
        },
      },
    });
    return session(words(line), engine, { signal: this.#abort.signal });
  }
}

const broken = new BsyncError("S3 cannot be reached", { hint: "check the network" });
const SAID = "s3-bsync: S3 cannot be reached\n  hint: check the network\n";

test("every run tells its report where --report is not given, and nothing is remembered (UN3, UN4)", async () => {
  const runs = new Runs();
  for (let i = 0; i < 2; i++) {
    const { stderr, exitCode } = await runs.run("", broken);
    assert.deepEqual([stderr, exitCode], [SAID, 1]);
  }
  assert.equal(runs.last, undefined);
});

test("--report changes tells the same report once in 24 hours, with the same exit code (UN3)", async () => {
  const runs = new Runs();
  const told: [number, boolean][] = [];
  for (const hours of [0, 1, 23, 24, 25, 47, 48]) {
    runs.nowMs = 1_800_000_000_000 + hours * HOUR;
    const { stderr, exitCode } = await runs.run("--report changes", broken);
    assert.equal(exitCode, 1);
    if (stderr !== "") assert.equal(stderr, SAID);
    told.push([hours, stderr !== ""]);
  }
  assert.deepEqual(
    told.filter(([, isTold]) => isTold).map(([hours]) => hours),
    [0, 24, 48],
  );
});

test("--report changes tells another report, another code, and the same one after a success (UN3, UN4)", async () => {
  const runs = new Runs();
  const tells = async (trouble: ExitCode | BsyncError): Promise<boolean> =>
    (await runs.run("--report changes", trouble)).stderr !== "";
  assert.ok(await tells(broken), "the first");
  assert.ok(await tells(new BsyncError("another")), "another text");
  assert.ok(await tells(new GuardError("another", "look")), "another code");
  assert.ok(!(await tells(new GuardError("another", "look"))), "the same");
  assert.ok(!(await tells(ExitCode.ok)), "a success says nothing");
  assert.equal(runs.last, undefined, "and removes what was remembered");
  assert.ok(await tells(new GuardError("another", "look")), "again");
});

test("--report changes: a clock that was set back tells once more (UN3)", async () => {
  const runs = new Runs();
  await runs.run("--report changes", broken);
  runs.nowMs -= HOUR;
  assert.equal((await runs.run("--report changes", broken)).stderr, SAID);
});

test("--report changes holds nothing back from --debug and --dryrun (UN3)", async () => {
  const runs = new Runs();
  await runs.run("--report changes", broken);
  for (const flag of ["--debug", "--dryrun"]) {
    const { stderr } = await runs.run(`--report changes ${flag}`, broken);
    assert.ok(stderr.startsWith(SAID), `${flag}: ${stderr}`);
  }
});

test("--report changes tells what ends the whole run as it tells what ends a map (UN3)", async () => {
  const runs = new Runs();
  assert.equal((await runs.run("--report changes", broken, true)).stderr, SAID);
  const { stderr, exitCode } = await runs.run("--report changes", broken, true);
  assert.deepEqual([stderr, exitCode], ["", 1]);
});

test("a run that meets another one leaves what is remembered as it is (UN3, UN4)", async () => {
  const runs = new Runs();
  await runs.run("--report changes", broken);
  const { last } = runs;
  const ran = await runs.run("--report changes --on-failure x", new LockedError("held"), true);
  assert.deepEqual([ran.stderr, ran.exitCode], ["", 5]);
  assert.deepEqual(runs.last, last);
  assert.deepEqual(runs.commands, []);
});

test("--report takes its words and no other (UN3)", async () => {
  const { exitCode, stderr } = await new Runs().run("--report never", broken);
  assert.equal(exitCode, 2);
  assert.match(stderr, /--report never: not always, changes/);
});

test("of a report above 256 KiB the rest is counted (UN3)", async () => {
  const runs = new Runs();
  const long = new BsyncError("x".repeat(300 * 1024));
  const { stderr } = await runs.run("--report changes", long);
  assert.equal(stderr, "s3-bsync: and 1 more lines, which --report always tells\n");
  assert.equal((await runs.run("--report changes", long)).stderr, "");
  assert.notEqual((await runs.run("--report changes", new BsyncError("y".repeat(300 * 1024)))).stderr, "");
});

for (const [trouble, code] of [
  [broken, "1"],
  [ExitCode.incomplete, "3"],
  [new GuardError("too many", "look"), "4"],
  [ExitCode.conflicts, "6"],
] as const) {
  test(`--on-failure is run after a run that ends with ${code}, and has its code and report (UN5)`, async () => {
    const runs = new Runs();
    const { stderr, exitCode } = await runs.run("--on-failure notify", trouble);
    assert.equal(exitCode, Number(code));
    assert.deepEqual(runs.commands, [
      { command: "notify", input: stderr, env: { S3_BSYNC_EXIT_CODE: code } },
    ]);
  });
}

test("--on-failure is not run after a success, a wrong command line, a dry run or a signal (UN5)", async () => {
  const runs = new Runs();
  await runs.run("--on-failure notify", ExitCode.ok);
  await runs.run("--on-failure notify --stale-after x", broken);
  await runs.run("--on-failure notify --dryrun", broken);
  runs.interrupt();
  await runs.run("--on-failure notify", broken);
  await runs.run("--on-failure notify", ExitCode.terminated);
  assert.deepEqual(runs.commands, []);
});

test("--on-failure is not run for a report that is not told (UN5)", async () => {
  const runs = new Runs();
  for (let i = 0; i < 3; i++) await runs.run("--report changes --on-failure notify", broken);
  assert.equal(runs.commands.length, 1);
  for (let i = 0; i < 3; i++) await runs.run("--on-failure notify", broken);
  assert.equal(runs.commands.length, 4);
});

test("how the command of --on-failure fails is told, and the exit code is that of the run (UN6)", async () => {
  const runs = new Runs();
  runs.commandFails = "it ended with 7";
  const { stderr, exitCode } = await runs.run("--on-failure notify", broken);
  assert.equal(exitCode, 1);
  assert.equal(stderr, `${SAID}s3-bsync: the command of --on-failure: it ended with 7\n`);
});

test("a map that fails and was not synced for longer than --stale-after says so in one line (UN7)", async () => {
  const runs = new Runs();
  const line = "s3-bsync: /data/docs: not synced since 2027-01-07T08:00:00.000Z, 8 days ago\n";
  runs.syncedMs = runs.nowMs - 8 * DAY;
  for (const trouble of [broken, new GuardError("too many", "look")])
    assert.ok((await runs.run("", trouble)).stderr.endsWith(`\n${line}`));
  assert.equal((await runs.run("--stale-after 8", broken)).stderr, SAID);
  assert.equal((await runs.run("--stale-after never", broken)).stderr, SAID);
  assert.equal((await runs.run("", ExitCode.ok)).stderr, "");
  assert.equal((await runs.run("", ExitCode.incomplete)).stderr, "");
  runs.syncedMs = 0;
  assert.equal((await runs.run("", broken)).stderr, SAID, "a map that was never synced");
});

test("the line about a map that was not synced for long is no part of what is compared (UN7)", async () => {
  const runs = new Runs();
  runs.syncedMs = runs.nowMs - 7.9 * DAY;
  assert.match((await runs.run("--report changes", broken)).stderr, /7 days ago/);
  runs.nowMs += 5 * HOUR;
  assert.equal((await runs.run("--report changes", broken)).stderr, "");
});

test("--status says of a map that cannot be looked at how long that has been so (UN7)", async () => {
  const runs = new Runs();
  runs.syncedMs = runs.nowMs - 30 * DAY;
  assert.match((await runs.run("--status", broken)).stderr, /not synced since .*, 30 days ago\n$/);
  assert.equal((await runs.run("--status --stale-after 31", broken)).stderr, SAID);
});
