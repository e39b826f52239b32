/** No secret is ever written anywhere, and what this program keeps for itself is its owner's alone. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { atRequest } from "../support/at-request.ts";
import { IN_THE_END, SENT, stormy, withChanges } from "../support/busy-world.ts";
import type { Effect, Fault } from "../support/chaos-proxy.ts";
import { answer } from "../support/listing-page.ts";
import { hurried } from "../support/preload.ts";
import { scene, synced } from "../support/scene.ts";
import { unchangedBy } from "../support/stand-still.ts";
import type { Machine, Ran } from "../support/world.ts";

interface Canaries {
  readonly key: string;
  readonly secret: string;
  readonly token: string;
}

function canaries(): Canaries {
  const text = (): string => randomBytes(15).toString("hex");
  return {
    key: `AKIA${text().toUpperCase().slice(0, 16)}`,
    secret: `canary+${text()}/x`,
    token: `canary-${text()}`,
  };
}

/** Ways in which credentials are given, all of them the canaries. */
const GIVEN: Readonly<Record<string, (canary: Canaries, machine: Machine) => NodeJS.ProcessEnv>> = {
  "in the environment": ({ key, secret, token }) => ({
    AWS_ACCESS_KEY_ID: key,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_SESSION_TOKEN: token,
  }),
  "in ~/.aws": ({ key, secret, token }, { home }) => {
    mkdirSync(join(home, ".aws"), { recursive: true });
    const lines = `aws_access_key_id = ${key}\naws_secret_access_key = ${secret}\naws_session_token = ${token}\n`;
    writeFileSync(join(home, ".aws", "credentials"), `[canary]\n${lines}`);
    writeFileSync(join(home, ".aws", "config"), "[profile canary]\nregion = us-east-1\n");
    return { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_PROFILE: "canary" };
  },
};

const FAULTS: readonly Effect[] = [
  { kind: "answer", status: 500, code: "InternalError" },
  { kind: "answer", status: 403, code: "AccessDenied" },
  { kind: "answer", status: 412, code: "PreconditionFailed" },
  { kind: "lose-answer", cut: "rst" },
  { kind: "cut-before", cut: "fin" },
  { kind: "shorten", at: 0.5, announced: true },
  { kind: "flip-byte", at: 0.5 },
  { kind: "say", body: "<html></html>" },
];

describe("G24: secrets", { concurrency: 3 }, () => {
  for (const [where, give] of Object.entries(GIVEN)) {
    stormy(
      `G24: credentials given ${where} are sent, but never said or stored, even by a server that repeats them`,
      async (parts) => {
        const { machine, chaos } = parts;
        const canary = canaries();
        const env = { ...hurried(), ...give(canary, machine) };
        await withChanges(parts);
        let seen = 0;
        for (const [status, code] of [
          [403, "SignatureDoesNotMatch"],
          [403, "InvalidAccessKeyId"],
          [400, "ExpiredToken"],
          [400, "MalformedXML"],
          [307, "TemporaryRedirect"],
          [501, "NotImplemented"],
        ] as const) {
          chaos.instead = ({ headers }, response) => {
            const sent = JSON.stringify(headers);
            if (sent.includes(canary.key) && sent.includes(canary.token)) seen++;
            const told = escaped(`${sent} ${canary.secret}`);
            return answer(
              response,
              `<Error><Code>${code}</Code><Message>${told}</Message><AWSAccessKeyId>${canary.key}</AWSAccessKeyId><StringToSign>${told}</StringToSign></Error>`,
              status,
            );
          };
          for (const words of [["--debug"], ["--json", "--dryrun"]]) {
            const ran = await machine.runWith(env, ...words);
            assert.notEqual(ran.code, 0);
            assertKeeps(canary, machine, ran);
          }
        }
        assert.ok(seen >= 6, "the canaries were really used");
      },
    );
  }

  stormy("G24: no secret is said or stored whatever goes wrong on the way", async (parts) => {
    const { machine, chaos, R } = parts;
    const { accessKeyId, secretAccessKey } = parts.world.server;
    const secret: Canaries = { key: accessKeyId, secret: secretAccessKey, token: "X-Amz-Signature" };
    await withChanges(parts);
    for (const [at, effect] of FAULTS.entries()) {
      const faults: readonly Fault[] = SENT.filter(
        (operation) => operation !== "ListObjectsV2" || at < 4,
      ).map((operation) => ({ operation, times: 1_000, effect }));
      chaos.plan(at % 2 === 0 ? faults : faults.filter(({ operation }) => operation !== "ListObjectsV2"));
      const log = ["--log-level", "debug", "--log-file", `${machine.stateFile}.d/run.log`];
      assertKeeps(secret, machine, await machine.runWith(hurried(), "--debug", ...log));
      assertKeeps(secret, machine, await machine.runWith(hurried(), "--json"));
    }
    assert.ok(chaos.hits.length > 0);
    assert.match(readFileSync(`${machine.stateFile}.d/run.log`, "utf8"), / error .*\n/);
    chaos.plan([]);
    assertKeeps(secret, machine, await machine.run("--debug"));
    assert.equal((await R.files())["edited here"], IN_THE_END["edited here"]);
  });

  for (const [where, env] of Object.entries({
    AWS_ENDPOINT_URL: (url: string) => ({ AWS_ENDPOINT_URL: url }),
    AWS_ENDPOINT_URL_S3: (url: string) => ({ AWS_ENDPOINT_URL_S3: url }),
  })) {
    scene(`G24: a password in ${where} is refused, and neither said nor stored`, async (parts) => {
      const { machine } = parts;
      const canary = canaries();
      await synced(parts, ["a", "b"]);
      const url = machine.proxy.endpoint.replace("//", `//someone:${canary.token}@`);
      for (const words of [[], ["--debug"], ["--json"]]) {
        const ran = await unchangedBy(parts, () => machine.runWith(env(url), ...words));
        assert.equal(ran.code, 1);
        assert.match(ran.stderr, /user or a password/);
        assertKeeps(canary, machine, ran);
      }
    });
  }

  scene("G24: a redirect to another place is not followed", async (parts) => {
    const { machine, L } = parts;
    await synced(parts, ["a", "b"]);
    L.write("a", "edited");
    const asked = machine.proxy.log;
    asked.length = 0;
    machine.proxy.instead = (_, response) => {
      response
        .writeHead(307, { location: `${machine.proxy.endpoint}/elsewhere/x`, "content-length": 0 })
        .end();
      return true;
    };
    const ran = await machine.run();
    assert.equal(ran.code, 1, ran.stderr);
    assert.deepEqual(
      asked.filter(({ key }) => key === "x"),
      [],
    );
  });
});

