/** `--doctor` on a real server: each thing that is wrong is named with a hint, and nothing at all is changed. */

import assert from "node:assert/strict";
import { chmodSync, rmSync } from "node:fs";
import { describe } from "node:test";
import { newKeyring } from "../support/keyring.ts";
import { answerError } from "../support/listing-page.ts";
import { clockOffBy } from "../support/preload.ts";
import { type Parts, scene, startingFrom } from "../support/scene.ts";
import { ADDRESS, giveKeys, sealedScene } from "../support/sealed.ts";
import { freePorts } from "../support/servers/free-ports.ts";
import { snapshotOf } from "../support/stand-still.ts";
import { canTrace, NO_STRACE, traced } from "../support/traced.ts";
import type { Ran } from "../support/world.ts";

const HOUR = 60 * 60 * 1000;
const start = startingFrom({ a: "A", b: "B" });

/** Nothing changes: not in the whole home folder, and not in the bucket; nothing is sent but GET (LK1). */
async function doctor(
  { machine, R }: Parts,
  env: NodeJS.ProcessEnv,
  ...argv: readonly string[]
): Promise<Ran> {
  const [here, there] = [snapshotOf(machine.home), await R.files()];
  machine.proxy.log.length = 0;
  const ran = await machine.runWith(env, "--doctor", ...argv);
  assert.deepEqual(
    [...new Set(machine.proxy.log.map(({ method }) => method))].filter((each) => each !== "GET"),
    [],
  );
  assert.deepEqual(snapshotOf(machine.home), here);
  assert.deepEqual(await R.files(), there);
  const secret = { ...machine.env(), ...env }["AWS_SECRET_ACCESS_KEY"];
  assert.ok(secret === undefined || !`${ran.stdout}${ran.stderr}`.includes(secret), "no secret is told");
  return ran;
}

/** The only failure or warning that it tells, and the hint below it. */
function assertOnly(
  { code, stdout, stderr }: Ran,
  state: "failure" | "warning",
  said: RegExp,
  hint: RegExp,
): void {
  assert.deepEqual([code, stderr], [3, ""], stdout);
  const lines = stdout.split("\n");
  const wrong = lines.flatMap((line, at) => (/^(?:failure|warning) /.test(line) ? [at] : []));
  assert.equal(wrong.length, 1, stdout);
  const [at = 0] = wrong;
  assert.ok(lines[at]?.startsWith(state), stdout);
  assert.match(lines[at] ?? "", said);
  assert.match(lines[at + 1] ?? "", /^ {2}hint: /);
  assert.match(lines[at + 1] ?? "", hint);
  assert.ok(stdout.endsWith(`\n1 ${state}\n`), stdout);
}

