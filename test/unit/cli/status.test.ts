/** `--status` as a user sees it: what it says of each map, and the code that it ends with. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Action } from "../../../src/model/action.ts";
import { BsyncError, GuardError } from "../../../src/model/errors.ts";
import { ExitCode } from "../../../src/model/exit-code.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import { NO_FACTS } from "../../../src/model/pair.ts";
import type { Totals } from "../../../src/model/totals.ts";
import type { MapResult, Reporter } from "../../../src/ports/reporter.ts";
import type { SyncOptions } from "../../../src/cli/context.ts";
import { file, object } from "../../support/observed.ts";
import {
  aMap,
  aResult,
  type EngineSettings,
  memoryEngine,
  session,
  type Session,
} from "../../support/session.ts";

const map = aMap({ gzip: 6, options: { region: "eu", "on-conflict": "local" } });
const SYNCED = 1_800_000_000_000;
const HOUR = 3_600_000;

const NO_ACTIONS: Totals["actions"] = {
  upload: 0,
  download: 0,
  "delete-local": 0,
  "delete-remote": 0,
  "copy-remote": 0,
  "rename-local": 0,
  "set-beside": 0,
  adopt: 0,
  forget: 0,
  leave: 0,
};

function totals(actions: Partial<Totals["actions"]> = {}, more: Partial<Totals> = {}): Totals {
  return {
    actions: { ...NO_ACTIONS, ...actions },
    seen: { local: 9, remote: 9, base: 9 },
    trackedGone: 0,
    trackedChanged: 0,
    deletions: { local: 0, remote: 0 },
    overwrites: { local: 0, remote: 0 },
    rolledBack: 0,
    notChosen: 0,
    leftByChoice: 0,
    unsettled: 0,
    waiting: 0,
    conflicts: 0,
    bytesUp: 0,
    bytesDown: 0,
    reported: 0,
    ...more,
  };
}

interface Looked {
  readonly result: Partial<MapResult>;
  readonly actions?: readonly Action[];
}

/** A status of which the look at the one map ends so. */
function status(
  looked: Looked,
  argv: readonly string[] = [],
  settings: EngineSettings = {},
): Promise<Session> {
  const { actions = [], result } = looked;
  const sync = async (reporter: Reporter): Promise<ExitCode> => {
    await reporter.began(map);
    for (const action of actions) await reporter.planned(map, action);
    const { exitCode = ExitCode.ok } = result;
    await reporter.finished(map, aResult({ totals: totals(), ...result }));
    return exitCode;
  };
  return session(["--status", ...argv], engineOf(sync, settings));
}

function engineOf(sync: NonNullable<EngineSettings["sync"]>, settings: EngineSettings = {}) {
  const contents = { version: 2, syncedMs: SYNCED, maps: [map], records: () => [], close: () => {} };
  const change = { open: () => contents, now: () => SYNCED + 3 * HOUR };
  return memoryEngine({ maps: [map], sync, ...settings, change: { ...change, ...settings.change } });
}

const HEAD = "/home/ann/.state.s3sync: last synced 2027-01-15T08:00:00.000Z, 3 hours ago\n";
const NAME = "/data/docs <-> s3://bucket/docs  (gzip 6, on-conflict local, region eu)\n";

const CONFLICT: Action = {
  verb: "leave",
  rule: "R5",
  key: keyOfText("a\nb"),
  why: "both sides changed",
  reported: true,
  conflict: {
    key: keyOfText("a\nb"),
    rule: "R5",
    local: file("a\nb", { size: 2048, mtimeMs: SYNCED }),
    remote: object("a\nb", { size: 12 }),
    remoteMs: SYNCED + 1000,
    newer: "remote",
  },
};
const UNREADABLE: Action = {
  verb: "leave",
  rule: "RU",
  key: keyOfText("c"),
  why: "permission denied",
  reported: true,
};
const SYMLINK: Action = { verb: "leave", rule: "RU", key: keyOfText("d"), why: "a symlink", reported: false };
const SEALED: Action = {
  verb: "leave",
  rule: "R10",
  key: keyOfText("e"),
  why: "its secret key is not on this machine",
  reported: false,
};

