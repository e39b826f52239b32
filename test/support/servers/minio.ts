/** MinIO: from the PATH, built by Go, or in a container. */

import { join } from "node:path";

import { answers } from "./answers.ts";
import { startChild } from "./child-server.ts";
import { freePorts } from "./free-ports.ts";
import { runCommand } from "./run-command.ts";
import { TEST_ACCOUNT, type StartedServer } from "./server-kind.ts";
import { cached } from "./user-cache.ts";

/** The last one: its repository is no longer maintained. */
const MODULE = "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c";

/** Takes minutes the first time. @returns the path of the program */
export async function minioFromGo(): Promise<string> {
  const folder = await cached("minio-20260212201848", async (fresh) => {
    await runCommand("go", ["install", MODULE], { GOBIN: fresh, GOFLAGS: "" });
  });
  return join(folder, "minio");
}

export async function startMinio(program: string): Promise<StartedServer> {
  const [port, console] = await freePorts(2);
  const address = `127.0.0.1:${port}`;
  const endpoint = `http://${address}`;
  const child = await startChild({
    command: program,
    args: (folder) => [
      "server",
      "--quiet",
      `--address=${address}`,
      `--console-address=127.0.0.1:${console}`,
      join(folder, "data"),
    ],
    env: {
      MINIO_ROOT_USER: TEST_ACCOUNT.accessKeyId,
      MINIO_ROOT_PASSWORD: TEST_ACCOUNT.secretAccessKey,
      MINIO_BROWSER: "off",
      MINIO_CALLHOME_ENABLE: "off",
      MINIO_UPDATE: "off",
    },
    ready: () => answers(endpoint),
  });
  return { name: "MinIO", endpoint, stop: () => child.stop() };
}
