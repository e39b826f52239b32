/** A recording proxy that does, request by request, what networks and servers do wrong. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { answer as answerWith, answerError } from "./listing-page.ts";
import { operationOf, type Recorded, type RecordingProxy, recordingProxy } from "./recording-proxy.ts";

export interface Fault {
  /** As AWS calls it, such as `GetObject` or `ListObjectsV2`; undefined: any. */
  readonly operation?: string | undefined;
  /** How the key ends; undefined: any. */
  readonly name?: string | undefined;
  /** The first match that is hit, counted from 1, which is the default. */
  readonly nth?: number;
  /** How many matches are hit from there on; 1 by default. */
  readonly times?: number;
  readonly effect: Effect;
}

/** How a connection ends: by a reset, or as if all had been said. */
export type Cut = "rst" | "fin";

/** `at`: the share of the body that comes, or where in it the fault is, from 0 to 1. */
export type Effect =
  /** The server never hears of it. */
  | { readonly kind: "cut-before"; readonly cut: Cut }
  /** An error of this proxy's own; the server never hears of it. */
  | { readonly kind: "answer"; readonly status: number; readonly code: string }
  /** The server never hears of it, and no answer comes. */
  | { readonly kind: "silence" }
  /** The server hears of it this much later. */
  | { readonly kind: "delay"; readonly ms: number }
  // From here on the server has acted.
  | { readonly kind: "lose-answer"; readonly cut: Cut }
  /** The answer begins, and then nothing moves any more. */
  | { readonly kind: "stall"; readonly at: number }
  | { readonly kind: "cut-body"; readonly at: number; readonly cut: Cut }
  /** Less than there was, as if it were all; `announced`: with a length that says so too. */
  | { readonly kind: "shorten"; readonly at: number; readonly announced: boolean }
  | { readonly kind: "flip-byte"; readonly at: number }
  /** Another body, with status 200. */
  | { readonly kind: "say"; readonly body: string }
  /** The body comes in so many pieces, one a turn. */
  | { readonly kind: "drip"; readonly pieces: number };

export interface Hit {
  readonly operation: string;
  readonly key: string;
  readonly effect: Effect["kind"];
}

export interface ChaosProxy extends RecordingProxy {
  /** From now on these, and no others. */
  plan(faults: readonly Fault[]): void;
  /** What really happened since the last plan, in the order in which it did. */
  readonly hits: readonly Hit[];
}

/** @param target such as http://127.0.0.1:9000 */
export async function chaosProxy(target: string): Promise<ChaosProxy> {
  const proxy = await recordingProxy(target);
  const hits: Hit[] = [];
  let planned: readonly Counted[] = [];
  const under = new WeakMap<Recorded, Effect>();

  function plan(faults: readonly Fault[]): void {
    planned = faults.map((fault) => ({ fault, met: 0 }));
    hits.length = 0;
  }

  async function before(request: Recorded): Promise<void> {
    const effect = effectOn(planned, request);
    if (effect === undefined) return;
    under.set(request, effect);
    hits.push({ operation: operationOf(request), key: request.key, effect: effect.kind });
    if (effect.kind === "delay") await new Promise((resolve) => setTimeout(resolve, effect.ms));
  }

  function instead(request: Recorded, response: ServerResponse): boolean {
    const effect = under.get(request);
    if (effect?.kind === "answer") return answerError(response, effect.status, effect.code);
    if (effect?.kind === "cut-before") cut(response, effect.cut);
    return effect?.kind === "cut-before" || effect?.kind === "silence";
  }

  function after(request: Recorded, answer: IncomingMessage, response: ServerResponse): boolean {
    const effect = under.get(request);
    if (effect === undefined || effect.kind === "delay") return false;
    bodyOf(answer).then(
      (body) => spoil(effect, { answer, body, response }),
      () => response.destroy(), // whoever asked is gone
    );
    return true;
  }

  return Object.assign(proxy, { before, instead, after, plan, hits });
}

interface Counted {
  readonly fault: Fault;
  met: number;
}

/** Of several that match, the first that is not over acts; every one that matches counts. */
function effectOn(planned: readonly Counted[], request: Recorded): Effect | undefined {
  const operation = operationOf(request);
  let effect: Effect | undefined;
  for (const each of planned) {
    const { fault } = each;
    if (fault.operation !== undefined && fault.operation !== operation) continue;
    if (fault.name !== undefined && !request.key.endsWith(`/${fault.name}`)) continue;
    each.met++;
    const { nth = 1, times = 1 } = fault;
    if (each.met >= nth && each.met < nth + times) effect ??= fault.effect;
  }
  return effect;
}

interface Answered {
  readonly answer: IncomingMessage;
  readonly body: Buffer;
  readonly response: ServerResponse;
}

/** Hands on what is left of an answer. */
function spoil(effect: Effect, { answer, body, response }: Answered): void {
  const status = answer.statusCode ?? 0;
  switch (effect.kind) {
    case "lose-answer":
      return cut(response, effect.cut);
    case "stall":
    case "cut-body": {
      response.writeHead(status, answer.rawHeaders);
      response.flushHeaders();
      const part = body.subarray(0, Math.floor(body.length * effect.at));
      response.write(part, () => effect.kind === "cut-body" && cut(response, effect.cut));
      return;
    }
    case "shorten": {
      const part = body.subarray(0, Math.floor(body.length * effect.at));
      const length = effect.announced ? { "content-length": String(part.length) } : { connection: "close" };
      response.useChunkedEncodingByDefault = false; // the last chunk would tell that this is not all
      response.writeHead(status, { ...withoutLength(answer), ...length }).end(part);
      return;
    }
    case "flip-byte": {
      const at = Math.min(body.length - 1, Math.floor(body.length * effect.at));
      if (at >= 0) body[at] = (body[at] ?? 0) ^ 1;
      response.writeHead(status, answer.rawHeaders).end(body);
      return;
    }
    case "say":
      answerWith(response, effect.body);
      return;
    case "drip":
      response.writeHead(status, answer.rawHeaders);
      return drip(response, body, Math.ceil(body.length / effect.pieces));
    default:
      throw new Error(`the server was not to hear of it: ${effect.kind}`);
  }
}

function drip(response: ServerResponse, body: Buffer, size: number): void {
  if (body.length <= size) response.end(body);
  else response.write(body.subarray(0, size), () => drip(response, body.subarray(size), size));
}

function cut(response: ServerResponse, how: Cut): void {
  if (how === "rst") response.socket?.resetAndDestroy();
  else response.socket?.end();
}

function withoutLength(answer: IncomingMessage): IncomingMessage["headers"] {
  const unwanted = ["content-length", "transfer-encoding", "connection", "keep-alive"];
  return Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !unwanted.includes(name)));
}

async function bodyOf(answer: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
