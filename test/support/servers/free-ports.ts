/** Ports of the loopback interface on which nothing listens at this moment. */

import { createServer, type Server } from "node:net";

/**
 * All are held until the last is found, so they differ. Somebody else may take one before it is used:
 * the caller tries again.
 *
 * @param alsoFree distance of a second port that must be free beside each
 */
export async function freePorts(count: number, alsoFree = 0): Promise<readonly number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  try {
    while (ports.length < count) {
      const server = await listen(0);
      if (server === undefined) continue;
      held.push(server);
      const port = portOf(server);
      if (alsoFree > 0) {
        const beside = port + alsoFree <= 65_535 ? await listen(port + alsoFree) : undefined;
        if (beside === undefined) continue;
        held.push(beside);
      }
      ports.push(port);
    }
    return ports;
  } finally {
    await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  }
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