describe("S13, G24: modes", { concurrency: 3 }, () => {
  for (const umask of ["000", "077"]) {
    stormy(
      `under umask ${umask} the state file and all beside it are their owner's alone, during a run and after it`,
      async (parts) => {
        const { machine } = parts;
        machine.through = ["sh", "-c", `umask ${umask}; exec "$0" "$@"`];
        await withChanges(parts);
        const during: string[] = [];
        for (const operation of ["GetObject", "PutObject", "DeleteObject"])
          atRequest(machine.proxy, { operation }, () => void during.push(...loose(machine)));
        await machine.sync();
        assert.deepEqual(during, []);
        assert.deepEqual(loose(machine), []);
        assert.ok(machine.backups().length > 0);
      },
    );
  }

  scene("what was loose before is its owner's alone after a run", async (parts) => {
    const { machine, L } = parts;
    await synced(parts, ["a", "b"]);
    chmodSync(machine.stateFile, 0o644);
    chmodSync(`${machine.stateFile}.d`, 0o755);
    await machine.sync();
    assert.deepEqual(loose(machine), []);
    chmodSync(machine.stateFile, 0o666);
    L.write("a", "edited");
    await machine.sync();
    assert.deepEqual(loose(machine), []);
  });
});

/** What others may read, write or enter of what is ours, but for what lies in a folder that they may not enter. */
function loose({ stateFile }: Machine): readonly string[] {
  const folder = `${stateFile}.d`;
  const paths = [
    stateFile,
    folder,
    ...readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  ];
  return paths
    .map((path) => ({ path, mode: lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0 }))
    .filter(({ mode }) => (mode & 0o077) !== 0)
    .map(({ path, mode }) => `${path} ${mode.toString(8)}`);
}

/** The secrets stand in no output, and in no file that the run has written. */
function assertKeeps(
  { key, secret, token }: Canaries,
  { stateFile, local }: Machine,
  { stdout, stderr }: Ran,
): void {
  const folder = `${stateFile}.d`;
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  const texts = new Map([
    ["stdout", stdout],
    ["stderr", stderr],
    ["the state file", readFileSync(stateFile, "latin1")],
    ...Object.entries(local.files()),
  ]);
  for (const entry of files)
    if (entry.isFile()) texts.set(entry.name, readFileSync(join(entry.parentPath, entry.name), "latin1"));
  for (const [where, text] of texts) {
    for (const canary of [secret, token, encodeURIComponent(secret)])
      assert.ok(!text.includes(canary), `${where}: ${text}`);
    assert.ok(!/Authorization|Signature=/i.test(text), `${where}: ${text}`);
    assert.ok(!text.includes(key), `${where}: ${text}`);
  }
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