describe("--doctor", { concurrency: 3 }, () => {
  start("of a map where all is well says so of each part, and ends with 0 (LK9, LK11)", async (parts) => {
    const { machine, L } = parts;
    L.write("c", "C");
    await machine.sync();
    const ran = await doctor(parts, {});
    const said = [
      /^ok {6}node: \d+\.\d+\.\d+\n/,
      /\nok {6}state file: .*: whole, 1 map\n/,
      /\nok {6}permissions: .*\.state\.s3sync \(0600\): nobody else may read it\n/,
      /\nok {6}permissions: .*\.d \(0700\): nobody else may read it\n/,
      /\nok {6}directory: .*: there, readable, writable\n/,
      /\nok {6}file times: in steps of 1 ns, as far as seen\n/,
      /\nok {6}file names: upper and lower case differ\n/,
      /\nok {6}endpoint: http:\/\/127\.0\.0\.1:\d+ answers\n/,
      /\nok {6}clock: as the server's\n/,
      /\nok {6}credentials: from the environment \(AWS_ACCESS_KEY_ID\)\n/,
      /\nok {6}region: us-east-1\n/,
      /\nok {6}bucket: s3-bsync-tests is there\n/,
      /\nok {6}listing: allowed\n/,
      /\nok {6}conditional writes: PUT honoured, DELETE not tried yet \(the first small one shows\)\n/,
      /\nok {6}versioning: off\n/,
      /\n\nall is well\n$/,
    ];
    for (const each of said) assert.match(ran.stdout, each);
    assert.deepEqual([ran.code, ran.stderr], [0, ""]);
    assert.equal(machine.proxy.log.length, 2);
  });

  const troubles: readonly (readonly [string, NodeJS.ProcessEnv, RegExp, RegExp])[] = [
    [
      "a wrong secret key",
      { AWS_SECRET_ACCESS_KEY: "wrong-secret" },
      /credentials: the secret key/,
      /AWS_SECRET/,
    ],
    [
      "an unknown access key",
      { AWS_ACCESS_KEY_ID: "NOSUCHKEY" },
      /credentials: .*access key/,
      /AWS_ACCESS_KEY_ID/,
    ],
    [
      "no credentials",
      { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
      /credentials: no credentials/,
      /--profile/,
    ],
    [
      "an endpoint that is no URL",
      { AWS_ENDPOINT_URL: "nonsense" },
      /endpoint: .*not a URL/,
      /--endpoint-url/,
    ],
  ];
  for (const [what, env, said, hint] of troubles) {
    start(`names ${what}, with a hint (LK10)`, async (parts) => {
      assertOnly(await doctor(parts, env), "failure", said, hint);
    });
  }

  start("names an endpoint where nobody listens (LK10)", async (parts) => {
    const [port] = await freePorts(1);
    const ran = await doctor(parts, {}, "--endpoint-url", `http://127.0.0.1:${port}`);
    assertOnly(ran, "failure", /endpoint: .*cannot be reached: ECONNREFUSED/, /--endpoint-url/);
  });

  start(
    "names a bucket that is not there; --dir looks at a pair that is not mapped (LK10, LK12)",
    async (parts) => {
      const { machine, L } = parts;
      rmSync(machine.stateFile);
      const ran = await doctor(parts, {}, "--dir", L.root, "s3://s3-bsync-no-such-bucket/p");
      assertOnly(ran, "failure", /bucket: there is no bucket s3-bsync-no-such-bucket/, /--endpoint-url/);
      assert.match(ran.stdout, /\nok {6}region: /);
      assert.doesNotMatch(ran.stdout, /listing|versioning/);
      assert.equal((await doctor(parts, {}, "--dir", L.root, machine.destination)).code, 0);
    },
  );

  start("names a right that is lacking, and a clock that the server refuses (LK10)", async (parts) => {
    const { proxy } = parts.machine;
    proxy.instead = (_, response) => answerError(response, 403, "AccessDenied");
    assertOnly(await doctor(parts, {}), "failure", /listing: access to .* is denied/, /s3:ListBucket/);
    proxy.instead = (_, response) => answerError(response, 403, "RequestTimeTooSkewed");
    assertOnly(await doctor(parts, {}), "failure", /clock: the clock of this machine/, /NTP/);
  });

  start("has no trouble with a server that does not tell of versions (LK10)", async (parts) => {
    parts.machine.proxy.instead = ({ query }, response) =>
      query.has("versioning") && answerError(response, 403, "AccessDenied");
    const ran = await doctor(parts, {});
    assert.equal(ran.code, 0, ran.stdout);
    assert.match(ran.stdout, /\nok {6}versioning: not known/);
  });

  for (const [ms, state, said] of [
    [-HOUR, "failure", /clock: 3,[56]\d\d s behind the server's/],
    [2 * 60_000, "warning", /clock: 1[12]\d s ahead of the server's/],
  ] as const) {
    start(`names a clock that is ${ms / 1000} s off (LK10)`, async (parts) => {
      assertOnly(await doctor(parts, clockOffBy(ms)), state, said, /set the clock/);
    });
  }

  start("names a directory that is missing, and goes on (LK10)", async (parts) => {
    const { L } = parts;
    rmSync(L.root, { recursive: true });
    const ran = await doctor(parts, {});
    assertOnly(ran, "failure", /directory: .*missing, or not a directory/, /--init --rmdir/);
    assert.match(ran.stdout, /\nok {6}listing: allowed\n/);
  });

  start("names a state file that others may read, or write (LK10)", async (parts) => {
    chmodSync(parts.machine.stateFile, 0o644);
    assertOnly(
      await doctor(parts, {}),
      "warning",
      /permissions: .*\(0644\): others may read it/,
      /chmod 600/,
    );
    chmodSync(parts.machine.stateFile, 0o666);
    assertOnly(
      await doctor(parts, {}),
      "failure",
      /permissions: .*\(0666\): others may write there/,
      /chmod 600/,
    );
  });

  sealedScene("names a key that is gone (LK10)", { gpg: ADDRESS }, async (parts) => {
    const well = await doctor(parts, {});
    assert.equal(well.code, 0, well.stdout);
    assert.match(
      well.stdout,
      /\nok {6}gpg: the key of ada@example\.org encrypts, and its secret part is here\n/,
    );
    using empty = newKeyring();
    giveKeys(parts.machine, empty);
    const gone = await doctor(parts, {});
    assertOnly(gone, "failure", /gpg: no GPG key of ada@example\.org/, /gpg --import/);
    using poor = newKeyring();
    poor.importFrom(parts.keyring, ADDRESS);
    giveKeys(parts.machine, poor);
    const half = await doctor(parts, {});
    assertOnly(half, "warning", /gpg: the secret key of .* is not on this machine/, /gpg --import/);
  });

  start("--json tells the same, an object a line (CL18)", async (parts) => {
    const ran = await doctor(parts, { AWS_SECRET_ACCESS_KEY: "wrong-secret" }, "--json");
    const told = ran.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    assert.ok(
      told.every(({ type }) => type === "check"),
      ran.stdout,
    );
    const wrong = told.filter(({ state }) => state !== "ok");
    assert.deepEqual(
      wrong.map(({ about, state, root }) => [about, state, root]),
      [["credentials", "failure", parts.L.root]],
    );
    assert.match(String(wrong[0]?.["hint"]), /AWS_SECRET_ACCESS_KEY/);
  });

  start("makes, changes and removes no file anywhere (LK1)", async ({ machine }, t) => {
    if (!canTrace()) return t.skip(NO_STRACE);
    const { ran, changes } = await traced(machine, "--doctor");
    assert.deepEqual([ran.code, changes], [0, []]);
  });

  scene("without a state file says how to begin, and ends with 1 (LK11)", async ({ machine }) => {
    rmSync(machine.stateFile);
    const ran = await machine.run("--doctor");
    assert.deepEqual([ran.code, ran.stdout], [1, ""]);
    assert.match(ran.stderr, /^s3-bsync: .*no state file.*\n {2}hint: .*--init/);
  });
});
