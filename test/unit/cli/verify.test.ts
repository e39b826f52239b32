/** `--verify` as a user sees it: what it says of each map, and the code that it ends with. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { VerifyOptions } from "../../../src/cli/context.ts";
import { BsyncError } from "../../../src/model/errors.ts";
import { ExitCode } from "../../../src/model/exit-code.ts";
import type { Finding, FindingKind, Findings } from "../../../src/model/finding.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import type { VerifyReporter, VerifyResult } from "../../../src/ports/verify-reporter.ts";
import { aMap, memoryEngine, session, type Session } from "../../support/session.ts";

const MAP = aMap({ gzip: 6 });
const REQUESTS = { list: 1, head: 2, get: 0, put: 0, delete: 0 };
const NONE: Record<FindingKind, number> = {
  "missing here": 0,
  "missing there": 0,
  differs: 0,
  "not recorded": 0,
  "record differs": 0,
  unreadable: 0,
  unknown: 0,
};
const FOUND: Finding = { key: keyOfText("a\nb"), kind: "missing here", why: "never downloaded" };

function findings(counts: Partial<Record<FindingKind, number>>, paths = 1234): Findings {
  return { paths, counts: { ...NONE, ...counts } };
}

async function verify(
  result: Partial<VerifyResult>,
  argv: readonly string[] = [],
  found: readonly Finding[] = [],
): Promise<Session & { readonly asked: VerifyOptions | undefined }> {
  let asked: VerifyOptions | undefined;
  const change = {
    async verify(options: VerifyOptions, reporter: VerifyReporter): Promise<ExitCode> {
      asked = options;
      await reporter.began(MAP);
      for (const each of found) await reporter.found(MAP, each);
      const { exitCode = ExitCode.ok } = result;
      await reporter.finished(MAP, {
        exitCode,
        error: undefined,
        findings: undefined,
        requests: REQUESTS,
        ...result,
      });
      return exitCode;
    },
  };
  return { ...(await session(["verify", ...argv], memoryEngine({ maps: [MAP], change }))), asked };
}

const NAME = "/data/docs <-> s3://bucket/docs  (gzip 6)\n";

describe("--verify", () => {
  test("says of a map where nothing is found that all is the same: exit code 0 (LK7)", async () => {
    const { stdout, stderr, exitCode } = await verify({ findings: findings({}) });
    assert.deepEqual([stdout, stderr, exitCode], [`${NAME}  1,234 names compared: all the same\n`, "", 0]);
  });

  test("names each finding on one line, and sums them up: exit code 3 (LK2, LK7, CL19)", async () => {
    const sums = findings({ "missing here": 1, differs: 20 });
    const { stdout, stderr, exitCode } = await verify({ findings: sums, exitCode: 3 }, [], [FOUND]);
    assert.equal(
      stdout,
      `${NAME}  missing here: "a\\nb": never downloaded\n  1,234 names compared: 1 missing here, 20 differs\n`,
    );
    assert.deepEqual([stderr, exitCode], ["", 3]);
  });

  test("says why a map could not be looked at: exit code 1 (LK7)", async () => {
    const error = new BsyncError("the bucket is gone", { hint: "look" });
    const { stdout, stderr, exitCode } = await verify({ error, exitCode: 1 });
    assert.equal(stdout, `${NAME}  could not be looked at: the bucket is gone\n`);
    assert.deepEqual([stderr, exitCode], ["s3-bsync: the bucket is gone\n  hint: look\n", 1]);
  });

  test("--debug counts the requests", async () => {
    const { stdout } = await verify({ findings: findings({}) }, ["--debug"]);
    assert.match(stdout, /\n {2}requests: 1 LIST, 2 HEAD\n$/);
  });

  test("--json tells the same, an object a line (CL18)", async () => {
    const { stdout } = await verify({ findings: findings({ differs: 1 }), exitCode: 3 }, ["--json"], [FOUND]);
    const place = { root: "/data/docs", destination: "s3://bucket/docs" };
    assert.deepEqual(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
      [
        { type: "finding", ...place, kind: "missing here", key: "a\nb", why: "never downloaded" },
        {
          type: "verified",
          ...place,
          exitCode: 3,
          paths: 1234,
          counts: { ...NONE, differs: 1 },
          requests: REQUESTS,
        },
      ],
    );
  });

  test("hands on --quick and the connection", async () => {
    const { asked } = await verify({ findings: findings({}) }, ["--quick", "--region", "eu"]);
    assert.deepEqual([asked?.quick, asked?.connection], [true, { region: "eu" }]);
  });

  test("hands on which names are chosen; none given: all (LK16)", async () => {
    const { asked } = await verify({ findings: findings({}) }, ["--only", "docs", "--exclude", "*.tmp"]);
    const chosen = ["docs/a", "docs/a.tmp", "b"].filter((name) => asked?.names?.(keyOfText(name)));
    assert.deepEqual(chosen, ["docs/a"]);
    assert.equal((await verify({ findings: findings({}) })).asked?.names, undefined);
    assert.equal((await verify({}, ["--only", "/"])).exitCode, 2);
  });

  for (const words of [
    ["--dryrun"],
    ["--init"],
    ["--status"],
    ["--max-delete", "1"],
    ["--dir", "/a", "s3://bucket"],
  ]) {
    test(`${words.join(" ")} beside it is a usage error: exit code 2 (CL2)`, async () => {
      const { exitCode, stdout } = await verify({}, words);
      assert.deepEqual([exitCode, stdout], [2, ""]);
    });
  }

  test("--quick means nothing without it (CL2)", async () => {
    const { exitCode, stderr } = await session(["--quick"], memoryEngine({ maps: [MAP] }));
    assert.equal(exitCode, 2);
    assert.match(stderr, /--quick needs --verify/);
  });
});
