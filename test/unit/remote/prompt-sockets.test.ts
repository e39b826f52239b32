/** Connections that move, but hardly. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, test } from "node:test";
import { endSlowSockets } from "../../../src/remote/wire/prompt-sockets.ts";

const PACE = { graceMs: 400, bytesPerSecond: 100_000 };
const DRIP_MS = 20;

/** @returns what one request after the other answers, over one connection as far as there is one */
async function asking(
  answer: RequestListener,
  ask: (send: (body?: Buffer) => Promise<Buffer>) => Promise<void>,
): Promise<void> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  endSlowSockets(agent, PACE);
  try {
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await ask(async (body) => {
      const outgoing = request({ host: "127.0.0.1", port, agent, method: "PUT" });
      outgoing.on("error", () => {}); // the answer, which has begun, fails with it
      outgoing.end(body);
      const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
      return buffer(incoming);
    });
  } finally {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  }
}

describe("connections that hardly move (RM3, G21)", () => {
  test("RM3: an answer that comes byte by byte is one that timed out", () =>
    asking(
      (_, response) => {
        const timer = setInterval(() => response.write("x"), DRIP_MS);
        response.once("close", () => clearInterval(timer));
      },
      (send) => assert.rejects(send(), { code: "ECONNRESET" }),
    ));

  test("RM3: what a server takes slowly is no slow answer", () =>
    asking(
      (incoming, response) => {
        setTimeout(() => incoming.resume(), 3 * PACE.graceMs);
        incoming.once("end", () => response.end("taken"));
      },
      async (send) => assert.equal(`${await send(Buffer.alloc(64 * 1024 * 1024))}`, "taken"),
    ));

  test("RM3: one that moves enough may last, and what a connection did before counts for nothing", () =>
    asking(
      (_, response) => {
        const timer = setInterval(() => response.write(Buffer.alloc(16 * 1024)), DRIP_MS);
        setTimeout(() => response.end(), 3 * PACE.graceMs);
        response.once("close", () => clearInterval(timer));
      },
      async (send) => {
        for (let nth = 0; nth < 2; nth++) {
          assert.ok((await send()).length > 100_000, "an answer came whole");
          await sleep(2 * PACE.graceMs); // idle, which is no request
        }
      },
    ));
});
