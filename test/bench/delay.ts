/**
 * Stands before a server as a process of its own, and hands on whatever the server sends so many milliseconds later:
 * every answer takes that much longer, however many are under way. Writes `{"endpoint": URL}`.
 *
 *     delay.ts ENDPOINT MS
 */

import { connect, createServer, type Socket } from "node:net";
import { untilParentEnds } from "./until-parent-ends.ts";

/** Under way on one connection; above it the server has to wait. */
const MOST_HELD = 16 * 1024 * 1024;

const [endpoint = "", delay = ""] = process.argv.slice(2);
const { hostname, port } = new URL(endpoint);
const delayMs = Number(delay);

const front = createServer({ noDelay: true }, (client) => {
  const server = connect({ host: hostname, port: Number(port), noDelay: true });
  for (const socket of [client, server])
    socket.on("error", () => {
      client.destroy();
      server.destroy();
    });
  client.pipe(server);
  late(server, client);
});
front.listen(0, "127.0.0.1", () => {
  const address = front.address();
  const at = typeof address === "object" ? address?.port : undefined;
  console.log(JSON.stringify({ endpoint: `http://127.0.0.1:${at}` }));
});
untilParentEnds();

/** Timers of the same length end in the order in which they began, so the bytes stay in order. */
function late(from: Socket, to: Socket): void {
  let held = 0;
  from.on("data", (chunk: Buffer) => {
    held += chunk.length;
    if (held > MOST_HELD) from.pause();
    setTimeout(() => {
      held -= chunk.length;
      if (!to.destroyed) to.write(chunk);
      if (held <= MOST_HELD && from.isPaused()) from.resume();
    }, delayMs);
  });
  from.on("end", () => setTimeout(() => to.end(), delayMs));
}
