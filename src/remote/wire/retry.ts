/** One policy for everything that may pass by itself: requests, and bodies that break. */

import { BrokenPage, GarbledBody } from "./broken-answer.ts";
import { codeOf, headerOf, statusOf } from "./sdk-error.ts";

export type RetryReason =
  | "throttled"
  | "transient"
  /** The endpoint cannot be reached. */
  | "unreachable"
  /** Another request for the same key is under way. */
  | "conflict";

/** Of milliseconds: waiting begins at twice `baseMs` and doubles up to `capMs`. */
export interface Patience {
  readonly baseMs: number;
  readonly capMs: number;
  /** A request on which nothing moves for so long has failed. */
  readonly stallMs: number;
}

export const PATIENCE: Patience = { baseMs: 100, capMs: 20_000, stallMs: 30_000 };

/** Attempts that may fail so. Servers say SlowDown for a minute and more, and a dead address stays dead. */
const ATTEMPTS: Readonly<Record<RetryReason, number>> = {
  throttled: 11,
  transient: 8,
  unreachable: 5,
  conflict: 6,
};

/** What a server asks for beyond this is not waited for. */
const RETRY_AFTER_MAX_MS = 60_000;

const THROTTLED = /^(?:SlowDown|.*Throttl.*|TooManyRequests.*|RequestLimitExceeded|BandwidthLimitExceeded)$/;
const BROKEN = /^(?:ECONNRESET|EPIPE|ETIMEDOUT|ERR_STREAM_PREMATURE_CLOSE|HPE_.*)$/;
const UNREACHABLE = /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN)$/;
const CONFLICT = /^(?:ConditionalRequestConflict|OperationAborted)$/;

/** @returns undefined: it would fail again */
export function retryReason(error: unknown): RetryReason | undefined {
  const status = statusOf(error);
  const code = codeOf(error);
  if (error instanceof BrokenPage || error instanceof GarbledBody) return "transient";
  if (status === 429 || THROTTLED.test(code)) return "throttled";
  if (UNREACHABLE.test(code)) return "unreachable";
  if (CONFLICT.test(code)) return "conflict";
  const clockCorrected = (error as { $metadata?: { clockSkewCorrected?: boolean } }).$metadata
    ?.clockSkewCorrected;
  if (clockCorrected === true || code === "RequestTimeout" || code === "TimeoutError" || BROKEN.test(code))
    return "transient";
  return status === 500 || status === 502 || status === 503 || status === 504 ? "transient" : undefined;
}

/**
 * How long to wait before the next attempt, in ms.
 * @param failures of this kind so far, at least 1
 * @param random 0 to 1: clients that fail together do not come back together
 * @returns undefined: give up
 */
export function retryDelay(
  reason: RetryReason,
  {
    failures,
    random,
    afterMs,
  }: { readonly failures: number; readonly random: number; readonly afterMs?: number | undefined },
  { baseMs, capMs }: Patience,
): number | undefined {
  if (failures >= ATTEMPTS[reason]) return undefined;
  const longest = Math.min(capMs, (reason === "throttled" ? 5 : 1) * baseMs * 2 ** failures);
  const delay = reason === "throttled" ? (longest * (1 + random)) / 2 : longest * random;
  return Math.max(delay, Math.min(RETRY_AFTER_MAX_MS, afterMs ?? 0));
}

/** What the server's Retry-After asks for, in ms; undefined where it asks for nothing. */
export function retryAfterMs(error: unknown, nowMs: number): number | undefined {
  const header = headerOf(error, "retry-after");
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
