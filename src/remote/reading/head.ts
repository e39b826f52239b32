/** A fresh look at one object. */

import { BsyncError } from "../../model/errors.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { ObjectFacts } from "../../ports/object-store.ts";
import type { Api } from "../wire/api.ts";
import { factsOf, quoted } from "./facts.ts";
import { listPage } from "../listing/list-pages.ts";
import type { Remote } from "../remote.ts";
import { type Place, placeOf } from "../wire/place.ts";
import type { SendOptions } from "../wire/send-options.ts";
import { statusOf } from "../wire/sdk-error.ts";

/** @returns undefined: 404, which may also say that there is no bucket */
export async function head(remote: Remote, key: ObjectKey): Promise<ObjectFacts | undefined> {
  const answered = await headAnswer(remote, key, (api, place, options) => api.head(place, options));
  return answered === undefined ? undefined : factsOf(remote, key, answered.ContentLength ?? 0, answered);
}

/** @param ask sends the request to that place, in whatever way */
export async function headAnswer<T>(
  remote: Remote,
  key: ObjectKey,
  ask: (api: Api, place: Place, options: SendOptions) => Promise<T>,
): Promise<T | undefined> {
  const place = placeOf(remote, key);
  try {
    return await remote.send("head", (api, options) => ask(api, place, options));
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    if (statusOf(error) === 400) await askAloud(remote);
    throw error;
  }
}

/**
 * An answer to HEAD has no body that says what is wrong: expired credentials look like anything else.
 *
 * @throws what a listing is answered, where that fails too
 */
async function askAloud(remote: Remote): Promise<void> {
  await listPage(remote, { recursive: false, token: undefined, after: "" });
}

/**
 * As `head`, with the size of the first part.
 * @throws {BsyncError} there is no bucket: nothing counts as absent in it
 */
export async function headWhole(remote: Remote, key: ObjectKey): Promise<ObjectFacts | undefined> {
  const facts = await head(remote, key);
  if (facts === undefined) await proveBucket(remote);
  if (facts === undefined || !/-\d+$/.test(facts.object.etag)) return facts;
  return { ...facts, partBytes: await firstPart(remote, facts) };
}

async function proveBucket({ send, bucket }: Remote): Promise<void> {
  try {
    await send("head", (api, options) =>
      api.sdk((sdk) => new sdk.HeadBucketCommand({ Bucket: bucket }), options),
    );
  } catch (cause) {
    if (statusOf(cause) !== 404) throw cause;
    throw new BsyncError(`bucket ${bucket} is gone`, {
      hint: "nothing counts as deleted because of that",
      cause,
    });
  }
}

/** @returns undefined: the server does not tell */
async function firstPart(remote: Remote, { object }: ObjectFacts): Promise<number | undefined> {
  const input = { ...placeOf(remote, object.key), PartNumber: 1, IfMatch: quoted(object.etag) };
  try {
    const answered = await remote.send("head", (api, options) => api.head(input, options));
    return answered.PartsCount === undefined ? undefined : answered.ContentLength;
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    return undefined;
  }
}
