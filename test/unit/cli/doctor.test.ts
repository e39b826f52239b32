/** `--doctor` as a user sees it: what facts count as well, and what is said of those that do not. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Engine } from "../../../src/cli/context.ts";
import { BsyncError } from "../../../src/model/errors.ts";
import type { MapFacts, StateFacts, WayToBucket } from "../../../src/model/examination.ts";
import type { DirectoryMap } from "../../../src/model/map.ts";
import { NO_FACTS } from "../../../src/model/pair.ts";
import { ALL_WELL, aMap, memoryEngine, session, type Session } from "../../support/session.ts";

const MAP = aMap({ gpg: true, email: "ada@example.org" });
const WELL: StateFacts = {
  nodeVersion: "20.20.0",
  maps: [MAP],
  fileMode: 0o600,
  folderMode: 0o700,
  unwritable: undefined,
};

function doctor(
  facts: Partial<MapFacts>,
  argv: readonly string[] = [],
  change: Partial<Engine> = {},
): Promise<Session> {
  const examineMap = async (): Promise<MapFacts> => ({ ...ALL_WELL, ...facts });
  return session(["doctor", ...argv], memoryEngine({ maps: [MAP], change: { examineMap, ...change } }));
}

const IGNORES = { ...NO_FACTS, conditionalPut: "honoured", conditionalDelete: "ignored" } as const;

function way(change: Partial<WayToBucket>): Partial<MapFacts> {
  return { way: { ...ALL_WELL.way, ...change } };
}

/** Lines that tell of anything but what is well, with their hints. */
function wrong({ stdout }: Session): readonly string[] {
  return stdout.split("\n").filter((line) => /^(?:warning|failure| {2}hint)/.test(line));
}

