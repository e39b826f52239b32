/** The control endpoint: faults, modes and the log, at paths that no bucket can have. */

import type { IncomingMessage, ServerResponse } from "node:http";

import { AS_AWS, type FaultRule, type LogEntry, type Modes } from "./fault-rules.ts";
import type { Faults } from "./faults.ts";
import { readBody } from "./read-body.ts";

export interface Controlled {
  readonly faults: Faults;
  readonly log: LogEntry[];
  modes: Modes;
}

type Handler = (controlled: Controlled, body: unknown) => unknown;

const HANDLERS: Readonly<Record<string, Handler>> = {
  "GET /__log": ({ log }) => log,
  "DELETE /__log": ({ log }) => void log.splice(0),
  "POST /__faults": ({ faults }, rules) => faults.add(rules as readonly FaultRule[]),
  "DELETE /__faults": ({ faults }) => faults.clear(),
  "PUT /__modes": (controlled, modes) => {
    controlled.modes = { ...AS_AWS, ...(modes as Partial<Modes>) };
  },
  "GET /__held": ({ faults }) => faults.untilHeld(),
  "POST /__release": ({ faults }) => faults.release(),
};

export function isControl(message: IncomingMessage): boolean {
  return message.url?.startsWith("/__") === true;
}

export async function control(
  message: IncomingMessage,
  response: ServerResponse,
  controlled: Controlled,
): Promise<void> {
  const handler = HANDLERS[`${message.method} ${message.url}`];
  const text = (await readBody(message))?.toString() ?? "";
  const result = await handler?.(controlled, text === "" ? undefined : JSON.parse(text));
  response.writeHead(handler === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(result ?? {}));
}
