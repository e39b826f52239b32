/** Starts the strict server, our double of S3, in a process of its own. */

import { fileURLToPath } from "node:url";

import { startChild } from "./servers/child-server.ts";
import type { StartedServer } from "./servers/server-kind.ts";

export interface Tls {
  readonly keyFile: string;
  readonly certificateFile: string;
}

const MAIN = fileURLToPath(new URL("strict-server/main.ts", import.meta.url));

/** @param tls speak HTTPS */
export async function startStrictServer(node = process.execPath, tls?: Tls): Promise<StartedServer> {
  let endpoint = "";
  const child = await startChild({
    command: node,
    args: () => [
      `--import=${import.meta.resolve("tsx")}`,
      MAIN,
      ...(tls === undefined ? [] : [tls.keyFile, tls.certificateFile]),
    ],
    ready: async (output) => {
      endpoint = endpointIn(output) ?? "";
      return endpoint !== "";
    },
  });
  return { name: "the strict server", endpoint, stop: () => child.stop() };
}

function endpointIn(output: string): string | undefined {
  return /^\{"endpoint":"([^"]+)"\}$/m.exec(output)?.[1];
}
