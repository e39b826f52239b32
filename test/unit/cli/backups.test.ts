/** `--backups` and `--restore-backup` as a user sees them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOfText, type ObjectKey } from "../../../src/model/object-key.ts";
import type { Backups, KeptVersion, LostVersion } from "../../../src/ports/backups.ts";
import type { Restored, RestoreOrder } from "../../../src/sync/restore.ts";
import { memoryEngine, session, words } from "../../support/session.ts";

const DOCS = { root: "/data/docs", bucket: "bucket", prefix: "docs" };
const FIRST = "2026-11-21T10-00-00Z";
const SECOND = "2026-11-22T23-05-01Z";
const THIRD = "2026-11-22T23-05-01Z-2";

function kept(run: string, archive: string, change: Partial<KeptVersion> = {}): KeptVersion {
  const mtimeNs = 1_700_000_000_123_456_789n;
  const common = { map: DOCS, key: keyOfText("a.txt"), side: "local", reason: "conflict", size: 21 } as const;
  return { run, archive, mtimeNs, mode: 0o644, ...common, ...change };
}

const LOST: LostVersion = { run: SECOND, archive: "0003.zip", why: "is damaged: it is cut" };
const VERSIONS: Readonly<Record<string, readonly (KeptVersion | LostVersion)[]>> = {
  [FIRST]: [kept(FIRST, "0001.zip", { size: 2 ** 20, reason: "overwritten" })],
  [SECOND]: [
    kept(SECOND, "0001.zip", { key: keyOfText("día\n.txt") }),
    kept(SECOND, "0002.zip", {
      key: "\xff" as ObjectKey,
      side: "remote",
      reason: "deleted",
      mode: undefined,
    }),
    LOST,
    kept(SECOND, "0004.zip", { map: { ...DOCS, root: "/data/more", prefix: "" }, reason: "rolled-back" }),
  ],
  [THIRD]: [kept(THIRD, "0001.zip", { reason: "unproved" })],
};

function backups(runs: readonly string[]): Backups {
  return {
    folder: "/home/ann/.state.s3sync.d/backups",
    runs: () => runs,
    sizeOf: () => 0,
    versions: (run) => [VERSIONS[run] ?? []],
    read: () => assert.fail("nothing is read"),
  };
}

function engineWith(
  runs: readonly string[],
  restore?: (to: string, order: RestoreOrder) => readonly Restored[],
) {
  return memoryEngine({
    change: {
      backups: async () => backups(runs),
      async *restore(to, order) {
        yield* restore?.(to, order) ?? [];
      },
    },
  });
}

const ALL = [FIRST, SECOND, THIRD];

test("S17: --backups lists what each run has kept, and names what cannot be read", async () => {
  assert.deepEqual(await session(["--backups"], engineWith(ALL)), {
    stdout: `2026-11-21T10-00-00Z
  /data/docs <-> s3://bucket/docs
    a.txt  local, 1.0 MiB, of 2023-11-14T22:13:20.123Z: was overwritten
  1 version, 1.0 MiB
2026-11-22T23-05-01Z
  /data/docs <-> s3://bucket/docs
    "día\\n.txt"  local, 21 B, of 2023-11-14T22:13:20.123Z: lost a conflict
    "\\xff"  S3, 21 B, of 2023-11-14T22:13:20.123Z: was deleted
  /data/more <-> s3://bucket
    a.txt  local, 21 B, of 2023-11-14T22:13:20.123Z: the local tree went back in time
  3 versions, 63 B
2026-11-22T23-05-01Z-2
  /data/docs <-> s3://bucket/docs
    a.txt  local, 21 B, of 2023-11-14T22:13:20.123Z: no record proved its content
  1 version, 21 B

To bring them back: s3-bsync --restore-backup RUN [PATTERN...] --to DIR
`,
    stderr: "s3-bsync: 2026-11-22T23-05-01Z/0003.zip is damaged: it is cut\n",
    exitCode: 3,
  });
});

test("S17: the way back names a state file that is not the default one", async () => {
  const { stdout } = await session(words("--backups --file /x/state"), engineWith([FIRST]));
  assert.match(
    stdout,
    /\nTo bring them back: s3-bsync --file \/home\/ann\/\.state\.s3sync --restore-backup /,
  );
});

test("S17: where there are none, --backups says so, and all is well", async () => {
  assert.deepEqual(await session(["backups"], engineWith([])), {
    stdout: "/home/ann/.state.s3sync.d/backups: no backups\n",
    stderr: "",
    exitCode: 0,
  });
});

test("S17: with --json, one object a version", async () => {
  const { stdout, exitCode } = await session(words("backups --json"), engineWith([SECOND]));
  assert.equal(exitCode, 3);
  const lines = stdout.trimEnd().split("\n");
  const common = {
    type: "backup",
    run: SECOND,
    root: "/data/docs",
    destination: "s3://bucket/docs",
    reason: "conflict",
    bytes: 21,
    mtimeNs: "1700000000123456789",
  };
  assert.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    [
      { ...common, archive: "0001.zip", key: "día\n.txt", side: "local", mode: 0o644 },
      { ...common, archive: "0002.zip", key: '"\\xff"', keyHex: "ff", side: "remote", reason: "deleted" },
      { type: "lost", ...LOST },
      {
        ...common,
        archive: "0004.zip",
        root: "/data/more",
        destination: "s3://bucket",
        key: "a.txt",
        side: "local",
        reason: "rolled-back",
        mode: 0o644,
      },
    ],
  );
  const none = await session(words("--backups --json"), engineWith([]));
  assert.deepEqual(none, { stdout: "", stderr: "", exitCode: 0 });
});

test("S18: --restore-backup takes a run, patterns and a directory, and says what came back", async () => {
  const asked: unknown[] = [];
  const engine = engineWith(ALL, (to, { run, patterns, force, dryRun }) => {
    asked.push({ to, run, patterns, force, dryRun });
    return [
      { version: kept(FIRST, "0001.zip"), to: keyOfText("a.txt"), why: undefined },
      {
        version: kept(FIRST, "0002.zip", { side: "remote" }),
        to: keyOfText("a.0002.txt"),
        why: undefined,
      },
    ];
  });
  const line = `--restore-backup ${FIRST} *.txt trip/ --to there --force`;
  assert.deepEqual(await session(words(line), engine), {
    stdout: `  restored  a.txt  21 B  (local: lost a conflict)
  restored  a.0002.txt  21 B  (a.txt, S3: lost a conflict)
2 restored: /somewhere/there
`,
    stderr: "",
    exitCode: 0,
  });
  assert.deepEqual(asked, [
    { to: "/somewhere/there", run: FIRST, patterns: ["*.txt", "trip/"], force: true, dryRun: false },
  ]);
});

const PARTLY: readonly Restored[] = [
  { version: kept(SECOND, "0001.zip"), to: keyOfText("a.txt"), why: "a file is there already" },
  { version: LOST },
  { version: kept(SECOND, "0002.zip", { key: keyOfText("b") }), to: keyOfText("b"), why: undefined },
];

test("S18: what does not come back is named on stderr, and the exit code is 3", async () => {
  const engine = engineWith(ALL, () => PARTLY);
  assert.deepEqual(await session(words(`restore-backup ${SECOND} --to /there`), engine), {
    stdout: "  restored  b  21 B  (local: lost a conflict)\n1 restored, 2 not: /there\n",
    stderr: `s3-bsync: a.txt: a file is there already (2026-11-22T23-05-01Z/0001.zip)
s3-bsync: 2026-11-22T23-05-01Z/0003.zip is damaged: it is cut
`,
    exitCode: 3,
  });
});

test("S18: --json and --dryrun tell the same of a restore", async () => {
  const engine = engineWith(ALL, (_, { dryRun }) => (assert.ok(dryRun), PARTLY));
  const line = `--restore-backup ${SECOND} --to /there --dryrun`;
  assert.deepEqual(await session(words(line), engine), {
    stdout: "  restore   b  21 B  (local: lost a conflict)\n1 version to restore, 2 not: /there\n",
    stderr: `s3-bsync: a.txt: a file is there already (2026-11-22T23-05-01Z/0001.zip)
s3-bsync: 2026-11-22T23-05-01Z/0003.zip is damaged: it is cut
`,
    exitCode: 3,
  });
  const { stdout } = await session(words(`${line} --json`), engine);
  const told = stdout.trimEnd().split("\n");
  assert.deepEqual(
    told
      .map((each) => JSON.parse(each) as Record<string, unknown>)
      .map(({ type, to, end, why }) => [type, to, end, why]),
    [
      ["restored", "a.txt", "failed", "a file is there already"],
      ["lost", undefined, undefined, "is damaged: it is cut"],
      ["restored", "b", "planned", undefined],
    ],
  );
});

test("S18: the run may be latest, its name, or the beginning of it where that is clear", async () => {
  const asked: string[] = [];
  const engine = engineWith(ALL, (_, { run }) => {
    asked.push(run);
    return [{ version: kept(run, "0001.zip"), to: keyOfText("a"), why: undefined }];
  });
  for (const word of ["latest", SECOND, THIRD, "2026-11-21"]) {
    assert.equal((await session(words(`--restore-backup ${word} --to /x`), engine)).exitCode, 0, word);
  }
  assert.deepEqual(asked, [THIRD, SECOND, THIRD, FIRST]);
  assert.deepEqual(await session(words("--restore-backup 2026-11-22 --to /x"), engine), {
    stdout: "",
    stderr: `s3-bsync: --restore-backup 2026-11-22: may be any of ${SECOND}, ${THIRD}\n  hint: write more of it\n`,
    exitCode: 2,
  });
});

test("S18: no such run, or nothing in it that matches, is exit code 1", async () => {
  const hint = "  hint: s3-bsync --backups lists them\n";
  const none = await session(words("--restore-backup latest --to /x"), engineWith([]));
  assert.deepEqual(none, { stdout: "", stderr: `s3-bsync: there are no backups\n${hint}`, exitCode: 1 });
  const other = await session(words("--restore-backup 2025 --to /x"), engineWith(ALL));
  assert.deepEqual(other, { stdout: "", stderr: `s3-bsync: no backups of a run 2025\n${hint}`, exitCode: 1 });
  const nothing = await session(words("--restore-backup latest nothing --to /x"), engineWith(ALL));
  assert.equal(nothing.exitCode, 1);
  assert.match(nothing.stderr, /^s3-bsync: nothing in the backup of 2026-11-22T23-05-01Z-2 matches\n/);
});

test("CL2, CL5: --restore-backup needs a run and --to, and goes with nothing else", async () => {
  for (const [line, message] of [
    ["--restore-backup", "--restore-backup needs a value: RUN [PATTERN...]"],
    ["restore-backup", "--restore-backup needs a value: RUN [PATTERN...]"],
    ["--restore-backup latest", "--restore-backup needs --to DIR"],
    ["--restore-backup latest --to", "--to needs a value: DIR"],
    ["--to /x", "--to needs --restore-backup"],
    ["--restore-backup a --restore-backup b --to /x", "--restore-backup is given twice"],
    ["--restore-backup a --to /x b", 'unexpected argument "b"'],
    ["--restore-backup a --to /x --on-conflict local", "--on-conflict does not go with --restore-backup"],
    ["--backups a", 'unexpected argument "a"'],
    ["--backups --dryrun", "--dryrun does not go with --backups"],
    ["--backups --dump", "--backups does not go with --dump"],
    ["backup", 'unexpected argument "backup"; did you mean backups?'],
  ] as const) {
    const { stderr, exitCode } = await session(words(line), engineWith(ALL));
    assert.deepEqual([stderr.split("\n")[0], exitCode], [`s3-bsync: ${message}`, 2], line);
  }
});

test("a pattern that begins with a dash is written so that it does not", async () => {
  const asked: unknown[] = [];
  const engine = engineWith(ALL, (_, { patterns }) => (asked.push(patterns), []));
  await session(words("--restore-backup latest [-]x --to /x"), engine);
  await session(["--restore-backup=latest", '"quoted"', "--to=/x"], engine);
  assert.deepEqual(asked, [["[-]x"], ['"quoted"']]);
});
