/** Uploads content in an envelope: in one request where it is small, else in parts as they come out of it. */

import { createHash } from "node:crypto";
import { partSize, SINGLE_PUT_MAX } from "../../core/part-size.ts";
import type { Encoding, Enveloped } from "../../model/encoding.ts";
import { Stale } from "../../model/errors.ts";
import type { RemoteObject } from "../../model/observation.ts";
import type { Envelope } from "../../ports/envelope.ts";
import type { OpenFile } from "../../ports/file-tree.ts";
import type { ObjectFacts } from "../../ports/object-store.ts";
import { learnUnconditionalPut } from "./conditions.ts";
import { contentEtags } from "./content-etags.ts";
import { guardedPut } from "./guarded-put.ts";
import { envelopeMetadata, writtenMetadata } from "../reading/metadata.ts";
import { putBytes, type Writing } from "./put.ts";
import { aboutOf, uploadPart } from "./put-parts.ts";
import type { Remote } from "../remote.ts";
import { type InParts, type Parts, uploadAgain, uploadInParts } from "./upload-in-parts.ts";

const READ_BYTES = 1024 * 1024;
/** Parts of one upload at a time: each is held whole. */
const PARTS_AT_ONCE = 3;

/** @throws {Stale} the file changed, or something else is there */
export async function putEnveloped(
  remote: Remote,
  writing: Writing,
  envelope: Pick<Envelope, "encoding" | "encode">,
): Promise<RemoteObject> {
  const { content } = writing;
  const { size } = content.file;
  const sha256 = await content.sha256(); // S3 takes the metadata before the body, so it is read twice
  const enveloped = { encoding: sealed(envelope.encoding), size, sha256 };
  const stored = (): AsyncIterable<Uint8Array> => envelope.encode(plain(content, sha256));
  return size <= SINGLE_PUT_MAX
    ? putWhole(remote, writing, enveloped, stored)
    : putStream(remote, writing, enveloped, stored);
}

type Stored = () => AsyncIterable<Uint8Array>;

async function putWhole(
  remote: Remote,
  writing: Writing,
  enveloped: Enveloped,
  stored: Stored,
): Promise<RemoteObject> {
  const release = await remote.bytes.take(enveloped.size);
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stored()) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    return await putBytes(remote, writing, {
      bytes,
      metadata: metadataOf(writing.content, enveloped),
      sending: { etags: contentEtags(bytes), sha256: enveloped.sha256, uploadId: undefined },
      isOurs: (there) => isSame(there, enveloped),
    });
  } finally {
    release();
  }
}

async function putStream(
  remote: Remote,
  writing: Writing,
  enveloped: Enveloped,
  stored: Stored,
): Promise<RemoteObject> {
  const { key, content, replaces, announce } = writing;
  let sentBytes = 0;
  const parts: InParts = {
    key,
    replaces,
    about: aboutOf(remote, key, metadataOf(content, enveloped)),
    atOnce: PARTS_AT_ONCE,
    announce: (uploadId) => announce({ etags: undefined, sha256: enveloped.sha256, uploadId }),
    parts: () => {
      sentBytes = 0;
      return streamed(remote, stored(), largest(enveloped.size), (bytes) => (sentBytes += bytes));
    },
    check: () => content.unchanged(),
  };
  const written = await uploadAgain(() =>
    guardedPut(remote, {
      key,
      size: enveloped.size,
      replaces,
      unconditional: () => learnUnconditionalPut(remote),
      send: (attempt) => uploadInParts(remote, parts, attempt),
      isOurs: (there) => there.mtimeNs === content.mtimeNs && isSame(there, enveloped),
    }),
  );
  return { ...written, size: sentBytes };
}

/** The parts of a stream, cut as they are asked for. */
function streamed(
  remote: Remote,
  stored: AsyncIterable<Uint8Array>,
  partBytes: number,
  sent: (bytes: number) => void,
): Parts {
  const chunks = stored[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  let ended = false;
  let turn: Promise<unknown> = Promise.resolve();

  const cut = async (): Promise<Uint8Array | undefined> => {
    const held: Uint8Array[] = [rest];
    let bytes = rest.length;
    while (bytes < partBytes && !ended) {
      const step = await chunks.next();
      if (step.done === true) ended = true;
      else bytes += held.push(step.value) > 0 ? step.value.length : 0;
    }
    const whole = Buffer.concat(held);
    rest = whole.subarray(partBytes);
    return bytes === 0 ? undefined : whole.subarray(0, partBytes);
  };
  const next = (): Promise<Uint8Array | undefined> => {
    const mine = turn.then(cut);
    turn = mine.catch(() => {}); // whoever awaits this part is told
    return mine;
  };
  return {
    numbers: numbersUntil(() => ended && rest.length === 0),
    close: () => void Promise.resolve(chunks.return?.()).catch(() => {}), // why it ended is told elsewhere
    async send(upload, number) {
      const release = await remote.bytes.take(partBytes);
      try {
        const bytes = await next();
        if (bytes === undefined) return undefined;
        sent(bytes.length);
        return await uploadPart(remote, upload, number, bytes);
      } finally {
        release();
      }
    },
  };
}

function* numbersUntil(isOver: () => boolean): Generator<number, void, undefined> {
  for (let number = 1; !isOver(); number++) yield number;
}

/** Of parts that hold the envelope whatever comes out of it: a little more than the content. */
function largest(size: number): number {
  return partSize(Math.ceil(size * 1.05) + 1024 * 1024);
}

/** @throws {Stale} it is not what its digest was taken of */
async function* plain(content: OpenFile, sha256: string): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash("sha256");
  const { size } = content.file;
  for (let at = 0; at < size; at += READ_BYTES) {
    const bytes = await content.read(at, Math.min(READ_BYTES, size - at));
    hash.update(bytes);
    yield bytes;
  }
  content.unchanged();
  if (hash.digest("hex") !== sha256) throw new Stale("the file changed while it was read");
}

function metadataOf({ mtimeNs }: OpenFile, enveloped: Enveloped): Record<string, string> {
  return { ...writtenMetadata(mtimeNs), ...envelopeMetadata(enveloped) };
}

function isSame({ enveloped }: ObjectFacts, { encoding, size, sha256 }: Enveloped): boolean {
  return enveloped?.encoding === encoding && enveloped.size === size && enveloped.sha256 === sha256;
}

function sealed(encoding: Encoding): Enveloped["encoding"] {
  if (encoding === "") throw new Error("content without an envelope is uploaded as it is");
  return encoding;
}
