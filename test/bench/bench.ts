/**
 * How fast s3-bsync is beside other programs that do the same work, in one run in which all take their turns one
 * after the other. Prints a table; `--write` puts it into RESULTS.md as well, in the place of what stands there of the
 * same workloads.
 *
 *     npm run bench -- [--only W1,M3] [--scale small|full] [--server seaweedfs|minio|strict|URL] [--repeats N]
 *                      [--latency MS] [--peers rclone,s5cmd,aws] [--write]
 *
 * `npm run bench:install` installs the peers. A server by URL gets its credentials from the AWS environment.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { startServer, type S3Server } from "../support/s3-server.ts";
import { TEST_ACCOUNT } from "../support/servers/server-kind.ts";
import { benchOptions, type BenchOptions } from "./options.ts";
import { findPeer, type Peer, type PeerName } from "./peers.ts";
import { play, type Round } from "./play.ts";
import { report, textOf } from "./report.ts";
import { merged, type Results, resultsIn } from "./results.ts";
import { Stage } from "./stage.ts";
import { WORKLOADS } from "./workloads.ts";

const RESULTS = new URL("RESULTS.md", import.meta.url);

const options = benchOptions(process.argv.slice(2));
const chosen = WORKLOADS.filter(({ id }) => isAskedFor(id, options.only));
if (chosen.length === 0) throw new Error(`no workload begins with ${options.only.join(" or ")}`);

await using server = await serverOf(options);
const peers = await found(options.peers);
await using stage = new Stage(server, peers, options);
await server.bucket(stage.bucket);

const rounds: Round[] = [];
for (const workload of chosen) {
  const begin = Date.now();
  rounds.push(...(await play(workload, stage)));
  console.error(`${workload.id}: ${((Date.now() - begin) / 1000).toFixed(0)} s`);
  if (options.write) write(resultsSoFar()); // whoever has no patience keeps what there is
}
console.log(textOf(resultsSoFar()));

function write(results: Results): void {
  const old = existsSync(RESULTS) ? resultsIn(readFileSync(RESULTS, "utf8")) : results;
  writeFileSync(
    RESULTS,
    textOf(
      merged(
        old,
        results,
        WORKLOADS.map(({ id }) => id),
      ),
    ),
  );
}

function resultsSoFar(): Results {
  return report(rounds, {
    judges: options.scale === "full",
    how: `scale: ${options.scale}${options.scale === "small" ? ", which shows that everything runs, and no more" : ""}; turns: ${options.repeats}`,
    machine: [
      `${cpus()[0]?.model ?? "processor unknown"}, ${availableParallelism()} processors, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${type()} ${release()}`,
    ],
    versions: [
      `s3-bsync ${ownVersion()} on Node ${process.versions.node}`,
      `server: ${server.name} (${server.why})`,
      ...[...peers.values()].map(({ name, version }) => `${name}: ${version}`),
      ...options.peers
        .filter((name) => !peers.has(name))
        .map((name) => `${name}: left out, it is not installed`),
    ],
  });
}

/** `W5` stands for `W5-10k` too, but `W1` not for `W10`. */
function isAskedFor(id: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((word) => id === word || id.startsWith(`${word}-`));
}

async function serverOf({ server: asked }: BenchOptions): Promise<S3Server> {
  if (asked === "seaweedfs" || asked === "minio" || asked === "strict") return startServer(asked);
  if (asked !== undefined) {
    process.env["S3_BSYNC_TEST_ENDPOINT"] = new URL(asked).origin;
    process.env["AWS_ACCESS_KEY_ID"] ??= TEST_ACCOUNT.accessKeyId;
    process.env["AWS_SECRET_ACCESS_KEY"] ??= TEST_ACCOUNT.secretAccessKey;
  }
  return startServer();
}

async function found(names: readonly PeerName[]): Promise<ReadonlyMap<PeerName, Peer>> {
  const all = new Map<PeerName, Peer>();
  for (const name of names) {
    const peer = await findPeer(name);
    if (peer === undefined) console.error(`${name} is not installed: npm run bench:install`);
    else all.set(name, peer);
  }
  return all;
}

function ownVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return String((JSON.parse(text) as { readonly version?: string }).version);
}
