/** Copies an object that is too large for one request. What goes with the content must be said anew. */

import { partCount, partSize } from "../../core/part-size.ts";
import { PathError, Stale } from "../../model/errors.ts";
import type { RemoteObject } from "../../model/observation.ts";
import type { Sending } from "../../ports/object-store.ts";
import type { Upload } from "./abort-upload.ts";
import { GarbledBody } from "../wire/broken-answer.ts";
import type { Verdict } from "./conditions.ts";
import { type CopySource, isCopy, stillSource, tagsOf } from "./copy-source.ts";
import { unquoted } from "../reading/facts.ts";
import { type GuardedWrite, guardedPut } from "./guarded-put.ts";
import { encryptionOf } from "./new-object.ts";
import type { Remote } from "../remote.ts";
import { statusOf } from "../wire/sdk-error.ts";
import { type InParts, numbered, type Part, uploadAgain, uploadInParts } from "./upload-in-parts.ts";

/** Parts of one copy at a time. Nothing of them is in memory. */
const PARTS_AT_ONCE = 16;

export interface PartsCopy {
  readonly source: CopySource;
  readonly guard: Omit<GuardedWrite, "send" | "isOurs">;
  readonly verdict: Verdict;
  readonly announce: (sending: Pick<Sending, "uploadId">) => Promise<void>;
}

/** In parts of the size that an upload has, so that the ETag can be computed from the file. @throws {Stale} */
export async function copyParts(remote: Remote, copying: PartsCopy): Promise<RemoteObject> {
  const { source, guard, verdict, announce } = copying;
  let etag = "";
  const parts: InParts = {
    key: guard.key,
    replaces: undefined,
    about: await aboutOf(remote, source),
    atOnce: PARTS_AT_ONCE,
    announce: (uploadId) => announce({ uploadId }),
    parts: () =>
      numbered(partCount(guard.size), (upload, number) => copyPart(remote, source, upload, number)),
    check: (made) => {
      etag = made;
      return stillSource(remote, source, made);
    },
  };
  const write: GuardedWrite = {
    ...guard,
    send: (attempt) => uploadInParts(remote, parts, attempt),
    isOurs: (there) => there.object.etag === etag || isCopy(source, there),
  };
  return uploadAgain(() => guardedPut(remote, write, verdict));
}

async function aboutOf(remote: Remote, source: CopySource): Promise<InParts["about"]> {
  const { answered } = source;
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType } = answered;
  const {
    Expires,
    ExpiresString,
    Metadata,
    MissingMeta = 0,
    StorageClass,
    WebsiteRedirectLocation,
  } = answered;
  if (MissingMeta > 0 || (ExpiresString !== undefined && Expires === undefined))
    throw new PathError("what the server tells of the object is not all: it cannot be copied in parts");
  return {
    CacheControl,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    ContentType,
    Expires,
    Metadata,
    StorageClass,
    WebsiteRedirectLocation,
    Tagging: await tagsOf(remote, source),
    ...encryptionOf(remote),
  };
}

async function copyPart(
  remote: Remote,
  { facts: { object }, named }: CopySource,
  upload: Upload,
  PartNumber: number,
): Promise<Part> {
  const from = (PartNumber - 1) * partSize(object.size);
  const last = Math.min(from + partSize(object.size), object.size) - 1;
  const input = { ...upload, ...named, PartNumber, CopySourceRange: `bytes=${from}-${last}` };
  const ETag = await remote
    .send("put", async (api, options) => {
      const { CopyPartResult } = await api.sdk((sdk) => new sdk.UploadPartCopyCommand(input), options);
      if (CopyPartResult?.ETag === undefined)
        throw new GarbledBody("the server copied a part without an ETag");
      return CopyPartResult.ETag;
    })
    .catch((error: unknown) => {
      throw statusOf(error) === 412 ? new Stale("the object changed meanwhile", { cause: error }) : error;
    });
  return { md5: Buffer.from(unquoted(ETag), "hex"), completed: { PartNumber, ETag } };
}