describe("--status", () => {
  test("says of a map in sync that it is: exit code 0", async () => {
    assert.deepEqual(await status({ result: {} }), {
      stdout: `${HEAD}${NAME}  in sync\n`,
      stderr: "",
      exitCode: 0,
    });
  });

  test("counts what a run would do, in words: exit code 3", async () => {
    const actions = { upload: 2, download: 1, "copy-remote": 3, "rename-local": 1, "delete-local": 4 };
    const more = { "delete-remote": 5, adopt: 1, forget: 2 };
    const sums = totals({ ...actions, ...more }, { bytesUp: 2048, bytesDown: 3 });
    assert.deepEqual(await status({ result: { totals: sums } }), {
      stdout: `${HEAD}${NAME}  2 to upload (2.0 KiB), 1 to download (3 B), 4 to rename, 4 to delete here, 5 to delete in the bucket, 3 to record\n`,
      stderr: "",
      exitCode: 3,
    });
  });

  test("lists conflicts with both versions: exit code 6, whatever else is pending (R32)", async () => {
    const sums = totals({ upload: 1, leave: 1 }, { waiting: 1, reported: 1 });
    assert.deepEqual(
      await status({ actions: [CONFLICT], result: { totals: sums, exitCode: ExitCode.conflicts } }),
      {
        stdout: [
          `${HEAD}${NAME}`,
          '  conflict: "a\\nb": local 2.0 KiB of 2027-01-15T08:00:00.000Z, remote 12 B of 2027-01-15T08:00:01.000Z (newer)\n',
          "  1 to upload (0 B), 1 conflict\n",
        ].join(""),
        stderr: "",
        exitCode: 6,
      },
    );
  });

  test("names what cannot be handled, and what this machine cannot open; the rest at --debug only", async () => {
    const sums = totals({ leave: 3 }, { reported: 1 });
    const looked = {
      actions: [UNREADABLE, SYMLINK, SEALED],
      result: { totals: sums, exitCode: ExitCode.incomplete },
    };
    const told = await status(looked);
    const sealed = "  left: e: its secret key is not on this machine\n";
    assert.equal(
      told.stdout,
      `${HEAD}${NAME}  left: c: permission denied\n${sealed}  1 that cannot be handled\n`,
    );
    assert.equal(told.exitCode, 3);
    assert.match((await status(looked, ["--debug"])).stdout, /\n {2}left: d: a symlink\n/);
  });

  test("says where a guard about a side would stop a run: exit code 4", async () => {
    const error = new GuardError("/data/docs is empty", "--allow-empty");
    assert.deepEqual(await status({ result: { error, totals: undefined, exitCode: ExitCode.guarded } }), {
      stdout: `${HEAD}${NAME}  a run would stop: /data/docs is empty\n`,
      stderr: "s3-bsync: /data/docs is empty\n  hint: --allow-empty\n",
      exitCode: 4,
    });
  });

  test("names a map that was in trouble before it could begin, such as one without its key: exit code 1", async () => {
    const engine = engineOf(async (reporter) => {
      const error = new BsyncError("no key");
      await reporter.finished(map, aResult({ error, totals: undefined, exitCode: ExitCode.failed }));
      return ExitCode.failed;
    });
    const { stdout, exitCode } = await session(["--status"], engine);
    assert.deepEqual([stdout, exitCode], [`${HEAD}${NAME}  could not be looked at: no key\n`, 1]);
  });

  test("says which map could not be looked at: exit code 1", async () => {
    const error = new BsyncError("the bucket is gone", { hint: "look" });
    assert.deepEqual(await status({ result: { error, totals: undefined, exitCode: ExitCode.failed } }), {
      stdout: `${HEAD}${NAME}  could not be looked at: the bucket is gone\n`,
      stderr: "s3-bsync: the bucket is gone\n  hint: look\n",
      exitCode: 1,
    });
  });

  test("of several maps the heaviest code counts, and no line is lost", async () => {
    const beside = aMap({ root: "/data/more" });
    const engine = engineOf(async (reporter) => {
      for (const [each, sums] of [
        [map, totals({ upload: 1 })],
        [beside, totals()],
      ] as const) {
        await reporter.began(each);
        await reporter.finished(each, aResult({ totals: sums }));
      }
      return ExitCode.ok;
    });
    const told = await session(["--status"], engine);
    assert.equal(
      told.stdout,
      `${HEAD}${NAME}  1 to upload (0 B)\n/data/more <-> s3://bucket/docs\n  in sync\n`,
    );
    assert.equal(told.exitCode, 3);
  });

  for (const [ago, text] of [
    [0, "just now"],
    [59_000, "just now"],
    [60_000, "1 minute ago"],
    [HOUR * 47, "1 day ago"],
    [HOUR * 240, "10 days ago"],
    [-HOUR, "just now"],
  ] as const) {
    test(`tells when the last sync was: ${ago} ms before is ${text}`, async () => {
      const told = await status({ result: {} }, [], { change: { now: () => SYNCED + ago } });
      assert.ok(told.stdout.includes(`2027-01-15T08:00:00.000Z, ${text}\n`), told.stdout);
    });
  }

  test("tells that there was none, and how many runs have kept backups", async () => {
    const folder = "/home/ann/.state.s3sync.d/backups";
    const backups = async () => ({
      folder,
      runs: () => ["1", "2"],
      sizeOf: () => 1536,
      versions: () => [],
      async *read() {},
    });
    const open = () => ({ version: 2, syncedMs: 0, maps: [map], records: () => [], close: () => {} });
    const told = await status({ result: {} }, [], { change: { open, backups } });
    assert.match(
      told.stdout,
      /^\/home\/ann\/\.state\.s3sync: last synced never; backups of 2 runs, 3\.0 KiB \(--backups\)\n/,
    );
  });

  test("tells how the last run ended, unless it was with 0 (LK13)", async () => {
    const lastRun = () => ({
      badEnd: { exitCode: 3, endedMs: SYNCED + 2 * HOUR } as const,
      wasCutOff: false,
    });
    const told = await status({ result: {} }, [], { change: { lastRun } });
    const ended = "  the last run ended with 3, 2027-01-15T10:00:00.000Z, 1 hour ago: ";
    assert.equal(
      told.stdout,
      `${HEAD}${ended}done, but some paths failed or were skipped; each is named on stderr\n${NAME}  in sync\n`,
    );
    assert.equal(told.exitCode, 0, "what is pending now decides");
    const json = await status({ result: {} }, ["--json"], { change: { lastRun } });
    const [head] = json.stdout
      .split("\n")
      .map((line) => line && (JSON.parse(line) as Readonly<Record<string, unknown>>));
    assert.deepEqual(head && head["badEnd"], { exitCode: 3, endedMs: SYNCED + 2 * HOUR });
  });

  test("ends with 4 where a guard stopped the last run (LK15)", async () => {
    const lastRun = () => ({ badEnd: { exitCode: 4, endedMs: SYNCED } as const, wasCutOff: false });
    const told = await status({ result: {} }, [], { change: { lastRun } });
    assert.match(told.stdout, /\n {2}the last run ended with 4, .* ago: stopped by a guard/);
    assert.equal(told.exitCode, 4);
  });

  test("tells of a run that was cut off (LK13)", async () => {
    const lastRun = () => ({ badEnd: undefined, wasCutOff: true });
    const told = await status({ result: {} }, [], { change: { lastRun } });
    assert.match(told.stdout, /\n {2}a run was cut off, or is under way: the next one settles it\n/);
  });

  test("tells what is known of each endpoint", async () => {
    const facts = { conditionalPut: "honoured", conditionalDelete: "ignored", order: "other" } as const;
    const endpoints = () => [
      { endpoint: "https://one.example", bucket: "bucket", facts: { ...NO_FACTS, ...facts } },
      { endpoint: "https://two.example", bucket: "bucket", facts: NO_FACTS },
    ];
    const told = await status({ result: {} }, [], { change: { endpoints } });
    assert.equal(
      told.stdout.slice(told.stdout.indexOf("bucket at ")),
      [
        "bucket at https://one.example: conditions on PUT honoured, on DELETE ignored (a look comes before each change), lists in an order of its own\n",
        "bucket at https://two.example: conditions on PUT not tried yet, on DELETE not tried yet\n",
      ].join(""),
    );
  });

  test("--json tells the same, an object a line (CL18)", async () => {
    const sums = totals({ upload: 1, leave: 2 }, { waiting: 1, reported: 2 });
    const looked = {
      actions: [CONFLICT, UNREADABLE],
      result: { totals: sums, exitCode: ExitCode.conflicts },
    };
    const endpoints = () => [{ endpoint: "https://one.example", bucket: "bucket", facts: NO_FACTS }];
    const told = await status(looked, ["--json"], { change: { endpoints } });
    const lines = told.stdout.trimEnd().split("\n");
    const parsed = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    assert.deepEqual(
      parsed.map(({ type }) => type),
      ["status", "action", "action", "summary", "endpoint"],
    );
    assert.deepEqual(parsed[0], {
      type: "status",
      file: "/home/ann/.state.s3sync",
      syncedMs: SYNCED,
      nowMs: SYNCED + 3 * HOUR,
      backups: 0,
      backupBytes: 0,
      wasCutOff: false,
    });
    assert.deepEqual(parsed[1]?.["conflict"], {
      local: { bytes: 2048, mtimeMs: SYNCED },
      remote: { bytes: 12, mtimeMs: SYNCED + 1000 },
      newer: "remote",
    });
    assert.equal(parsed[3]?.["exitCode"], 6);
    assert.equal(told.exitCode, 6);
  });
});

