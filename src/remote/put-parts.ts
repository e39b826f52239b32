/** Uploads large content in parts, or not at all. */

import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { inOrder } from "../core/in-order.ts";
import { partCount, partSize } from "../core/part-size.ts";
import { Stale } from "../model/errors.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { RemoteObject } from "../model/observation.ts";
import type { ContentEtags, OpenFile } from "../ports/file-tree.ts";
import { GarbledBody } from "./broken-answer.ts";
import { conditionOn, lookBefore } from "./conditions.ts";
import { unquoted } from "./facts.ts";
import { type Attempt, guardedPut } from "./guarded-put.ts";
import { contentTypeOf, writtenMetadata } from "./metadata.ts";
import { type Place, placeOf, type Remote } from "./remote.ts";
import { retryReason } from "./retry.ts";

/** Parts of one upload at a time. */
const PARTS_AT_ONCE = 4;
/** Uploads of the same content, at most, where others write to the same key. */
const UPLOADS = 3;
/** An upload that fails is not left behind, even when the run ends; but nobody waits long for that. */
const ABORT_MS = 10_000;

/** One upload under way. */
interface Upload extends Place {
  readonly UploadId: string;
}

/** @throws {Stale} the file changed, or something else is there */
export async function putParts(
  remote: Remote,
  key: ObjectKey,
  content: OpenFile,
  replaces: RemoteObject | undefined,
): Promise<RemoteObject> {
  const { size } = content.file;
  const digests = await content.etags(partSize(size)); // S3 takes the metadata before the body, so it is read twice
  content.unchanged();
  const upload = { remote, key, content, replaces, digests };
  for (let uploads = 1; ; uploads++) {
    try {
      return await guardedPut(remote, {
        key,
        size,
        replaces,
        send: (attempt) => sendUpload(upload, attempt),
        isOurs: (there) =>
          there.object.size === size &&
          there.mtimeNs === content.mtimeNs &&
          (there.object.etag === digests.multipart || there.md5 === digests.single),
      });
    } catch (error) {
      if (retryReason(error) !== "conflict" || uploads === UPLOADS) throw error; // it voids the whole upload
    }
  }
}

interface Wanted {
  readonly remote: Remote;
  readonly key: ObjectKey;
  readonly content: OpenFile;
  readonly replaces: RemoteObject | undefined;
  readonly digests: ContentEtags;
}

async function sendUpload(wanted: Wanted, { verdict, look }: Attempt): Promise<string> {
  const { remote, key, content, replaces, digests } = wanted;
  await lookBefore(remote, verdict, key, replaces); // sooner than a completion that comes to nothing
  const upload = await begin(wanted);
  try {
    const sent: Part[] = [];
    const numbers = Array.from({ length: partCount(content.file.size) }, (_, at) => at + 1);
    const each = (number: number): Promise<Part> => sendPart(wanted, upload, number);
    for await (const part of inOrder(numbers, each, { concurrency: PARTS_AT_ONCE, window: PARTS_AT_ONCE }))
      sent.push(part);
    content.unchanged();
    if (etagOf(sent) !== digests.multipart) throw new Stale("the file changed while it was read");
    const input = {
      ...upload,
      MultipartUpload: { Parts: sent.map(({ completed }) => completed) },
      ...conditionOn(verdict, replaces),
    };
    const whole = remote.aws ? { ChecksumType: "FULL_OBJECT" as const } : {};
    const answered = await remote.send(
      "put",
      (client, options) => client.send(new CompleteMultipartUploadCommand({ ...input, ...whole }), options),
      // What was found out with PUT says nothing of completions, so the look is never left out.
      { never: "conflict", before: () => look("untold") },
    );
    return unquoted(answered.ETag);
  } catch (error) {
    await abort(remote, upload);
    throw error;
  }
}

async function begin({ remote, key, content, digests }: Wanted): Promise<Upload> {
  const place = placeOf(remote, key);
  const input = {
    ...place,
    ContentType: contentTypeOf(key),
    Metadata: writtenMetadata(content.mtimeNs, digests.single),
    ...(remote.aws ? { ChecksumAlgorithm: "CRC32" as const, ChecksumType: "FULL_OBJECT" as const } : {}),
  };
  const UploadId = await remote.send("put", async (client, options) => {
    const answered = await client.send(new CreateMultipartUploadCommand(input), options);
    // With an empty one, parts would be sent, and the abort too, as if to the object itself.
    if (answered.UploadId === undefined || answered.UploadId === "")
      throw new GarbledBody("the server began an upload without a name");
    return answered.UploadId;
  });
  return { ...place, UploadId };
}

interface Part {
  readonly md5: Buffer;
  readonly completed: CompletedPart;
}

async function sendPart({ remote, content }: Wanted, upload: Upload, PartNumber: number): Promise<Part> {
  const { size } = content.file;
  const from = (PartNumber - 1) * partSize(size);
  const length = Math.min(partSize(size), size - from);
  const release = await remote.bytes.take(length);
  try {
    const Body = await content.read(from, length);
    const md5 = createHash("md5").update(Body).digest();
    const input = { ...upload, PartNumber, Body, ContentMD5: md5.toString("base64") };
    const { ETag, ChecksumCRC32 } = await remote.send("put", (client, options) =>
      client.send(new UploadPartCommand(input), options),
    );
    return {
      md5,
      completed: { PartNumber, ETag, ...(ChecksumCRC32 === undefined ? {} : { ChecksumCRC32 }) },
    };
  } finally {
    release();
  }
}

/** As S3 makes it: the MD5 of the MD5s of the parts, and how many they are. */
function etagOf(parts: readonly Part[]): string {
  const hash = createHash("md5");
  for (const { md5 } of parts) hash.update(md5);
  return `${hash.digest("hex")}-${parts.length}`;
}

async function abort(remote: Remote, upload: Upload): Promise<void> {
  const signal = AbortSignal.timeout(ABORT_MS);
  const request = remote.send(
    "delete",
    (client, options) => client.send(new AbortMultipartUploadCommand(upload), options),
    { signal },
  );
  await request.catch(() => {}); // the reason why it is aborted is what counts
}
