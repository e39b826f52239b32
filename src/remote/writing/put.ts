/** Uploads content in one request. */

import type { ContentEtags } from "../../model/etag.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { RemoteObject } from "../../model/observation.ts";
import type { OpenFile } from "../../ports/file-tree.ts";
import type { ObjectFacts, Sending } from "../../ports/object-store.ts";
import { type Condition, conditionOn, learnUnconditionalPut, tryPutConditions } from "./conditions.ts";
import { contentEtags } from "./content-etags.ts";
import { hasOwnKey, unquoted } from "../reading/facts.ts";
import { firstFindsOut } from "./first-finds-out.ts";
import { guardedPut } from "./guarded-put.ts";
import { writtenMetadata } from "../reading/metadata.ts";
import { makesOpaqueEtags, newObject } from "./new-object.ts";
import type { Remote } from "../remote.ts";
import { type Place, placeOf } from "../wire/place.ts";
import type { Said } from "../wire/said-in-headers.ts";

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
  const { content } = writing;
  const { size } = content.file;
  const release = await remote.bytes.take(size);
  try {
    const bytes = size === 0 ? new Uint8Array() : await content.read(0, size);
    content.unchanged();
    const etags = contentEtags(bytes);
    const md5 = etags.single;
    return await putBytes(remote, writing, {
      bytes,
      metadata: writtenMetadata(content.mtimeNs, makesOpaqueEtags(remote) ? md5 : undefined),
      sending: { etags, sha256: undefined, uploadId: undefined },
      isOurs: (there) => there.object.size === size && (there.object.etag === md5 || there.md5 === md5),
    });
  } finally {
    release();
  }
}

export interface Sent {
  readonly bytes: Uint8Array;
  readonly metadata: Record<string, string>;
  readonly sending: Sending & { readonly etags: ContentEtags };
  /** Whether an object with the time of the file has this content. */
  readonly isOurs: (there: ObjectFacts) => boolean;
}

/** @throws {Stale} something else is there */
export async function putBytes(
  remote: Remote,
  { key, content, replaces, announce }: Writing,
  { bytes, metadata, sending, isOurs }: Sent,
): Promise<RemoteObject> {
  const size = bytes.length;
  const md5 = sending.etags.single;
  const about = {
    ...placeOf(remote, key),
    ContentMD5: Buffer.from(md5, "hex").toString("base64"),
    ...newObject(remote, key),
    Metadata: metadata,
  };
  const send = (condition: Condition, before?: () => Promise<void>): Promise<string> =>
    putOnce(remote, { ...about, ...condition }, { bytes, md5, before });
  await announce(sending);
  return firstFindsOut(remote, { fact: "conditionalPut", able: size <= TRIAL_MAX }, async (findsOut) => {
    const written = await guardedPut(remote, {
      key,
      size,
      replaces,
      unconditional: () => learnUnconditionalPut(remote),
      send: ({ verdict, look }) => send(conditionOn(verdict, replaces), () => look()),
      isOurs: (there) => there.mtimeNs === content.mtimeNs && isOurs(there),
    });
    return findsOut ? learning(remote, written, send) : written;
  });
}

interface Once {
  readonly bytes: Uint8Array;
  readonly md5: string;
  readonly before: (() => Promise<void>) | undefined;
}

async function putOnce(remote: Remote, about: Place & Said, { bytes, md5, before }: Once): Promise<string> {
  const answered = await remote.send(
    "put",
    (api, options) => api.put(about, bytes, options),
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

/** Where the trial overwrites the object after all, the last ETag counts. */
async function learning(
  remote: Remote,
  written: RemoteObject,
  send: (condition: Condition) => Promise<string>,
): Promise<RemoteObject> {
  if (remote.memory.facts.conditionalPut !== "untold") return written;
  let { etag } = written;
  await tryPutConditions(remote, async (condition) => {
    etag = (await send(condition)) || etag;
  });
  return { ...written, etag };
}
