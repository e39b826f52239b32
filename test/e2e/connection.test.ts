/** Scenarios J: what is wrong with the way to S3 is said in one line, with a hint; and HTTPS with an authority of one's own. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { type Certificate, makeCertificate } from "../support/certificate.ts";
import { answerError } from "../support/listing-page.ts";
import { clockOffBy } from "../support/preload.ts";
import { assertRefused, type Parts, scene, synced } from "../support/scene.ts";
import { freePorts } from "../support/servers/free-ports.ts";
import { unchangedBy } from "../support/stand-still.ts";
import { tempDir } from "../support/temp-dir.ts";
import { tlsFront } from "../support/tls-front.ts";
import { assertSettled, type Machine, type Ran } from "../support/world.ts";

const HOUR = 60 * 60 * 1000;

interface Trouble {
  readonly what: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What the proxy answers in the server's place. */
  readonly answer?: readonly [status: number, code: string];
  readonly said: RegExp;
  readonly hint: RegExp;
}

const NO_KEYS = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

const TROUBLES: readonly Trouble[] = [
  { what: "no credentials", env: NO_KEYS, said: /no credentials/, hint: /AWS_ACCESS_KEY_ID.*--profile/ },
  {
    what: "a profile that is not there",
    env: { ...NO_KEYS, AWS_PROFILE: "nobody" },
    said: /no credentials/,
    hint: /--profile/,
  },
  {
    what: "a wrong secret key",
    env: { AWS_SECRET_ACCESS_KEY: "wrong-secret-of-this-test" },
    said: /secret key/,
    hint: /AWS_SECRET_ACCESS_KEY/,
  },
  {
    what: "an access key that the server does not know",
    env: { AWS_ACCESS_KEY_ID: "NOSUCHKEYOFTHISTEST" },
    said: /access key/,
    hint: /AWS_ACCESS_KEY_ID/,
  },
  {
    what: "no permission",
    answer: [403, "AccessDenied"],
    said: /access to s3:.* denied/,
    hint: /s3:ListBucket/,
  },
  {
    what: "credentials that have expired",
    answer: [400, "ExpiredToken"],
    said: /expired/,
    hint: /sso login/,
  },
  {
    what: "a clock that stays wrong",
    answer: [403, "RequestTimeTooSkewed"],
    said: /the clock of this machine/,
    hint: /set the clock/,
  },
];

describe("scenarios J: errors of the way to S3", { concurrency: 3 }, () => {
  for (const { what, env = {}, answer, said, hint } of TROUBLES) {
    scene(`${what}: exit code 1, one line and a hint, and nothing is done (RM5, CL15)`, async (parts) => {
      const { machine } = parts;
      await withWork(parts);
      if (answer !== undefined) machine.proxy.instead = (_, response) => answerError(response, ...answer);
      for (const argv of [[], ["--dryrun"]]) {
        assertRefused(await unchangedBy(parts, () => machine.runWith(env, ...argv)), 1, said, hint);
      }
      await assertKeepsSecrets(parts, env);
      machine.proxy.instead = () => false;
      await machine.sync();
      await assertSettled(parts);
    });
  }

  scene("a bucket that is not there: exit code 1, and it and the endpoint are named (RM5)", async (parts) => {
    const { machine, L } = parts;
    L.write("a", "a");
    const elsewhere = ["--rmdir", L.root, "--dir", L.root, "s3://s3-bsync-no-such-bucket/p"];
    assert.equal((await machine.run("--init", ...elsewhere)).code, 0);
    const ran = await unchangedBy(parts, () => machine.run());
    assertRefused(ran, 1, /no bucket s3-bsync-no-such-bucket at http:/, /hint: .*--endpoint-url/);
    assert.ok(ran.stderr.includes(machine.proxy.endpoint));
  });

  scene("an endpoint where nobody listens: exit code 1, and it is named (RM5)", async (parts) => {
    const { machine, L } = parts;
    L.write("a", "a");
    const [port] = await freePorts(1);
    const endpoint = `http://127.0.0.1:${port}`;
    const ran = await unchangedBy(parts, () => machine.run("--endpoint-url", endpoint));
    assertRefused(ran, 1, new RegExp(`${endpoint} cannot be reached: ECONNREFUSED`), /--endpoint-url/);
  });

  scene("an endpoint that is no URL: exit code 1 and a hint", async (parts) => {
    const ran = await unchangedBy(parts, () => parts.machine.runWith({ AWS_ENDPOINT_URL: "nonsense" }));
    assertRefused(ran, 1, /not a URL: nonsense/, /--endpoint-url/);
  });

  for (const off of [-HOUR, HOUR]) {
    scene(
      `a clock that is ${off / HOUR} hours off is set right by the server's answer (RM2)`,
      async (parts) => {
        const { machine, L, R } = parts;
        await synced(parts, ["a", "b"]);
        L.write("a", "edited");
        await R.put("b", "edited too");
        machine.proxy.log.length = 0;
        const ran = await machine.runWith(clockOffBy(off));
        assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
        assert.equal(machine.proxy.log[0]?.status, 403, "the server minds");
        assert.deepEqual([await R.read("a"), L.read("b")], ["edited", "edited too"]);
        await assertSettled(parts);
      },
    );
  }

  scene("no run that does its work writes a secret anywhere, not at --debug either", async (parts) => {
    await withWork(parts);
    await assertKeepsSecrets(parts, {});
    await assertSettled(parts);
  });
});

