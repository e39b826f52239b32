/** Writes an object only over what was seen, and knows its own write again when the reply was lost. */

import { Stale } from "../../model/errors.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { RemoteObject } from "../../model/observation.ts";
import type { ObjectFacts } from "../../ports/object-store.ts";
import { lookBefore, isNotImplemented, type Verdict } from "./conditions.ts";
import { head } from "../reading/head.ts";
import type { Remote } from "../remote.ts";
import { codeOf, statusOf } from "../wire/sdk-error.ts";

export interface GuardedWrite {
  readonly key: ObjectKey;
  readonly size: number;
  readonly replaces: RemoteObject | undefined;
  /** @returns the ETag that the server gave; "" where it gave none */
  readonly send: (attempt: Attempt) => Promise<string>;
  /** Whether this is just what `send` writes: content and time. */
  readonly isOurs: (there: ObjectFacts) => boolean;
  /** Told where the server refuses conditions here, but takes the same without. */
  readonly unconditional: () => void;
}

export interface Attempt {
  /** What the condition of the request goes by. */
  readonly verdict: Verdict;
  /** Goes before every try of the request that makes the object. @param verdict another one, where this says nothing */
  readonly look: (verdict?: Verdict) => Promise<void>;
}

/** @throws {Stale} something else is there */
export async function guardedPut(
  remote: Remote,
  writing: GuardedWrite,
  verdict = remote.memory.facts.conditionalPut,
): Promise<RemoteObject> {
  const { key, size, replaces, send, isOurs } = writing;
  let tries = 0;
  let refused = false;
  const look: Attempt["look"] = async (by = verdict) => {
    tries++;
    await lookBefore(remote, by, key, replaces);
  };
  try {
    const etag = await send({ verdict, look });
    if (etag !== "") return { key, size, etag, modifiedS: 0, archived: false }; // no answer to a PUT says when
    tries++; // it is there, and a look must tell its ETag
  } catch (error) {
    if (verdict !== "refused" && isNotImplemented(error)) {
      // It may be something else that it cannot do, such as to encrypt.
      const written = await guardedPut(remote, writing, "refused");
      writing.unconditional();
      return written;
    }
    const seenByLook = error instanceof Stale && tries > 1;
    if (!seenByLook && !mayBeAnswerToOurs(error)) throw error;
    refused = statusOf(error) === 412;
  }
  const there = await head(remote, key);
  // Only a try before the last one can have landed: the same content that meets the first one is somebody else's.
  if (there !== undefined && tries > 1 && isOurs(there)) return there.object;
  const isNew = there === undefined && replaces === undefined;
  // A server that keeps a tree may take a directory, even an emptied one, for the object that must not be there.
  if (refused && isNew && verdict !== "refused" && !remote.aws) return guardedPut(remote, writing, "refused");
  throw new Stale("the object changed meanwhile");
}

/** A condition that does not hold any more, or an upload that is no more: by others, or because our own write has landed. */
function mayBeAnswerToOurs(error: unknown): boolean {
  return statusOf(error) === 412 || (statusOf(error) === 404 && codeOf(error) !== "NoSuchBucket");
}
