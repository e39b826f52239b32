/** What the headers of a HEAD or GET say of an object. */

import { isMd5Form } from "../../model/etag.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { ObjectFacts } from "../../ports/object-store.ts";
import { envelopedOf, md5Of, mtimeOf, wholeSeconds } from "./metadata.ts";
import type { Remote } from "../remote.ts";
import type { Answered } from "../wire/said-in-headers.ts";

export function factsOf({ memory }: Remote, key: ObjectKey, size: number, answered: Answered): ObjectFacts {
  const etag = unquoted(answered.ETag);
  return {
    object: {
      key,
      size,
      etag,
      modifiedS: wholeSeconds(answered.LastModified?.getTime()),
      archived: isArchived(answered),
    },
    mtimeNs: mtimeOf(answered.Metadata, answered.LastModified),
    md5: md5Of(answered.Metadata),
    enveloped: envelopedOf(answered.Metadata),
    partBytes: undefined,
    etagMayBeMd5: isMd5Form(etag) && memory.facts.md5Etags !== "no" && !hasOwnKey(answered),
  };
}

export function unquoted(etag: string | undefined): string {
  return (etag ?? "").replaceAll('"', "");
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}

export function isArchiveClass(storageClass: string | undefined): boolean {
  return storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE";
}

/** Encrypted with a key of its own: then the ETag is no digest. */
export function hasOwnKey(
  answered: Pick<Answered, "ServerSideEncryption" | "SSECustomerAlgorithm">,
): boolean {
  const { ServerSideEncryption: encryption, SSECustomerAlgorithm } = answered;
  return SSECustomerAlgorithm !== undefined || (encryption !== undefined && encryption !== "AES256");
}

/** `Restore` is `ongoing-request="false", expiry-date=…` while a copy can be read. */
function isArchived({ StorageClass, Restore, ArchiveStatus }: Answered): boolean {
  if (Restore?.includes('ongoing-request="false"') === true) return false;
  return isArchiveClass(StorageClass) || ArchiveStatus !== undefined;
}
