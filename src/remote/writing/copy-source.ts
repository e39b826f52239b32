/** The object that is copied: which version, and what goes with it. */

import type { HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { PathError, Stale } from "../../model/errors.ts";
import type { RemoteObject } from "../../model/observation.ts";
import type { ObjectFacts } from "../../ports/object-store.ts";
import { isNotImplemented } from "./conditions.ts";
import { factsOf, quoted } from "../reading/facts.ts";
import { headAnswer } from "../reading/head.ts";
import type { Remote } from "../remote.ts";
import { placeOf } from "../wire/place.ts";

export interface CopySource {
  readonly facts: ObjectFacts;
  readonly answered: HeadObjectCommandOutput;
  /** What names it in a request. */
  readonly named: { readonly CopySource: string; readonly CopySourceIfMatch: string };
}

/** @throws {Stale} gone, or another version @throws {PathError} its bytes cannot be read now */
export async function copySource(remote: Remote, { key, size, etag }: RemoteObject): Promise<CopySource> {
  const answered = await headAnswer(remote, key, (api, place, options) =>
    api.sdk((sdk) => new sdk.HeadObjectCommand(place), options),
  );
  if (answered === undefined) throw new Stale("the object is gone");
  const facts = factsOf(remote, key, answered.ContentLength ?? 0, answered);
  if (facts.object.etag !== etag || facts.object.size !== size)
    throw new Stale("the object changed meanwhile");
  if (facts.object.archived) throw new PathError("the object is archived, and must be restored first");
  const bucket = remote.bucket.startsWith("arn:") ? `${remote.bucket}/object` : remote.bucket;
  const CopySource = percentEncoded(`${bucket}/${remote.prefix}${key}`);
  return { facts, answered, named: { CopySource, CopySourceIfMatch: quoted(etag) } };
}

/**
 * A server may ignore the condition on the source. Where the ETag of what came of it is another one, a look must say
 * that it was still the same.
 * @throws {Stale} it was not, or perhaps not
 */
export async function stillSource(remote: Remote, { facts }: CopySource, madeEtag: string): Promise<void> {
  if (madeEtag !== facts.object.etag) await copySource(remote, facts.object);
}

/** Whether an object is a copy. The ETag of what came in parts is another one when it is in one piece; then the metadata that went with it tell. */
export function isCopy({ facts }: CopySource, there: ObjectFacts): boolean {
  if (there.object.size !== facts.object.size) return false;
  if (there.object.etag === facts.object.etag) return true;
  const digest = digestOf(facts);
  return digest !== undefined && digestOf(there) === digest && there.mtimeNs === facts.mtimeNs;
}

function digestOf({ enveloped, md5 }: ObjectFacts): string | undefined {
  return enveloped?.sha256 ?? md5;
}

/** The SDK sends it as it is given. `bytes`: a byte string. */
function percentEncoded(bytes: string): string {
  return bytes.replaceAll(
    /[^A-Za-z0-9\-._~/]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** As a request takes them: a query string; undefined where there are none. @throws {PathError} they must not be read */
export async function tagsOf(remote: Remote, { facts }: CopySource): Promise<string | undefined> {
  const place = placeOf(remote, facts.object.key);
  try {
    const { TagSet = [] } = await remote.send("get", (api, options) =>
      api.sdk((sdk) => new sdk.GetObjectTaggingCommand(place), options),
    );
    const tags = TagSet.map(({ Key = "", Value = "" }) => [Key, Value].map(encodeURIComponent).join("="));
    return tags.length === 0 ? undefined : tags.join("&");
  } catch (error) {
    if (isNotImplemented(error)) return undefined; // a server that has no tags
    throw error;
  }
}
