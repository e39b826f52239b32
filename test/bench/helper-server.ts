/** Starts a server of the benchmark that is a TypeScript file which writes `{"endpoint": URL}`. */

import { fileURLToPath } from "node:url";
import { startChild } from "../support/servers/child-server.ts";

export interface HelperServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** @param file beside this one */
export async function startHelper(file: string, ...words: readonly string[]): Promise<HelperServer> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  let endpoint: string | undefined;
  const child = await startChild({
    command: process.execPath,
    args: () => [`--import=${import.meta.resolve("tsx")}`, path, ...words],
    ready: async (output) => {
      endpoint = /^\{"endpoint":"([^"]+)"\}$/m.exec(output)?.[1];
      return endpoint !== undefined;
    },
  });
  return { endpoint: endpoint ?? "", stop: () => child.stop() };
}
