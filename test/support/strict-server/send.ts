/** Sends an answer, rightly or not. */

import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

import type { Effect } from "./fault-rules.ts";
import type { Reply } from "./reply.ts";

/** Resolves when no more is sent. */
export async function send(
  response: ServerResponse,
  reply: Reply,
  effect: Effect | undefined,
): Promise<void> {
  if (effect?.kind === "stall-headers") await stall(effect.ms);
  const body = effect?.kind === "short-body" ? half(reply.body) : spoiled(reply.body, effect);
  const headers = bodyless(reply.status)
    ? reply.headers
    : { ...reply.headers, "content-length": `${body.length}` };
  response.writeHead(reply.status, headers);
  if (effect?.kind !== "half-body" && effect?.kind !== "stall-body") {
    response.end(body);
    return;
  }
  await new Promise((sent) => response.write(half(body), sent));
  if (effect.kind === "half-body") {
    response.destroy();
    return;
  }
  await stall(effect.ms);
  response.end(body.subarray(body.length >> 1));
}

/** These have neither a body nor a length. */
function bodyless(status: number): boolean {
  return status === 204 || status === 304;
}

function spoiled(body: Buffer, effect: Effect | undefined): Buffer {
  if (effect?.kind !== "flip-bit" || body.length === 0) return body;
  const copy = Buffer.from(body);
  const middle = copy.length >> 1;
  copy.writeUInt8(copy.readUInt8(middle) ^ 1, middle);
  return copy;
}

function half(body: Buffer): Buffer {
  return body.subarray(0, body.length >> 1);
}

/** @param ms undefined: for ever */
async function stall(ms: number | undefined): Promise<void> {
  await (ms === undefined ? new Promise(() => {}) : pause(ms));
}