describe("scenarios J: HTTPS", { concurrency: 3 }, () => {
  const folder = tempDir("certificate");
  let certificate: Certificate;
  before(async () => {
    certificate = await makeCertificate(folder.path);
  });
  after(() => folder.remove());

  /** The machine's map lies behind HTTPS, through its proxy, on the real server. */
  function secure(title: string, play: (parts: Parts, endpoint: string) => Promise<void>): void {
    scene(title, async (parts) => {
      await using front = await tlsFront(parts.machine.proxy.endpoint, certificate);
      parts.L.write("a", "here");
      await parts.R.put("b", "there");
      await play(parts, front.endpoint);
    });
  }

  secure(
    "a certificate of an unknown authority is not trusted: nothing is sent, and the hint names --ca-bundle (RM5)",
    async (parts, endpoint) => {
      const { machine } = parts;
      const ran = await unchangedBy(parts, () => machine.runWith({ AWS_ENDPOINT_URL: endpoint }));
      assertRefused(ran, 1, /cannot be trusted: UNABLE_TO_VERIFY_LEAF_SIGNATURE/, /hint: --ca-bundle FILE/);
      assert.deepEqual(machine.proxy.log, []);
    },
  );

  const ways: readonly (readonly [string, (machine: Machine, endpoint: string) => Promise<Ran>])[] = [
    [
      "--ca-bundle of a run",
      (machine, endpoint) => machine.run("--endpoint-url", endpoint, "--ca-bundle", certificate.caFile),
    ],
    [
      "AWS_CA_BUNDLE",
      (machine, endpoint) =>
        machine.runWith({ AWS_ENDPOINT_URL: endpoint, AWS_CA_BUNDLE: certificate.caFile }),
    ],
    [
      "ca_bundle of a profile",
      (machine, endpoint) => {
        const config = join(machine.home, "config");
        const lines = ["[profile own]", `ca_bundle = ${certificate.caFile}`, `endpoint_url = ${endpoint}`];
        writeFileSync(config, `${lines.join("\n")}\n`);
        const keys = machine.env();
        const credentials = join(machine.home, "credentials");
        writeFileSync(
          credentials,
          `[own]\naws_access_key_id = ${keys["AWS_ACCESS_KEY_ID"]}\naws_secret_access_key = ${keys["AWS_SECRET_ACCESS_KEY"]}\n`,
        );
        const files = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials };
        return machine.runWith({ ...NO_KEYS, AWS_ENDPOINT_URL: undefined, ...files }, "--profile", "own");
      },
    ],
  ];
  for (const [way, run] of ways) {
    secure(`with its authority named by ${way} it is trusted`, async ({ machine, L, R }, endpoint) => {
      assert.deepEqual(await run(machine, endpoint), { code: 0, stdout: "", stderr: "" });
      assert.deepEqual(L.files(), { a: "here", b: "there" });
      assert.deepEqual(await R.files(), L.files());
      const again = await machine.counting(() => run(machine, endpoint));
      assert.deepEqual(again, { ListObjectsV2: 1 });
    });
  }

  secure("an authority that --init stored holds for every run (CL13)", async (parts, endpoint) => {
    const { machine, L } = parts;
    await machine.init("--endpoint-url", endpoint, "--ca-bundle", certificate.caFile);
    await machine.sync();
    assert.deepEqual(L.files(), { a: "here", b: "there" });
    await assertSettled(parts);
  });

  secure(
    "a CA bundle that cannot be read, or is of another authority, ends the map (RM5)",
    async (parts, endpoint) => {
      const { machine } = parts;
      const missing = join(machine.home, "missing.pem");
      const run = (file: string): Promise<Ran> =>
        unchangedBy(parts, () => machine.run("--endpoint-url", endpoint, "--ca-bundle", file));
      assertRefused(await run(missing), 1, /cannot read the CA bundle .*missing\.pem/, /--ca-bundle/);
      using elsewhere = tempDir("certificate");
      const other = await makeCertificate(elsewhere.path);
      assertRefused(await run(other.caFile), 1, /cannot be trusted/, /--ca-bundle/);
    },
  );
});

/** Something to do in each direction. */
async function withWork(parts: Parts): Promise<void> {
  await synced(parts, ["a", "b", "c"]);
  parts.L.write("a", "edited");
  parts.L.remove("b");
  await parts.R.put("new", "N");
}

/** Runs in every voice, and finds no secret in what it says, and none in any file that it leaves. */
async function assertKeepsSecrets({ machine, L }: Parts, env: NodeJS.ProcessEnv): Promise<void> {
  const session = { AWS_SECRET_ACCESS_KEY: machine.env()["AWS_SECRET_ACCESS_KEY"], ...env };
  const secret = session.AWS_SECRET_ACCESS_KEY;
  for (const argv of [["--dryrun", "--debug"], ["--debug"], ["--json"]]) {
    const { stdout, stderr } = await machine.runWith(env, ...argv);
    assert.ok(stdout.length > 0);
    if (secret !== undefined) assert.ok(!`${stdout}${stderr}`.includes(secret), stdout + stderr);
    assert.doesNotMatch(stdout + stderr, /Signature=|Credential=|x-amz-security-token/i);
  }
  for (const entry of readdirSync(machine.home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.startsWith(L.root)) continue;
    assert.ok(secret === undefined || !readFileSync(path, "latin1").includes(secret), path);
  }
}
