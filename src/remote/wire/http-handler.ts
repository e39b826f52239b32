/** The connections to the server: kept open, bounded, and never waited for without end. */

import { readFileSync } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { BsyncError } from "../../model/errors.ts";
import type { Connection } from "./connection.ts";
import { endSlowSockets } from "./prompt-sockets.ts";

/** Connections beyond the requests at one time, because one may wait with its body unread. */
const SPARE_SOCKETS = 32;

const CONNECT_MS = 10_000;
/** The store moves the bytes of an upload that is completed, or of a copy: for minutes, in silence on some servers. */
const INSIDE_STALL_MS = 300_000;

/** Some write blanks meanwhile, one now and then. */
const INSIDE_GRACE_MS = 3_600_000;
/** So that as many requests as there can be keep to it on the slowest links that are in use. */
const LEAST_BYTES_PER_SECOND = 100;
/** Under a rate every request has a turn to move a piece in half that time. */
const PIECE_S = 32;

export interface HandlerLimits {
  /** A request on which nothing is sent or received for so long has failed; and one that hardly moves, after twice that. */
  readonly stallMs: number;
  /** What moves at a time under a rate; undefined: there is none. */
  readonly pieceBytes?: number | undefined;
  /** Requests at one time. */
  readonly atOnce: number;
}

export type Handler = Pick<
  NodeHttpHandler,
  "handle" | "destroy" | "metadata" | "updateHttpClientConfig" | "httpHandlerConfigs"
>;

/** @param heard called with the headers of every answer @throws {BsyncError} the CA bundle cannot be read */
export function newHandler(
  connection: Connection,
  { stallMs, atOnce, pieceBytes }: HandlerLimits,
  heard: (headers: Readonly<Record<string, string>>) => void,
): Handler {
  const paced = pieceBytes === undefined ? LEAST_BYTES_PER_SECOND : pieceBytes / PIECE_S;
  const bytesPerSecond = Math.min(LEAST_BYTES_PER_SECOND, paced);
  const { caBundle } = connection;
  const pool = { keepAlive: true, maxSockets: atOnce + SPARE_SOCKETS };
  const trusted = caBundle === undefined ? {} : { ca: pemOf(caBundle) };
  const handler = (socketTimeout: number, graceMs: number): NodeHttpHandler => {
    const agents = { httpAgent: new HttpAgent(pool), httpsAgent: new HttpsAgent({ ...pool, ...trusted }) };
    for (const agent of Object.values(agents)) endSlowSockets(agent, { graceMs, bytesPerSecond });
    return new NodeHttpHandler({ ...agents, connectionTimeout: CONNECT_MS, socketTimeout });
  };
  const prompt = handler(stallMs, 2 * stallMs);
  const patient = handler(Math.max(stallMs, INSIDE_STALL_MS), INSIDE_GRACE_MS);
  return {
    metadata: prompt.metadata,
    handle: async (request, options) => {
      const completes = request.method === "POST" && request.query["uploadId"] !== undefined;
      const copies = request.headers["x-amz-copy-source"] !== undefined;
      const answered = await (completes || copies ? patient : prompt).handle(request, options);
      heard(answered.response.headers);
      return answered;
    },
    destroy: () => {
      prompt.destroy();
      patient.destroy();
    },
    updateHttpClientConfig: (name, value) => prompt.updateHttpClientConfig(name, value),
    httpHandlerConfigs: () => prompt.httpHandlerConfigs(),
  };
}

function pemOf(caBundle: string): string {
  if (caBundle.includes("-----BEGIN")) return caBundle;
  try {
    return readFileSync(caBundle, "utf8");
  } catch (cause) {
    throw new BsyncError(`cannot read the CA bundle ${caBundle}`, {
      hint: "--ca-bundle FILE, in PEM form",
      cause,
    });
  }
}
