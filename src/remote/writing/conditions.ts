/** Preconditions of mutating requests: found out without probe objects, replaced by a look where they are ignored. */

import { Stale } from "../../model/errors.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { RemoteObject } from "../../model/observation.ts";
import type { EndpointFacts } from "../../model/pair.ts";
import { quoted } from "../reading/facts.ts";
import { head } from "../reading/head.ts";
import type { Remote } from "../remote.ts";
import { placeOf } from "../wire/place.ts";
import { codeOf, statusOf } from "../wire/sdk-error.ts";

export interface Condition {
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
}

/** What is relied on in one request. */
export type Verdict = EndpointFacts["conditionalPut"];

/** The ETag of no object. */
const BOGUS: Condition = { IfMatch: quoted("0".repeat(32)) };
const NOTHING_THERE: Condition = { IfNoneMatch: "*" };

/** @returns none where the endpoint refuses requests that have one */
export function conditionOn(verdict: Verdict, seen: RemoteObject | undefined): Condition {
  if (verdict === "refused") return {};
  return seen === undefined ? NOTHING_THERE : { IfMatch: quoted(seen.etag) };
}

/** The look just before, unless the endpoint is known to look itself. @throws {Stale} */
export async function lookBefore(
  remote: Remote,
  verdict: Verdict,
  key: ObjectKey,
  seen: RemoteObject | undefined,
): Promise<void> {
  if (verdict === "honoured") return;
  const there = await head(remote, key);
  if (there?.object.etag !== seen?.etag) throw new Stale("the object changed meanwhile");
}

/** Whether the server cannot do what was asked for, such as a condition: such a request does nothing. */
export function isNotImplemented(error: unknown): boolean {
  return statusOf(error) === 501 || codeOf(error) === "NotImplemented";
}

export function learnUnconditionalPut({ memory, now }: Remote): void {
  memory.learn({ conditionalPut: "refused", seenMs: now() });
}

/**
 * Asks for what must be refused, of content that was written a moment ago: `repeat` writes just the same again.
 * Does nothing where it cannot tell.
 */
export async function tryPutConditions(
  remote: Remote,
  repeat: (condition: Condition) => Promise<void>,
): Promise<void> {
  try {
    const honoured = (await isRefused(() => repeat(NOTHING_THERE))) && (await isRefused(() => repeat(BOGUS)));
    remote.memory.learn({ conditionalPut: honoured ? "honoured" : "ignored", seenMs: remote.now() });
  } catch {
    // It is found out with another object.
  }
}

/**
 * Deletes what is about to be deleted anyway, under a condition that must be refused.
 * @returns whether it is gone, because the condition was ignored: whatever the answer was, a look must show that
 */
export async function tryDeleteConditions(
  remote: Remote,
  key: ObjectKey,
  before: () => Promise<void>,
): Promise<boolean> {
  const input = { ...placeOf(remote, key), ...BOGUS };
  const honoured = await isRefused(() =>
    remote.send("delete", (api, options) => api.remove(input, options), {
      before,
    }),
  );
  if (!honoured && (await head(remote, key)) !== undefined) return false;
  remote.memory.learn({ conditionalDelete: honoured ? "honoured" : "ignored", seenMs: remote.now() });
  return !honoured;
}

async function isRefused(request: () => Promise<unknown>): Promise<boolean> {
  try {
    await request();
    return false;
  } catch (error) {
    if (statusOf(error) === 412) return true;
    throw error;
  }
}
