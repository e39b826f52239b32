/** One request from its first byte to its last: read, checked, hit by a fault or carried out, answered. */

import { randomBytes } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

import type { Account } from "../servers/server-kind.ts";
import { bytesOfText, textOfBytes } from "./byte-text.ts";
import { control, isControl, type Controlled } from "./control.ts";
import { AS_AWS, type Effect, type LogEntry } from "./fault-rules.ts";
import { Faults } from "./faults.ts";
import { listObjectsV2 } from "./list.ts";
import { lieInText } from "./listing-lies.ts";
import { OPERATIONS } from "./operations.ts";
import { checkedBody, checkLength, readBody } from "./read-body.ts";
import type { Call, Reply } from "./reply.ts";
import { errorXml, S3Error } from "./s3-error.ts";
import { headerOf, readRequest, type S3Request } from "./s3-request.ts";
import { send } from "./send.ts";
import { checkSignature } from "./sigv4.ts";
import { Store } from "./store.ts";

type Logged = { -readonly [Name in keyof LogEntry]: LogEntry[Name] };

export function strictServer(account: Account, store: Store = new Store()): RequestListener {
  const controlled: Controlled = { faults: new Faults(), log: [], modes: AS_AWS };
  return (message, response) => {
    const answered = isControl(message)
      ? control(message, response, controlled)
      : serve(message, response, { store, controlled, account });
    answered.catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  };
}

interface Server {
  readonly store: Store;
  readonly controlled: Controlled;
  readonly account: Account;
}

async function serve(message: IncomingMessage, response: ServerResponse, server: Server): Promise<void> {
  const raw = await readBody(message);
  if (raw === undefined) return;
  const { reply, effect, entry } = await handle(message, raw, server);
  if (reply === "cut") {
    response.destroy();
    return;
  }
  if (entry !== undefined) entry.status = reply.status;
  await send(response, withCommonHeaders(message, reply), effect);
}

interface Handled {
  readonly reply: Reply | "cut";
  readonly effect: Effect | undefined;
  readonly entry: Logged | undefined;
}

async function handle(message: IncomingMessage, raw: Buffer, server: Server): Promise<Handled> {
  let effect: Effect | undefined;
  let entry: Logged | undefined;
  try {
    const request = rewritten(readRequest(message), server.controlled);
    entry = logEntry(request);
    server.controlled.log.push(entry);
    checkSignature(request, message.url?.split("?")[1] ?? "", server.account);
    effect = server.controlled.faults.hit(request);
    if (effect !== undefined) entry.fault = effect.kind;
    return { reply: await act(request, raw, effect, server), effect, entry };
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return { reply: errorReply(error), effect, entry };
  }
}

async function act(
  request: S3Request,
  raw: Buffer,
  effect: Effect | undefined,
  { store, controlled }: Server,
): Promise<Reply | "cut"> {
  switch (effect?.kind) {
    case "cut-before":
      return "cut";
    case "answer":
      return errorReply(new S3Error(effect.status, effect.code), effect.headers);
    case "error-in-200":
      return errorReply(new S3Error(200, effect.code));
    case "hold":
      await controlled.faults.held();
  }
  checkLength(request);
  const call: Call = {
    request,
    body: checkedBody(request, raw),
    store,
    bucket: () => store.bucket(request.bucket),
    modes: controlled.modes,
  };
  const reply =
    effect?.kind === "listing" && request.operation === "ListObjectsV2"
      ? lieInText(listObjectsV2(call, effect.lie), effect.lie)
      : OPERATIONS[request.operation](call);
  return effect?.kind === "cut-after" ? "cut" : reply;
}

function errorReply(error: S3Error, headers: Reply["headers"] = {}): Reply {
  const body = Buffer.from(errorXml(error.code, error.fields), "latin1");
  return { status: error.status, headers: { "content-type": "application/xml", ...headers }, body };
}

/** To a HEAD, and with 304, S3 sends no body; the length is that of the object, and of an error none. */
function withCommonHeaders(message: IncomingMessage, reply: Reply): Reply {
  const headers = { ...reply.headers, "x-amz-request-id": randomBytes(8).toString("hex").toUpperCase() };
  const none = reply.status === 304 || (message.method === "HEAD" && reply.status >= 400);
  return { ...reply, headers, body: none ? Buffer.alloc(0) : reply.body };
}

function rewritten(request: S3Request, { modes: { rewrite } }: Controlled): S3Request {
  if (rewrite === undefined) return request;
  return { ...request, key: request.key.replaceAll(bytesOfText(rewrite.from), bytesOfText(rewrite.to)) };
}

function logEntry(request: S3Request): Logged {
  const ifMatch = headerOf(request, "if-match");
  const ifNoneMatch = headerOf(request, "if-none-match");
  return {
    method: request.method,
    operation: request.operation,
    bucket: request.bucket,
    key: textOfBytes(request.key),
    query: Object.fromEntries([...request.query].map(([name, value]) => [name, textOfBytes(value)])),
    conditions: {
      ...(ifMatch !== undefined && { ifMatch }),
      ...(ifNoneMatch !== undefined && { ifNoneMatch }),
    },
    status: 0,
  };
}
