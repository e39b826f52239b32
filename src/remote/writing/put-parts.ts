/** Uploads large content in parts. */

import type { CreateMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import { partCount, partSize } from "../../core/part-size.ts";
import { Stale } from "../../model/errors.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { RemoteObject } from "../../model/observation.ts";
import type { OpenFile } from "../../ports/file-tree.ts";
import type { Upload } from "./abort-upload.ts";
import { learnUnconditionalPut } from "./conditions.ts";
import { md5Of } from "./content-etags.ts";
import { guardedPut } from "./guarded-put.ts";
import { writtenMetadata } from "../reading/metadata.ts";
import { newObject } from "./new-object.ts";
import type { Writing } from "./put.ts";
import type { Remote } from "../remote.ts";
import type { Place } from "../wire/place.ts";
import { type InParts, numbered, type Part, uploadAgain, uploadInParts } from "./upload-in-parts.ts";

/** Parts of one upload at a time. */
const PARTS_AT_ONCE = 4;

/** @throws {Stale} the file changed, or something else is there */
export async function putParts(remote: Remote, writing: Writing): Promise<RemoteObject> {
  const { key, content, replaces, announce } = writing;
  const { size } = content.file;
  const etags = await content.etags(partSize(size)); // S3 takes the metadata before the body, so it is read twice
  content.unchanged();
  const parts: InParts = {
    key,
    replaces,
    about: aboutOf(remote, key, writtenMetadata(content.mtimeNs, etags.single)),
    atOnce: PARTS_AT_ONCE,
    announce: (uploadId) => announce({ etags, sha256: undefined, uploadId }),
    parts: () => numbered(partCount(size), (upload, number) => sendPart(remote, content, upload, number)),
    check: (etag) => {
      content.unchanged();
      if (etag !== etags.multipart) throw new Stale("the file changed while it was read");
    },
  };
  return uploadAgain(() =>
    guardedPut(remote, {
      key,
      size,
      replaces,
      unconditional: () => learnUnconditionalPut(remote),
      send: (attempt) => uploadInParts(remote, parts, attempt),
      isOurs: (there) =>
        there.object.size === size &&
        there.mtimeNs === content.mtimeNs &&
        (there.object.etag === etags.multipart || there.md5 === etags.single),
    }),
  );
}

/** What is said of an object before its parts are sent. */
export function aboutOf(
  remote: Remote,
  key: ObjectKey,
  Metadata: Record<string, string>,
): Omit<CreateMultipartUploadCommandInput, keyof Place> {
  return {
    ...newObject(remote, key),
    Metadata,
    ...(remote.aws ? { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" } : {}),
  };
}

async function sendPart(remote: Remote, content: OpenFile, upload: Upload, number: number): Promise<Part> {
  const { size } = content.file;
  const from = (number - 1) * partSize(size);
  const length = Math.min(partSize(size), size - from);
  const release = await remote.bytes.take(length);
  try {
    return await uploadPart(remote, upload, number, await content.read(from, length));
  } finally {
    release();
  }
}

export async function uploadPart(
  remote: Remote,
  upload: Upload,
  PartNumber: number,
  Body: Uint8Array,
): Promise<Part> {
  const md5 = md5Of(Body);
  const about = { ...upload, PartNumber, ContentMD5: md5.toString("base64") };
  const { ETag, ChecksumCRC32 } = await remote.send("put", (api, options) =>
    api.putPart(about, Body, options),
  );
  return { md5, completed: { PartNumber, ETag, ...(ChecksumCRC32 === undefined ? {} : { ChecksumCRC32 }) } };
}
