/** Deletes exactly the version that was seen. */

import { Stale } from "../../model/errors.ts";
import type { RemoteObject } from "../../model/observation.ts";
import { conditionOn, isNotImplemented, tryDeleteConditions, type Verdict } from "./conditions.ts";
import { firstFindsOut } from "./first-finds-out.ts";
import { head } from "../reading/head.ts";
import type { Remote } from "../remote.ts";
import { placeOf } from "../wire/place.ts";
import { codeOf, statusOf } from "../wire/sdk-error.ts";

/** What a look before the deletion finds: nothing to delete. */
class Gone extends Error {}

/** Gone already is done. @throws {Stale} another version is there */
export function remove(remote: Remote, object: RemoteObject): Promise<void> {
  const finding = { fact: "conditionalDelete", able: true } as const;
  return firstFindsOut(remote, finding, (findsOut) => removeIt(remote, object, findsOut));
}

async function removeIt(remote: Remote, object: RemoteObject, findsOut: boolean): Promise<void> {
  const { facts } = remote.memory;
  const verdict = (): Verdict => remote.memory.facts.conditionalDelete;
  const look = async (): Promise<void> => {
    if (verdict() !== "honoured" && (await isGone(remote, object))) throw new Gone();
  };
  try {
    if (findsOut && (await tryDeleteConditions(remote, object.key, look))) return;
    const input = { ...placeOf(remote, object.key), ...conditionOn(verdict(), object) };
    await remote.send("delete", (api, options) => api.remove(input, options), {
      before: look,
    });
  } catch (error) {
    if (error instanceof Gone) return;
    if (facts.conditionalDelete !== "refused" && isNotImplemented(error)) {
      remote.memory.learn({ conditionalDelete: "refused", seenMs: remote.now() });
      return removeIt(remote, object, false);
    }
    if (statusOf(error) === 404 && codeOf(error) !== "NoSuchBucket") return;
    if (statusOf(error) !== 412 || !(await isGone(remote, object))) throw error;
  }
}

/** @throws {Stale} another version is there */
async function isGone(remote: Remote, object: RemoteObject): Promise<boolean> {
  const there = await head(remote, object.key);
  if (there !== undefined && there.object.etag !== object.etag)
    throw new Stale("the object changed meanwhile");
  return there === undefined;
}
