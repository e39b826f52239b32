/** Ends connections that move, but hardly: silence has an end of its own (RM3), a drip would hold a run for ever. */

import type { Agent } from "node:http";
import type { Socket } from "node:net";

export interface LeastPace {
  /** A request may take so long whatever it moves, in ms. */
  readonly graceMs: number;
  /** What it has to move, both ways together, for each second beyond that. */
  readonly bytesPerSecond: number;
}

interface Use {
  readonly sinceMs: number;
  readonly bytes: number;
}

const LOOKS_A_GRACE = 8;

/** From now on every request that `agent` has a connection for keeps to the pace, or fails as one that timed out. */
export function endSlowSockets(agent: Agent, { graceMs, bytesPerSecond }: LeastPace): void {
  const inUse = new Map<Socket, Use>();
  let timer: NodeJS.Timeout | undefined;

  const begin = (socket: Socket): void => {
    inUse.set(socket, { sinceMs: performance.now(), bytes: movedBy(socket) });
    timer ??= setInterval(look, graceMs / LOOKS_A_GRACE).unref();
  };
  const end = (socket: Socket): void => {
    inUse.delete(socket);
  };
  const look = (): void => {
    for (const [socket, { sinceMs, bytes }] of inUse) {
      // What is still to be sent counts as moved already, and a server that hardly takes it falls silent: it has no room for more.
      if (socket.writableLength > 0) begin(socket);
      const beyondMs = performance.now() - sinceMs - graceMs;
      if (movedBy(socket) - bytes < (beyondMs / 1000) * bytesPerSecond) socket.destroy(tooSlow());
    }
    if (inUse.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  // What Node documents as the places to override.
  const { createConnection, keepSocketAlive, reuseSocket } = agent;
  agent.createConnection = (...args) => {
    const socket = createConnection.apply(agent, args);
    if (isSocket(socket)) {
      begin(socket);
      socket.once("close", () => end(socket));
    }
    return socket;
  };
  agent.keepSocketAlive = (socket) => {
    if (isSocket(socket)) end(socket);
    return keepSocketAlive.call(agent, socket);
  };
  agent.reuseSocket = (socket, request) => {
    if (isSocket(socket)) begin(socket);
    reuseSocket.call(agent, socket, request);
  };
}

function isSocket(stream: object | null | undefined): stream is Socket {
  return stream !== null && stream !== undefined && "bytesRead" in stream;
}

function movedBy({ bytesRead, bytesWritten }: Socket): number {
  return bytesRead + bytesWritten;
}

function tooSlow(): Error {
  return Object.assign(new Error("the connection hardly moves"), { code: "ETIMEDOUT" });
}
