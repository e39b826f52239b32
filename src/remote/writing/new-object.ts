/** What a request that makes an object says of it beside its content. No request ever says who may read it. */

import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import type { ObjectKey } from "../../model/object-key.ts";
import { contentTypeOf } from "../reading/metadata.ts";
import type { Remote } from "../remote.ts";

type About = Pick<
  PutObjectCommandInput,
  | "CacheControl"
  | "ContentDisposition"
  | "ContentLanguage"
  | "ContentType"
  | "Expires"
  | "StorageClass"
  | "ServerSideEncryption"
  | "SSEKMSKeyId"
>;

/** Of an object that is uploaded. */
export function newObject(remote: Remote, key: ObjectKey): About {
  const { storageClass, headers } = remote.settings;
  const given = headers(key);
  return {
    CacheControl: given["Cache-Control"],
    ContentDisposition: given["Content-Disposition"],
    ContentLanguage: given["Content-Language"],
    ContentType: given["Content-Type"] ?? contentTypeOf(key),
    Expires: given.Expires === undefined ? undefined : new Date(given.Expires),
    // The SDK knows the classes of Amazon, other servers know others.
    StorageClass: storageClass as About["StorageClass"],
    ...encryptionOf(remote),
  };
}

/** Of any object that is made: of a copy, all else is what the first one has. */
export function encryptionOf({
  settings: { encryption },
}: Remote): Pick<About, "ServerSideEncryption" | "SSEKMSKeyId"> {
  if (encryption === undefined) return {};
  return { ServerSideEncryption: encryption.algorithm, SSEKMSKeyId: encryption.keyId };
}

/** Whether the ETag of an object that is uploaded will tell nothing of its content, as far as is known. */
export function makesOpaqueEtags({ settings: { encryption }, memory }: Remote): boolean {
  return memory.facts.md5Etags === "no" || (encryption !== undefined && encryption.algorithm !== "AES256");
}
