/** The one way to the server: bounded, counted, retried. */

import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { gate } from "../../core/gate.ts";
import { BsyncError } from "../../model/errors.ts";
import { ExitCode } from "../../model/exit-code.ts";
import type { RequestKind } from "../../model/request-kind.ts";
import type { Api } from "./api.ts";
import { type Patience, retryAfterMs, retryDelay, type RetryReason, retryReason } from "./retry.ts";
import type { SendOptions } from "./send-options.ts";

const SUCCESSES_FOR_ONE = 50;

/**
 * `request` may be called several times, and its whole promise is what is retried: what it reads of the body too.
 * @throws the last error as it came from the SDK
 */
export type Send = <T>(
  kind: RequestKind,
  request: (api: Api, options: SendOptions) => Promise<T>,
  options?: SendHow,
) => Promise<T>;

export interface SendHow {
  readonly never?: RetryReason;
  readonly signal?: AbortSignal;
  /** Runs before every attempt; what it throws ends it all. */
  readonly before?: () => Promise<void>;
}

export interface Requests {
  readonly send: Send;
  /** Counted as they are sent: retries are requests. */
  readonly sent: Readonly<Record<RequestKind, number>>;
}

export interface RequestsOptions {
  readonly api: Api;
  readonly patience: Patience;
  readonly now: () => number;
  readonly signal: AbortSignal | undefined;
  /** Requests at one time. Halved whenever the server says that it is too much, and won back by successes. */
  readonly atOnce: number;
}

export function newRequests({ api, patience, now, signal: ofRun, atOnce }: RequestsOptions): Requests {
  const sent = { list: 0, head: 0, get: 0, put: 0, delete: 0 };
  const pace = newPace(atOnce);
  if (ofRun !== undefined) setMaxListeners(0, ofRun);
  const send: Send = async (kind, request, { never, signal = ofRun, before } = {}) => {
    const failed = { throttled: 0, transient: 0, unreachable: 0, conflict: 0 };
    for (;;) {
      await before?.(); // it sends requests of its own, so it holds no place meanwhile
      const leave = await pace.enter();
      let delay: number | undefined;
      try {
        if (signal?.aborted === true) throw interrupted(signal);
        sent[kind]++;
        const answer = await request(api, signal === undefined ? {} : { abortSignal: signal });
        pace.faster();
        return answer;
      } catch (error) {
        if (signal?.aborted === true) throw interrupted(signal);
        const reason = retryReason(error);
        if (reason === "throttled") pace.slower();
        if (reason === undefined || reason === never) throw error;
        const afterMs = retryAfterMs(error, now());
        const failures = ++failed[reason];
        delay = retryDelay(reason, { failures, random: Math.random(), afterMs }, patience);
        if (delay === undefined) throw error;
      } finally {
        leave();
      }
      await sleep(delay, undefined, signal === undefined ? {} : { signal }).catch(() => {});
    }
  };
  return { send, sent };
}

interface Pace {
  enter(): Promise<() => void>;
  slower(): void;
  faster(): void;
}

function newPace(atOnce: number): Pace {
  let limit = atOnce;
  let successes = 0;
  const slots = gate(() => limit);
  return {
    enter: () => slots.take(1),
    slower: () => {
      limit = Math.max(1, Math.floor(limit / 2));
      successes = 0;
    },
    faster: () => {
      if (limit < atOnce && ++successes % SUCCESSES_FOR_ONE === 0) limit++;
    },
  };
}

function interrupted({ reason }: AbortSignal): BsyncError {
  const exitCode = reason === ExitCode.terminated ? ExitCode.terminated : ExitCode.interrupted;
  return new BsyncError("interrupted", { exitCode });
}