test("--status asks for a plan in which every conflict waits, and for nothing else (R32)", async () => {
  let asked: SyncOptions | undefined;
  const engine = engineOf(async (_, options) => {
    asked = options;
    return ExitCode.ok;
  });
  await session(["status", "--region", "eu"], engine, { prompt: async () => "l" });
  assert.equal(asked?.dryRun, true);
  assert.equal(asked.onConflict, "ask");
  assert.equal(asked.arbiter, undefined);
  assert.deepEqual(asked.connection, { region: "eu" });
});

describe("what --status does not take", () => {
  for (const words of [
    ["--dryrun"],
    ["--init"],
    ["--dump"],
    ["--on-conflict", "ask"],
    ["--backup", "all"],
    ["--max-delete", "all"],
    ["--allow-empty"],
    ["--dir", "/a", "s3://bucket"],
    ["--keep-backups", "1"],
    ["more"],
  ]) {
    test(`${words.join(" ")} beside it is a usage error: exit code 2 (CL2)`, async () => {
      const told = await status({ result: {} }, words);
      assert.deepEqual([told.exitCode, told.stdout], [2, ""]);
      assert.match(told.stderr, /^s3-bsync: /);
    });
  }
});

test("--status and --verify without maps say how to make one, but for --json (LK13, LK2)", async () => {
  for (const mode of ["status", "verify"]) {
    const none = await session([mode], memoryEngine({ maps: [] }));
    assert.match(none.stdout, /^ {2}no maps: s3-bsync --init --dir PATH s3:\/\/BUCKET\/PREFIX makes one$/m);
    assert.equal(none.exitCode, ExitCode.ok);
    assert.doesNotMatch((await session([mode, "--json"], memoryEngine({ maps: [] }))).stdout, /no maps/);
  }
});
