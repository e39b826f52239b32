/** The default mode as a user sees it: sessions of stdout, stderr and exit code. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "../../../src/model/action.ts";
import { BsyncError, GuardError, LockedError } from "../../../src/model/errors.ts";
import { ExitCode } from "../../../src/model/exit-code.ts";
import type { LocalFile, RemoteObject } from "../../../src/model/observation.ts";
import { keyOfText, type ObjectKey } from "../../../src/model/object-key.ts";
import type { Outcome } from "../../../src/model/outcome.ts";
import type { Totals } from "../../../src/model/totals.ts";
import type { MapResult, Reporter } from "../../../src/ports/reporter.ts";
import { aMap, aResult, memoryEngine, session, words } from "../../support/session.ts";

const map = aMap();
const NO_REQUESTS = { list: 0, head: 0, get: 0, put: 0, delete: 0 };

function file(name: string, size: number): LocalFile {
  return { key: keyOfText(name), size, mtimeMs: 1, ctimeMs: 1, ino: 1 };
}

function object(name: string, size: number): RemoteObject {
  return { key: keyOfText(name), size, etag: "e", modifiedS: 0, archived: false };
}

const ACTIONS: readonly Action[] = [
  {
    verb: "upload",
    rule: "R11",
    key: keyOfText("a b.txt"),
    local: file("a b.txt", 2048),
    replaces: undefined,
  },
  {
    verb: "download",
    rule: "R5",
    key: keyOfText("b\n.txt"),
    remote: object("b\n.txt", 4),
    replaces: file("b\n.txt", 3),
    saves: "conflict",
    note: "conflict: remote wins, newer by 3 s",
  },
  { verb: "delete-remote", rule: "R7", key: keyOfText("c"), remote: object("c", 5), size: 5 },
  {
    verb: "adopt",
    rule: "R12",
    key: keyOfText("d"),
    record: { key: keyOfText("d"), size: 1, mtimeMs: 1, etag: "e" },
  },
  { verb: "leave", rule: "RU", key: "\xff" as ObjectKey, why: "not UTF-8", reported: true },
  { verb: "leave", rule: "RU", key: keyOfText("link"), why: "a symlink", reported: false },
];

const TOTALS: Totals = {
  actions: {
    upload: 1,
    download: 1,
    "delete-local": 0,
    "delete-remote": 1,
    "copy-remote": 0,
    "rename-local": 0,
    "set-beside": 0,
    adopt: 1,
    forget: 0,
    leave: 2,
  },
  seen: { local: 4, remote: 5, base: 1 },
  trackedGone: 0,
  trackedChanged: 0,
  deletions: { local: 0, remote: 1 },
  overwrites: { local: 1, remote: 0 },
  rolledBack: 0,
  notChosen: 0,
  leftByChoice: 0,
  unsettled: 0,
  waiting: 0,
  conflicts: 1,
  bytesUp: 2048,
  bytesDown: 4,
  reported: 1,
};

const DONE: MapResult = aResult({
  totals: TOTALS,
  done: { actions: { ...TOTALS.actions, "delete-remote": 0, "rename-local": 2, leave: 0 }, failed: 1 },
  requests: { ...NO_REQUESTS, list: 1, head: 2 },
  traffic: { up: 2048, down: 4 },
});

const OUTCOMES: readonly Outcome[] = [
  { end: "done", verb: "upload", rule: "R11", key: keyOfText("a b.txt"), base: undefined, bytes: 2048 },
  {
    end: "failed",
    verb: "download",
    rule: "R2",
    key: keyOfText("b\n.txt"),
    why: "permission denied",
    reported: true,
  },
  { end: "left", verb: "leave", rule: "RU", key: "\xff" as ObjectKey, why: "not UTF-8", reported: true },
  { end: "left", verb: "leave", rule: "RU", key: keyOfText("link"), why: "a symlink", reported: false },
  {
    end: "done",
    verb: "forget",
    rule: "R10",
    key: keyOfText("e"),
    base: undefined,
    bytes: 0,
    note: "ignored from now on",
  },
];

async function plans(reporter: Reporter): Promise<ExitCode> {
  await reporter.began(map);
  for (const action of ACTIONS) await reporter.planned(map, action);
  await reporter.finished(map, DONE);
  return ExitCode.incomplete;
}

async function acts(reporter: Reporter): Promise<ExitCode> {
  await reporter.began(map);
  await reporter.noted(map, "1 record", keyOfText("a b.txt"));
  for (const action of ACTIONS) await reporter.planned(map, action);
  for (const outcome of OUTCOMES) await reporter.ended(map, outcome);
  await reporter.finished(map, { ...DONE, exitCode: ExitCode.incomplete });
  return ExitCode.incomplete;
}

test("CL15: a sync in which all is well is silent", async () => {
  const engine = memoryEngine({
    async sync(reporter) {
      await reporter.began(map);
      await reporter.planned(map, ACTIONS[0] as Action);
      await reporter.ended(map, OUTCOMES[0] as Outcome);
      await reporter.finished(map, DONE);
      return ExitCode.ok;
    },
  });
  assert.deepEqual(await session([], engine), { stdout: "", stderr: "", exitCode: 0 });
});

test("CL15: each path that failed is one line on stderr, whatever its name; what needs nobody is not told", async () => {
  assert.deepEqual(await session([], memoryEngine({ sync: acts })), {
    stdout: "",
    stderr: [
      's3-bsync: "/data/docs/b\\n.txt": download: permission denied\n',
      's3-bsync: "/data/docs/\\xff": not UTF-8\n',
      "s3-bsync: /data/docs/e: ignored from now on\n",
    ].join(""),
    exitCode: 3,
  });
});

test("CL16: --dryrun prints the plan by itself: an action a line with its rule, conflicts with winner and reason, totals", async () => {
  const engine = memoryEngine({ sync: plans });
  assert.deepEqual(await session(["--dryrun"], engine), {
    stdout: `/data/docs <-> s3://bucket/docs
  upload         a b.txt  2.0 KiB  (R11: new here)
  download       "b\\n.txt"  4 B  (R5: changed on both sides; conflict: remote wins, newer by 3 s; the version here is backed up first)
  delete-remote  c  5 B  (R7: deleted here)
  adopt          d  (R12: new on both sides)
  leave          "\\xff"  (RU: a side is unknown; not UTF-8)
  plan: 1 up (2.0 KiB), 1 down (4 B), 0 to delete here, 1 to delete in the bucket, 1 to record, 1 conflict, 1 that cannot be handled
  seen: 4 files, 5 objects, 1 record
  requests: 1 LIST, 2 HEAD so far
  requests of a run to come, at least: 2 GET, 1 PUT, 1 DELETE
`,
    stderr: "",
    exitCode: 3,
  });
  assert.equal(engine.asked()?.dryRun, true);
});

test("CL17: --debug explains what was done by its rule, and names what was left", async () => {
  const { stdout } = await session(["--debug"], memoryEngine({ sync: acts }));
  assert.equal(
    stdout,
    `/data/docs <-> s3://bucket/docs
  note: a b.txt: 1 record
  uploaded  a b.txt  2.0 KiB  (R11: new here)
  failed download  "b\\n.txt"  (R2: changed in the bucket; permission denied)
  left  "\\xff"  (RU: a side is unknown; not UTF-8)
  left  link  (RU: a side is unknown; a symlink)
  forgotten  e  (R10: new in the bucket; ignored from now on)
  plan: 1 up (2.0 KiB), 1 down (4 B), 0 to delete here, 1 to delete in the bucket, 1 to record, 1 conflict, 1 that cannot be handled
  seen: 4 files, 5 objects, 1 record
  done: 1 uploaded, 1 downloaded, 2 renamed, 1 recorded, 1 failed; 2.0 KiB up, 4 B down; 1 LIST, 2 HEAD
`,
  );
});

test("CL18: --json: a valid object a line for plan, notes, outcomes, refusals and summary; failures stay on stderr", async () => {
  const engine = memoryEngine({
    async sync(reporter) {
      const code = await acts(reporter);
      await reporter.held(map, { what: "deletions", side: "local", count: 11, of: 20 });
      await reporter.finished(map, { ...DONE, exitCode: ExitCode.guarded });
      return code;
    },
  });
  const { stdout, stderr } = await session(["--json"], engine);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    lines.map(({ type }) => type),
    [
      "began",
      "note",
      ...ACTIONS.map(() => "action"),
      ...OUTCOMES.map(() => "outcome"),
      "summary",
      "refusal",
      "summary",
    ],
  );
  const base = { root: "/data/docs", destination: "s3://bucket/docs" };
  assert.deepEqual(lines[3], {
    type: "action",
    ...base,
    verb: "download",
    rule: "R5",
    key: "b\n.txt",
    bytes: 4,
    saves: "conflict",
    note: "conflict: remote wins, newer by 3 s",
  });
  assert.deepEqual(lines[10], {
    type: "outcome",
    ...base,
    verb: "leave",
    rule: "RU",
    key: '"\\xff"',
    keyHex: "ff",
    end: "left",
    why: "not UTF-8",
    reported: true,
  });
  assert.deepEqual(lines.at(-2), {
    type: "refusal",
    ...base,
    what: "deletions",
    side: "local",
    count: 11,
    of: 20,
  });
  assert.deepEqual(lines.at(-1), {
    type: "summary",
    ...base,
    exitCode: 4,
    totals: TOTALS,
    done: { ...DONE.done.actions, failed: 1 },
    requests: DONE.requests,
    bytes: DONE.traffic,
    requestsPlanned: { list: 0, head: 0, get: 2, put: 1, delete: 1 },
  });
  assert.match(stderr, /download: permission denied/);
});

test("S8: the guards about amounts say why, and one hint names every flag that is needed", async () => {
  const engine = memoryEngine({
    async sync(reporter) {
      await reporter.held(map, { what: "deletions", side: "local", count: 11, of: 20 });
      await reporter.held(map, { what: "deletions", side: "remote", count: 1200, of: 1300 });
      await reporter.held(map, { what: "overwrites", side: "remote", count: 1250, of: 1300 });
      await reporter.finished(map, { ...DONE, exitCode: ExitCode.guarded });
      return ExitCode.guarded;
    },
  });
  assert.deepEqual(await session([], engine), {
    stdout: "",
    stderr: `s3-bsync: /data/docs <-> s3://bucket/docs: 11 of 20 tracked files would be deleted here (a renamed directory looks like this too): held back, with their records; the rest goes on
s3-bsync: /data/docs <-> s3://bucket/docs: 1,200 of 1,300 tracked files would be deleted in the bucket (a renamed directory looks like this too): held back, with their records; the rest goes on
s3-bsync: /data/docs <-> s3://bucket/docs: 1,250 of 1,300 tracked files would be overwritten in the bucket: held back, with their records; the rest goes on
  hint: look at them with s3-bsync --dryrun; to allow them in one run: s3-bsync --max-delete 1200 --max-overwrite 1250
`,
    exitCode: 4,
  });
});

test("a map that ends early says what and where, and what to do; the others go on", async () => {
  const engine = memoryEngine({
    async sync(reporter) {
      const error = new GuardError("/data/docs is empty, but 2 files are tracked", "--allow-empty");
      await reporter.finished(map, { ...DONE, exitCode: ExitCode.guarded, error, totals: undefined });
      await reporter.finished(map, DONE);
      return ExitCode.guarded;
    },
  });
  assert.deepEqual(await session([], engine), {
    stdout: "",
    stderr: "s3-bsync: /data/docs is empty, but 2 files are tracked\n  hint: --allow-empty\n",
    exitCode: 4,
  });
});

test("CL13: options of a sync reach the engine", async () => {
  const engine = memoryEngine({ maps: [map] });
  const line =
    "--skip-missing --on-conflict local --max-delete 5 --max-overwrite all --allow-empty --accept-identity --accept-plain --reencode --backup all --keep-backups 9 --backup-size 2G --direction up --max-transfer 500M --region eu --path-style --ca-bundle ca.pem --request-payer --storage-class STANDARD_IA --sse aws:kms:key/1 --concurrency 9 --bwlimit 2M";
  const headers = ["--header", "cache-control:  max-age=60 ", "--header", "*.html: Cache-Control: no-cache"];
  assert.equal((await session([...words(line), ...headers], engine)).exitCode, 0);
  const { signal: _, ...asked } = engine.asked() ?? assert.fail("not asked");
  assert.deepEqual(asked, {
    dryRun: false,
    skipMissing: true,
    onConflict: "local",
    backup: "all",
    direction: "up",
    names: undefined,
    maxTransfer: 500 * 1024 ** 2,
    keeping: { days: 9, bytes: 2 * 1024 ** 3 },
    arbiter: undefined,
    acceptPlain: true,
    reencode: true,
    watcher: undefined,
    limits: { deletions: { files: 5, share: 0 }, overwrites: { files: Infinity, share: 1 } },
    allowEmpty: true,
    acceptIdentity: true,
    connection: {
      "ca-bundle": "/somewhere/ca.pem",
      "path-style": "true",
      region: "eu",
      "request-payer": "true",
    },
    objects: {
      header: "Cache-Control: max-age=60\n*.html: Cache-Control: no-cache",
      sse: "aws:kms:key/1",
      "storage-class": "STANDARD_IA",
    },
    transfers: { concurrency: 9, bytesPerSecond: 2 * 1024 ** 2 },
  });
});

test("CH1: patterns of a sync and of --status reach the engine, each as often as it is given", async () => {
  for (const mode of ["sync", "status"]) {
    const engine = memoryEngine({ maps: [map] });
    const line = `${mode} --only docs img/*.jpg --exclude *.tmp --only=-x --exclude y`;
    await session(words(line), engine);
    const names = engine.asked()?.names ?? assert.fail("not asked");
    const tried = ["docs/a", "img/a.jpg", "-x", "docs/a.tmp", "docs/y", "img/a.png"];
    assert.deepEqual(
      tried.filter((name) => names(keyOfText(name))),
      ["docs/a", "img/a.jpg", "-x"],
      mode,
    );
  }
});

test("CH12: what --max-transfer leaves is told with the flag, beside what guards hold", async () => {
  const left = { what: "transfers", count: 2, bytes: 3 * 1024, limit: 1024 } as const;
  const held = { what: "deletions", side: "local", count: 12, of: 20 } as const;
  const engine = memoryEngine({
    sync: async (reporter) => {
      await reporter.held(map, held);
      await reporter.held(map, left);
      await reporter.finished(map, { ...DONE, exitCode: 4 });
      return 4;
    },
  });
  const { stderr } = await session([], engine);
  assert.match(
    stderr,
    /: 2 transfers \(3\.0 KiB\) not within --max-transfer, 1\.0 KiB a run: left, with their records/,
  );
  assert.match(
    stderr,
    /\n {2}hint: look at them [^\n]+ --max-delete 12; the next run takes up what is left; --max-transfer SIZE [^\n]+\n$/,
  );
});

test("another run that holds the lock is exit code 5, silent without --debug", async () => {
  const engine = memoryEngine({
    sync: async () => {
      throw new LockedError("another run is under way");
    },
  });
  assert.deepEqual(await session([], engine), { stdout: "", stderr: "", exitCode: 5 });
  const { stderr, exitCode } = await session(["--debug"], engine);
  assert.equal(exitCode, 5);
  assert.match(stderr, /^s3-bsync: another run is under way\n/);
});

test("CL15: an error that nobody foresaw is one line and a hint to report it; its stack needs --debug", async () => {
  const engine = memoryEngine({
    sync: async () => {
      throw new TypeError("x is\nnot a function");
    },
  });
  assert.deepEqual(await session([], engine), {
    stdout: "",
    stderr:
      "s3-bsync: unexpected TypeError: x is\\nnot a function\n  hint: this is a bug: run again with --debug, and please report what that prints\n",
    exitCode: 1,
  });
  assert.match((await session(["--debug"], engine)).stderr, /at /);
});

test("an error of the run is one line and its hint, whatever it quotes", async () => {
  const engine = memoryEngine({
    sync: async () => {
      throw new BsyncError("no bucket \x1b[31mb", { hint: "make it" });
    },
  });
  assert.deepEqual(await session([], engine), {
    stdout: "",
    stderr: "s3-bsync: no bucket \\u{1b}[31mb\n  hint: make it\n",
    exitCode: 1,
  });
});

test("CL21: a signal decides the exit code, whatever the run says as it ends", async () => {
  for (const [reason, exitCode] of [
    [ExitCode.interrupted, 130],
    [ExitCode.terminated, 143],
  ] as const) {
    for (const sync of [async () => ExitCode.failed, async () => Promise.reject(new Error("aborted"))]) {
      const signal = AbortSignal.abort(reason);
      assert.deepEqual(await session([], memoryEngine({ sync }), { signal }), {
        stdout: "",
        stderr: "",
        exitCode,
      });
    }
  }
});
