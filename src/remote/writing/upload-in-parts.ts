/** An object that is put together of parts, or not at all. */

import type { CompletedPart, CreateMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import { inOrder } from "../../core/in-order.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { RemoteObject } from "../../model/observation.ts";
import { abortUpload, type Upload } from "./abort-upload.ts";
import { GarbledBody } from "../wire/broken-answer.ts";
import { conditionOn, lookBefore } from "./conditions.ts";
import { multipartEtag } from "./content-etags.ts";
import { unquoted } from "../reading/facts.ts";
import type { Attempt } from "./guarded-put.ts";
import type { Remote } from "../remote.ts";
import { type Place, placeOf } from "../wire/place.ts";
import { retryReason } from "../wire/retry.ts";

/** Uploads of the same content, at most, where others write to the same key. */
const UPLOADS = 3;
/** An upload that fails is not left behind, even when the run ends; but nobody waits long for that. */
const ABORT_MS = 10_000;

export interface InParts {
  readonly key: ObjectKey;
  readonly replaces: RemoteObject | undefined;
  /** S3 takes it before the content. */
  readonly about: Omit<CreateMultipartUploadCommandInput, keyof Place>;
  readonly atOnce: number;
  /** Awaited when the upload has a name, and nothing else. */
  readonly announce: (uploadId: string) => Promise<void>;
  /** Called for each upload anew. */
  readonly parts: () => Parts;
  /** Called with the ETag that the parts make, before they become an object. What it throws ends it all. */
  readonly check: (etag: string) => void | Promise<void>;
}

export interface Parts {
  /** Ascending from 1; asked for as they are wanted. */
  readonly numbers: Iterable<number>;
  /** Called with each number in turn. @returns undefined: the content has ended before */
  send(upload: Upload, number: number): Promise<Part | undefined>;
  /** However the upload ended. */
  close(): void;
}

export function numbered(count: number, send: Parts["send"]): Parts {
  return { numbers: Array.from({ length: count }, (_, at) => at + 1), send, close: () => {} };
}

export interface Part {
  readonly md5: Uint8Array;
  readonly completed: CompletedPart;
}

/** Runs an upload anew where another writer voids it. */
export async function uploadAgain<T>(upload: () => Promise<T>): Promise<T> {
  for (let uploads = 1; ; uploads++) {
    try {
      return await upload();
    } catch (error) {
      if (retryReason(error) !== "conflict" || uploads === UPLOADS) throw error;
    }
  }
}

/** One upload. @returns the ETag that the server gave; "" where it gave none */
export async function uploadInParts(
  remote: Remote,
  wanted: InParts,
  { verdict, look }: Attempt,
): Promise<string> {
  const { key, replaces, about, parts, atOnce, announce, check } = wanted;
  await lookBefore(remote, verdict, key, replaces); // sooner than a completion that comes to nothing
  const upload = await begin(remote, key, about);
  try {
    await announce(upload.UploadId);
    const sent: Part[] = [];
    const source = parts();
    const each = (number: number): Promise<Part | undefined> => source.send(upload, number);
    try {
      for await (const part of inOrder(source.numbers, each, { concurrency: atOnce, window: atOnce }))
        if (part !== undefined) sent.push(part);
    } finally {
      source.close();
    }
    await check(multipartEtag(sent.map(({ md5 }) => md5)));
    const input = {
      ...upload,
      MultipartUpload: { Parts: sent.map(({ completed }) => completed) },
      ...conditionOn(verdict, replaces),
      ...(about.ChecksumType === undefined ? {} : { ChecksumType: about.ChecksumType }),
    };
    const answered = await remote.send(
      "put",
      (api, options) => api.sdk((sdk) => new sdk.CompleteMultipartUploadCommand(input), options),
      // What was found out with PUT says nothing of completions, so the look is never left out.
      { never: "conflict", before: () => look("untold") },
    );
    return unquoted(answered.ETag);
  } catch (error) {
    // The reason why it is given up is what counts.
    await abortUpload(remote, upload, AbortSignal.timeout(ABORT_MS)).catch(() => {});
    throw error;
  }
}

async function begin(remote: Remote, key: ObjectKey, about: InParts["about"]): Promise<Upload> {
  const place = placeOf(remote, key);
  const UploadId = await remote.send("put", async (api, options) => {
    const input = { ...place, ...about };
    const answered = await api.sdk((sdk) => new sdk.CreateMultipartUploadCommand(input), options);
    // With an empty one, parts would be sent, and the abort too, as if to the object itself.
    if (answered.UploadId === undefined || answered.UploadId === "")
      throw new GarbledBody("the server began an upload without a name");
    return answered.UploadId;
  });
  return { ...place, UploadId };
}