describe("--doctor", () => {
  test("says of each part that it is well: exit code 0 (LK9, LK11)", async () => {
    const { stdout, exitCode } = await doctor({ key: { canDecrypt: true } });
    assert.equal(
      stdout,
      [
        "ok      node: 20.20.0",
        "ok      state file: /home/ann/.state.s3sync: whole, 1 map",
        "ok      permissions: /home/ann/.state.s3sync (0600): nobody else may read it",
        "ok      permissions: /home/ann/.state.s3sync.d (0700): nobody else may read it",
        "",
        "/data/docs <-> s3://bucket/docs  (gpg ada@example.org)",
        "ok      directory: /data/docs: there, readable, writable",
        "ok      file times: in steps of 1 ns, as far as seen",
        "ok      file names: upper and lower case differ",
        "ok      endpoint: https://s3.example answers",
        "ok      clock: as the server's",
        "ok      credentials: from the environment (AWS_ACCESS_KEY_ID)",
        "ok      region: eu-north-1",
        "ok      bucket: bucket is there",
        "ok      listing: allowed",
        "ok      conditional writes: honoured",
        "ok      versioning: on",
        "ok      gpg: the key of ada@example.org encrypts, and its secret part is here",
        "",
        "all is well",
        "",
      ].join("\n"),
    );
    assert.equal(exitCode, 0);
  });

  const error = new BsyncError("it is so", { hint: "do this" });
  const unreadable = { unreadable: "permission is denied", unwritable: "permission is denied" };
  const cases: readonly (readonly [string, Partial<MapFacts>, RegExp, RegExp])[] = [
    [
      "a missing root",
      { root: undefined },
      /^failure directory: \/data\/docs: missing/,
      /--init --rmdir \/data\/docs$/,
    ],
    [
      "a root that cannot be read",
      { root: { ...unreadable, stepNs: 1, foldsNames: false } },
      /^failure directory: .* cannot be read: permission is denied$/,
      /permissions/,
    ],
    [
      "a disk that is read-only",
      { root: { ...unreadable, unreadable: undefined, stepNs: 1, foldsNames: false } },
      /^failure directory: nothing can be written/,
      /permissions/,
    ],
    ["a clock that is a minute off", way({ clockAheadMs: -61_000 }), /^warning clock: 61 s behind/, /NTP/],
    ["a clock that S3 refuses", way({ clockAheadMs: 901_000 }), /^failure clock: 901 s ahead of/, /NTP/],
    [
      "trouble with the listing",
      way({ trouble: { of: "listing", error } }),
      /^failure listing: it is so$/,
      /do this$/,
    ],
    [
      "conditions that are ignored",
      { ...way({ versioning: "off" }), learnt: IGNORES },
      /^warning conditional writes: PUT honoured, DELETE ignored: a look/,
      /versioning/,
    ],
    [
      "a login that ends",
      way({ credentials: { source: "login", expiresMs: 60_000 } }),
      /^warning credentials: .*SSO.*until/,
      /sso login/,
    ],
    ["a key that is gone", { key: error }, /^failure gpg: it is so$/, /do this$/],
    [
      "a key without its secret part",
      { key: { canDecrypt: false } },
      /^warning gpg: the secret key of ada@/,
      /gpg --import/,
    ],
  ];
  for (const [what, facts, said, hint] of cases) {
    test(`of ${what} says that, and what to do: exit code 3 (LK9, LK10, LK11)`, async () => {
      const told = await doctor(facts);
      const lines = wrong(told);
      assert.equal(lines.length, 2, told.stdout);
      assert.match(lines[0] ?? "", said);
      assert.match(lines[1] ?? "", hint);
      assert.equal(told.exitCode, 3);
    });
  }

  for (const [what, facts, said] of [
    [
      "conditions that are ignored where versions are kept",
      { learnt: IGNORES },
      /\nok {6}conditional writes: PUT honoured, DELETE ignored/,
    ],
    [
      "a disk that knows whole seconds only",
      { root: { unreadable: undefined, unwritable: undefined, stepNs: 2e9, foldsNames: true } },
      /\nok {6}file times: in steps of 2 s, as far as seen\nok {6}file names: names that differ only in case are one file\n/,
    ],
    ["conditions that were not tried", { learnt: NO_FACTS }, /\nok {6}conditional writes: PUT not tried yet/],
    [
      "a right to ask for versioning that is lacking",
      way({ versioning: "untold" }),
      /\nok {6}versioning: not known/,
    ],
    [
      "a service whose credentials end",
      way({ credentials: { source: "service", expiresMs: 1 } }),
      /\nok {6}credentials: /,
    ],
    ["a server that tells no time", way({ clockAheadMs: undefined }), /\nok {6}clock: the server does not/],
  ] as const) {
    test(`${what} is no failure (LK10)`, async () => {
      const told = await doctor(facts);
      assert.match(told.stdout, said);
      assert.equal(told.exitCode, 0);
    });
  }

  test("tells nothing of what lies beyond a trouble (LK10)", async () => {
    const { stdout } = await doctor(way({ trouble: { of: "region", error } }));
    assert.match(
      stdout,
      /\nok {6}credentials: .*\nfailure region: it is so\n {2}hint: do this\n\n1 failure\n$/,
    );
    const none = await doctor(way({ credentials: undefined, trouble: { of: "credentials", error } }));
    assert.match(none.stdout, /\nok {6}file names: .*\nfailure credentials: it is so\n/);
  });

  for (const [what, facts, said] of [
    [
      "a state file that others may read",
      { fileMode: 0o640 },
      /^warning permissions: .*\(0640\): others may read it$/,
    ],
    [
      "a folder that others may write to",
      { folderMode: 0o777 },
      /^failure permissions: .*\.d \(0777\): others may write/,
    ],
    ["no maps", { maps: [] }, /^warning state file: .*: whole, 0 maps$/],
    [
      "a disk that cannot be written",
      { unwritable: "/home: the file system is read-only" },
      /^failure state folder: nothing can be written to \/home/,
    ],
  ] as const) {
    test(`names ${what} (LK9)`, async () => {
      const told = await doctor({}, [], { examineState: async () => ({ ...WELL, ...facts }) });
      const lines = wrong(told);
      assert.equal(lines.length, 2, told.stdout);
      assert.match(lines[0] ?? "", said);
      assert.equal(told.exitCode, 3);
    });
  }

  test("--dir looks at that pair alone, by an absolute path, and at no state file (LK12)", async () => {
    const asked: DirectoryMap[] = [];
    const examineMap = async (map: DirectoryMap): Promise<MapFacts> => {
      asked.push(map);
      return ALL_WELL;
    };
    const examineState = async (): Promise<never> => assert.fail("it is not needed");
    const told = await doctor({}, ["--dir", "docs", "s3://other/x/"], { examineMap, examineState });
    assert.deepEqual(asked, [aMap({ root: "/somewhere/docs", bucket: "other", prefix: "x" })]);
    assert.equal(told.exitCode, 0);
  });

  test("hints name a state file that is not the default one", async () => {
    const told = await doctor({ root: undefined }, ["--file", "/x"]);
    assert.match(told.stdout, /hint: .*s3-bsync --file \/home\/ann\/\.state\.s3sync --init --rmdir/);
  });

  test("--json tells the same, an object a line (CL18)", async () => {
    const { stdout } = await doctor({ root: undefined }, ["--json"]);
    const told = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    assert.deepEqual(told[0], { type: "check", about: "node", state: "ok", text: "20.20.0" });
    const failure = told.find(({ state }) => state === "failure");
    assert.deepEqual(
      [failure?.["about"], failure?.["root"], failure?.["destination"]],
      ["directory", "/data/docs", "s3://bucket/docs"],
    );
  });

  for (const words of [
    ["--verify"],
    ["--init"],
    ["--quick"],
    ["--dryrun"],
    ["--rmdir", "/a"],
    ["--gzip", "1"],
  ]) {
    test(`${words.join(" ")} beside it is a usage error: exit code 2 (CL2)`, async () => {
      const { exitCode, stdout } = await doctor({}, words);
      assert.deepEqual([exitCode, stdout], [2, ""]);
    });
  }
});
