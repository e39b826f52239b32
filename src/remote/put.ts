/** Uploads content in one request. */

import { PutObjectCommand, type PutObjectCommandInput } from "@aws-sdk/client-s3";
import type { ObjectKey } from "../model/object-key.ts";
import type { RemoteObject } from "../model/observation.ts";
import type { OpenFile } from "../ports/file-tree.ts";
import type { Sending } from "../ports/object-store.ts";
import { type Condition, conditionOn, learnUnconditionalPut, tryPutConditions } from "./conditions.ts";
import { contentEtags } from "./content-etags.ts";
import { hasOwnKey, unquoted } from "./facts.ts";
import { guardedPut } from "./guarded-put.ts";
import { contentTypeOf, writtenMetadata } from "./metadata.ts";
import { placeOf, type Remote } from "./remote.ts";

/** Larger content is not sent a second time only to learn something. */
const TRIAL_MAX = 64 * 1024;

export interface Writing {
  readonly key: ObjectKey;
  readonly content: OpenFile;
  readonly replaces: RemoteObject | undefined;
  readonly announce: (sending: Sending) => Promise<void>;
}

/** @throws {Stale} the file changed, or something else is there */
export async function put(remote: Remote, writing: Writing): Promise<RemoteObject> {
  const { key, content, replaces, announce } = writing;
  const { size } = content.file;
  const release = await remote.bytes.take(size);
  try {
    const bytes = size === 0 ? new Uint8Array() : await content.read(0, size);
    content.unchanged();
    const etags = contentEtags(bytes);
    const md5 = etags.single;
    const input: PutObjectCommandInput = {
      ...placeOf(remote, key),
      Body: bytes,
      ContentMD5: Buffer.from(md5, "hex").toString("base64"),
      ContentType: contentTypeOf(key),
      Metadata: writtenMetadata(content.mtimeNs, remote.memory.facts.md5Etags === "no" ? md5 : undefined),
    };
    const send = (condition: Condition, before?: () => Promise<void>): Promise<string> =>
      putOnce(remote, { ...input, ...condition }, { md5, before });
    await announce({ etags, uploadId: undefined });
    const written = await guardedPut(remote, {
      key,
      size,
      replaces,
      unconditional: () => learnUnconditionalPut(remote),
      send: ({ verdict, look }) => send(conditionOn(verdict, replaces), () => look()),
      isOurs: (there) =>
        there.object.size === size &&
        there.mtimeNs === content.mtimeNs &&
        (there.object.etag === md5 || there.md5 === md5),
    });
    return size > TRIAL_MAX ? written : await learning(remote, written, send);
  } finally {
    release();
  }
}

async function putOnce(
  remote: Remote,
  input: PutObjectCommandInput,
  { md5, before }: { readonly md5: string; readonly before: (() => Promise<void>) | undefined },
): Promise<string> {
  const answered = await remote.send(
    "put",
    (client, options) => client.send(new PutObjectCommand(input), options),
    before === undefined ? {} : { before },
  );
  const etag = unquoted(answered.ETag);
  const known = remote.memory.facts.md5Etags;
  if (etag !== "" && (etag !== md5 || hasOwnKey(answered))) {
    if (known !== "no") remote.memory.learn({ md5Etags: "no" });
  } else if (etag === md5 && known === "untold") {
    remote.memory.learn({ md5Etags: "yes" });
  }
  return etag;
}

const trials = new WeakSet<Remote>();

/** One trial at a time is enough. Where it overwrites the object after all, the last ETag counts. */
async function learning(
  remote: Remote,
  written: RemoteObject,
  send: (condition: Condition) => Promise<string>,
): Promise<RemoteObject> {
  if (remote.memory.facts.conditionalPut !== "untold" || trials.has(remote)) return written;
  trials.add(remote);
  let { etag } = written;
  await tryPutConditions(remote, async (condition) => {
    etag = (await send(condition)) || etag;
  });
  trials.delete(remote);
  return { ...written, etag };
}
