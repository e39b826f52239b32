/** Makes a second object of one that is in the store. Its bytes do not come here. */

import type { ObjectKey } from "../../model/object-key.ts";
import type { RemoteObject } from "../../model/observation.ts";
import type { Sending } from "../../ports/object-store.ts";
import { conditionOn } from "./conditions.ts";
import { copyParts } from "./copy-parts.ts";
import { type CopySource, copySource, isCopy, stillSource } from "./copy-source.ts";
import { unquoted } from "../reading/facts.ts";
import { type Attempt, type GuardedWrite, guardedPut } from "./guarded-put.ts";
import { encryptionOf } from "./new-object.ts";
import type { Remote } from "../remote.ts";
import { placeOf } from "../wire/place.ts";
import { remove } from "./remove.ts";

export interface Copying {
  readonly from: RemoteObject;
  readonly key: ObjectKey;
  readonly announce: (sending: Pick<Sending, "uploadId">) => Promise<void>;
}

/** Where copies with a condition on what they make are refused. */
const unconditional = new WeakSet<Remote>();

/** @throws {Stale} `from` is not what was seen, or something is at `key` */
export async function copy(remote: Remote, copying: Copying): Promise<RemoteObject> {
  const { from, key, announce } = copying;
  placeOf(remote, key); // a name that cannot be is refused before anything is asked
  const source = await copySource(remote, from);
  const guard: Omit<GuardedWrite, "send" | "isOurs"> = {
    key,
    size: from.size,
    replaces: undefined,
    unconditional: () => unconditional.add(remote),
  };
  // That PUT honours conditions says nothing of copies, so the look is never left out.
  const verdict = unconditional.has(remote) ? "refused" : "untold";
  if (from.size > remote.copyMax) return copyParts(remote, { source, guard, verdict, announce });
  await announce({ uploadId: undefined });
  const send = (attempt: Attempt): Promise<string> => copyWhole(remote, key, source, attempt);
  const made = await guardedPut(
    remote,
    { ...guard, send, isOurs: (there) => isCopy(source, there) },
    verdict,
  );
  try {
    await stillSource(remote, source, made.etag);
  } catch (error) {
    await remove(remote, made); // nobody wanted that here, and it is where it came from
    throw error;
  }
  return made;
}

/** Metadata, headers and tags go with it; the storage class would not, and neither would a redirect or the encryption. */
async function copyWhole(
  remote: Remote,
  key: ObjectKey,
  { answered: { StorageClass, WebsiteRedirectLocation }, named }: CopySource,
  { verdict, look }: Attempt,
): Promise<string> {
  const input = {
    ...placeOf(remote, key),
    ...named,
    ...conditionOn(verdict, undefined),
    ...(StorageClass === undefined ? {} : { StorageClass }),
    ...(WebsiteRedirectLocation === undefined ? {} : { WebsiteRedirectLocation }),
    ...encryptionOf(remote),
  };
  const { CopyObjectResult } = await remote.send(
    "put",
    (api, options) => api.sdk((sdk) => new sdk.CopyObjectCommand(input), options),
    { before: () => look() },
  );
  return unquoted(CopyObjectResult?.ETag);
}
