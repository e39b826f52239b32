/** HTTPS in front of a server that speaks HTTP: what comes through is untouched, so signatures hold. */

import { readFileSync } from "node:fs";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer } from "node:tls";
import type { Tls } from "./strict-server.ts";

export interface TlsFront extends AsyncDisposable {
  readonly endpoint: string;
}

/** @param target such as http://127.0.0.1:9000 */
export async function tlsFront(target: string, { keyFile, certificateFile }: Tls): Promise<TlsFront> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const options = { key: readFileSync(keyFile), cert: readFileSync(certificateFile) };
  const server = createServer(options, (secure) => {
    const plain = connect(Number(port), hostname);
    for (const [from, to] of [
      [secure, plain],
      [plain, secure],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy()).on("close", () => open.delete(from));
    }
  });
  server.on("tlsClientError", () => {}); // a client that does not trust us
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
