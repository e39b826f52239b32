/** Deletes exactly the version that was seen. */

import { Stale } from "../model/errors.ts";
import type { RemoteObject } from "../model/observation.ts";
import { conditionOn, isNotImplemented, tryDeleteConditions, type Verdict } from "./conditions.ts";
import { head } from "./head.ts";
import { placeOf, type Remote } from "./remote.ts";
import { codeOf, statusOf } from "./sdk-error.ts";

/** What a look before the deletion finds: nothing to delete. */
class Gone extends Error {}

/** Gone already is done. @throws {Stale} another version is there */
export async function remove(remote: Remote, object: RemoteObject): Promise<void> {
  const { facts } = remote.memory;
  const verdict = (): Verdict => remote.memory.facts.conditionalDelete;
  const look = async (): Promise<void> => {
    if (verdict() !== "honoured" && (await isGone(remote, object))) throw new Gone();
  };
  try {
    if (verdict() === "untold" && (await tryDeleteConditions(remote, object.key, look))) return;
    const input = { ...placeOf(remote, object.key), ...conditionOn(verdict(), object) };
    await remote.send("delete", (api, options) => api.remove(input, options), {
      before: look,
    });
  } catch (error) {
    if (error instanceof Gone) return;
    if (facts.conditionalDelete !== "refused" && isNotImplemented(error)) {
      remote.memory.learn({ conditionalDelete: "refused", seenMs: remote.now() });
      return remove(remote, object);
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
