/** Every way to credentials and endpoints that the AWS tools have, as far as it can be walked on this machine, by the built program. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { type CredentialsServer, credentialsServer } from "../support/credentials-server.ts";
import { list } from "../support/listing-page.ts";
import { type Parts, scene } from "../support/scene.ts";
import type { Machine } from "../support/world.ts";

const NO_KEYS = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
const ROLE = "arn:aws:iam::123456789012:role/sync";

interface Keys {
  readonly id: string;
  readonly secret: string;
}

interface Ways {
  readonly machine: Machine;
  readonly server: CredentialsServer;
  readonly keys: Keys;
}

/** Those of the test server. */
function keysOf(machine: Machine): Keys {
  const { AWS_ACCESS_KEY_ID: id = "", AWS_SECRET_ACCESS_KEY: secret = "" } = machine.env();
  return { id, secret };
}

interface Way {
  readonly what: string;
  /** What lies in `~/.aws`, and what is in the environment. */
  readonly given: (ways: Ways) => {
    readonly files?: Readonly<Record<string, string>>;
    readonly env?: NodeJS.ProcessEnv;
  };
  readonly argv?: readonly string[];
  readonly asks?: readonly string[];
  /** Such credentials always come with a token, which test servers do not know. */
  readonly withToken?: true;
}

function profileOf(keys: Keys, name = "default"): string {
  return `[${name}]\naws_access_key_id = ${keys.id}\naws_secret_access_key = ${keys.secret}\n`;
}

const WAYS: readonly Way[] = [
  {
    what: "the default profile of the credentials file",
    given: ({ keys }) => ({ files: { credentials: profileOf(keys) } }),
  },
  {
    what: "a profile that is named by --profile",
    given: ({ keys }) => ({ files: { credentials: profileOf(keys, "own") } }),
    argv: ["--profile", "own"],
  },
  {
    what: "AWS_PROFILE",
    given: ({ keys }) => ({ files: { config: profileOf(keys, "profile own") }, env: { AWS_PROFILE: "own" } }),
  },
  {
    what: "a program (credential_process)",
    given: ({ keys, machine }) => {
      const program = join(machine.home, "give keys");
      const answer = { Version: 1, AccessKeyId: keys.id, SecretAccessKey: keys.secret };
      writeFileSync(program, `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`);
      chmodSync(program, 0o755);
      return { files: { config: `[default]\ncredential_process = "${program}"\n` } };
    },
  },
  {
    what: "a role that another profile may take (AssumeRole)",
    given: ({ keys, server }) => ({
      files: {
        credentials: profileOf(keys, "base"),
        config: `[profile role]\nrole_arn = ${ROLE}\nsource_profile = base\nregion = eu-north-1\n`,
      },
      env: { AWS_ENDPOINT_URL_STS: server.endpoint },
    }),
    argv: ["--profile", "role"],
    asks: [`AssumeRole ${ROLE}`],
  },
  {
    what: "a web identity in the environment, as in Kubernetes",
    given: ({ machine, server }) => {
      const file = join(machine.home, "token");
      writeFileSync(file, "a.web.identity");
      const env = { AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: file };
      return { env: { ...env, AWS_ENDPOINT_URL_STS: server.endpoint } };
    },
    asks: [`AssumeRoleWithWebIdentity ${ROLE} a.web.identity`],
  },
  {
    what: "a container's agent",
    given: ({ server }) => ({
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.endpoint}/role`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: "of-the-container",
      },
    }),
    asks: ["container of-the-container"],
    withToken: true,
  },
  {
    what: "IAM Identity Center, with the token that `aws sso login` left",
    given: ({ machine, server }) => {
      const cache = join(machine.home, ".aws/sso/cache");
      mkdirSync(cache, { recursive: true });
      const name = createHash("sha1").update("corp").digest("hex");
      const expiresAt = new Date(Date.now() + 60 * 60 * 1000).toISOString();
      writeFileSync(join(cache, `${name}.json`), JSON.stringify({ accessToken: "logged-in", expiresAt }));
      const session =
        "[sso-session corp]\nsso_region = eu-north-1\nsso_start_url = https://corp.example/start\n";
      const profile =
        "[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Sync\n";
      return { files: { config: session + profile }, env: { AWS_ENDPOINT_URL_SSO: server.endpoint } };
    },
    argv: ["--profile", "sso"],
    asks: ["sso 123456789012 Sync logged-in"],
    withToken: true,
  },
];

describe("ways to credentials", { concurrency: 3 }, () => {
  for (const { what, given, argv = [], asks = [], withToken } of WAYS) {
    scene(`a run has those of ${what} (RM30)`, async ({ machine, L, R }: Parts) => {
      const keys = keysOf(machine);
      const token = withToken === undefined ? {} : { token: "the-session-token" };
      await using server = await credentialsServer({ ...keys, ...token });
      const { files = {}, env = {} } = given({ machine, server, keys });
      mkdirSync(join(machine.home, ".aws"), { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(machine.home, ".aws", name), text);
      if (withToken === true) list(machine.proxy, R, []);
      else L.write("a", "A");
      assert.deepEqual(await machine.runWith({ ...NO_KEYS, ...env }, ...argv), {
        code: 0,
        stdout: "",
        stderr: "",
      });
      assert.deepEqual(server.asked, asks);
      const sent = machine.proxy.log[0]?.headers ?? {};
      assert.match(String(sent["authorization"]), new RegExp(`Credential=${keys.id}/`));
      assert.equal(sent["x-amz-security-token"], token.token);
      if (withToken === undefined) assert.deepEqual(await R.files(), { a: "A" });
    });
  }
});

describe("ways to an endpoint", { concurrency: 3 }, () => {
  const NOWHERE = "http://127.0.0.1:1";
  const ways: readonly (readonly [
    string,
    (endpoint: string) => { config?: string; env?: NodeJS.ProcessEnv; argv?: readonly string[] },
  ])[] = [
    [
      "AWS_ENDPOINT_URL_S3, before AWS_ENDPOINT_URL",
      (endpoint) => ({ env: { AWS_ENDPOINT_URL_S3: endpoint, AWS_ENDPOINT_URL: NOWHERE } }),
    ],
    [
      "endpoint_url of the default profile",
      (endpoint) => ({ config: `[default]\nendpoint_url = ${endpoint}\n` }),
    ],
    [
      "the section of services that a profile names, before its endpoint_url",
      (endpoint) => ({
        config: `[profile own]\nservices = here\nendpoint_url = ${NOWHERE}\n[services here]\ns3 =\n  endpoint_url = ${endpoint}\n`,
        argv: ["--profile", "own"],
      }),
    ],
  ];
  for (const [what, given] of ways) {
    scene(`a run goes to that of ${what} (RM30)`, async ({ machine, L, R }: Parts) => {
      const { config = "", env = {}, argv = [] } = given(machine.proxy.endpoint);
      const keys = keysOf(machine);
      mkdirSync(join(machine.home, ".aws"));
      writeFileSync(join(machine.home, ".aws/config"), config);
      writeFileSync(join(machine.home, ".aws/credentials"), profileOf(keys) + profileOf(keys, "own"));
      L.write("a", "A");
      const ran = await machine.runWith({ ...NO_KEYS, AWS_ENDPOINT_URL: undefined, ...env }, ...argv);
      assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
      assert.deepEqual(await R.files(), { a: "A" });
    });
  }
});
