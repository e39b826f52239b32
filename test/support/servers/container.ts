/** SeaweedFS or MinIO in a container, by docker or podman. */

import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";

import { answers } from "./answers.ts";
import { startChild } from "./child-server.ts";
import { freePorts } from "./free-ports.ts";
import { runCommand } from "./run-command.ts";
import { TEST_ACCOUNT, type StartedServer } from "./server-kind.ts";

interface Image {
  readonly name: string;
  readonly reference: string;
  /** Where the server listens inside. */
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

const { accessKeyId, secretAccessKey } = TEST_ACCOUNT;

const SEAWEEDFS_IMAGE: Image = {
  name: "SeaweedFS",
  reference: "docker.io/chrislusf/seaweedfs:4.48",
  port: 8333,
  env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  args: ["mini", "-dir=/data", "-master.telemetry=false", "-s3.autoCreateBucket=false", "-webdav=false"],
};

const MINIO_IMAGE: Image = {
  name: "MinIO",
  reference: "docker.io/minio/minio:latest",
  port: 9000,
  env: { MINIO_ROOT_USER: accessKeyId, MINIO_ROOT_PASSWORD: secretAccessKey, MINIO_BROWSER: "off" },
  args: ["server", "--quiet", "/data"],
};

/** @returns docker or podman, whichever works here */
export async function containerEngine(): Promise<string> {
  const works = async (engine: string) => {
    await runCommand(engine, ["info"]);
    return engine;
  };
  return await works("docker").catch(() => works("podman"));
}

export function startSeaweedfsContainer(engine: string): Promise<StartedServer> {
  return startContainer(engine, SEAWEEDFS_IMAGE);
}

export function startMinioContainer(engine: string): Promise<StartedServer> {
  return startContainer(engine, MINIO_IMAGE);
}

async function startContainer(engine: string, image: Image): Promise<StartedServer> {
  const [port] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const container = `s3-bsync-test-${randomBytes(6).toString("hex")}`;
  await runCommand(engine, ["pull", "--quiet", image.reference]);
  const child = await startChild({
    command: engine,
    args: () => [
      "run",
      "--rm",
      `--name=${container}`,
      `--publish=127.0.0.1:${port}:${image.port}`,
      ...Object.entries(image.env).map(([name, value]) => `--env=${name}=${value}`),
      image.reference,
      ...image.args,
    ],
    ready: () => answers(endpoint),
    // The child is only the client of the engine: killing it leaves the container.
    sweep: () => remove(engine, container),
  });
  return { name: image.name, endpoint, stop: () => child.stop() };
}

function remove(engine: string, container: string): void {
  try {
    execFileSync(engine, ["rm", "--force", "--volumes", container], { stdio: "ignore", timeout: 10_000 });
  } catch {
    // It has removed itself.
  }
}
