/** ObjectStore over one prefix of a bucket, by the AWS SDK. */

import { gate } from "../core/gate.ts";
import { headersBy } from "../core/headers-by.ts";
import { SINGLE_PUT_MAX } from "../core/part-size.ts";
import type { Throttle } from "../core/throttle.ts";
import { keyPrefix, type ObjectKey } from "../model/object-key.ts";
import { NO_SETTINGS, type ObjectSettings } from "../model/object-settings.ts";
import type { RemoteObject } from "../model/observation.ts";
import type { Envelope } from "../ports/envelope.ts";
import type { EndpointMemory } from "../ports/endpoint-memory.ts";
import type { ObjectFacts, ObjectStore } from "../ports/object-store.ts";
import type { NewSpool } from "../ports/spool.ts";
import type { Moved } from "../ports/watcher.ts";
import { abortUpload } from "./writing/abort-upload.ts";
import { newApi } from "./wire/api.ts";
import { AWS_ENDPOINT, type Connection } from "./wire/connection.ts";
import { contentOnWire } from "./wire/content-on-wire.ts";
import { copy } from "./writing/copy.ts";
import { headWhole } from "./reading/head.ts";
import { list } from "./listing/list.ts";
import { checkKeeps, provePlace, refuses } from "./writing/odd-names.ts";
import { put, type Writing } from "./writing/put.ts";
import { putEnveloped } from "./writing/put-enveloped.ts";
import { putParts } from "./writing/put-parts.ts";
import { read } from "./reading/read.ts";
import type { Remote } from "./remote.ts";
import { placeOf } from "./wire/place.ts";
import { remove } from "./writing/remove.ts";
import { newRequests } from "./wire/requests.ts";
import { PATIENCE, type Patience } from "./wire/retry.ts";
import { storeError } from "./wire/store-errors.ts";

/** The limit of S3 for a copy in one request. */
const COPY_MAX = 5 * 1024 ** 3;
/** Content in memory, over all transfers. */
const BYTES_IN_FLIGHT = 128 * 1024 * 1024;
/** Requests at one time, however few transfers there are: one of them may send several. */
const REQUESTS_AT_ONCE = 64;

export interface BucketOptions {
  readonly bucket: string;
  /** As in a map: text, without a final "/". */
  readonly prefix: string;
  readonly connection: Connection;
  readonly memory: EndpointMemory;
  readonly envelope: Envelope;
  readonly newSpool: NewSpool;
  /** Undefined: as the bucket has it. */
  readonly settings?: ObjectSettings;
  /** Of the content that is sent and received; undefined: as it comes. */
  readonly throttle?: Throttle | undefined;
  /** Transfers at one time, for each of which there is a request. */
  readonly concurrency?: number;
  /** In ms since 1970. */
  readonly now: () => number;
  /** Aborted: every request ends at once. */
  readonly signal?: AbortSignal;
  readonly patience?: Patience;
  /** Hears of content as it travels. */
  readonly moved?: Moved | undefined;
  /** Objects above this size are copied in parts. */
  readonly copyMax?: number;
}

/** @throws {BsyncError} the CA bundle cannot be read */
export function bucket(options: BucketOptions): ObjectStore {
  const { connection, memory, envelope, newSpool, now, signal, patience = PATIENCE } = options;
  const { settings = NO_SETTINGS, throttle } = options;
  const atOnce = Math.max(REQUESTS_AT_ONCE, options.concurrency ?? 0);
  const traffic = { up: 0, down: 0 };
  const moved: Moved = (way, key, count) => {
    traffic[way] += count;
    options.moved?.(way, key, count);
  };
  const prefix = keyPrefix(options.prefix);
  const api = newApi({
    bucket: options.bucket,
    prefix,
    connection,
    wire: contentOnWire({ throttle, finely: options.moved !== undefined }),
    moved,
    now,
    stallMs: patience.stallMs,
    atOnce,
    pieceBytes: throttle?.pieceBytes,
  });
  const requests = newRequests({ api, patience, now, signal, atOnce });
  const remote: Remote = {
    bucket: options.bucket,
    prefix,
    aws: connection.endpoint === undefined,
    send: requests.send,
    moved,
    settings: { ...settings, headers: headersBy(settings.headers) },
    memory,
    newSpool,
    now,
    keptChars: new Set(),
    copyMax: options.copyMax ?? COPY_MAX,
    bytes: gate(() => BYTES_IN_FLIGHT),
  };
  const endpoint = connection.endpoint ?? AWS_ENDPOINT;
  const inWords = (error: unknown, key?: ObjectKey): unknown =>
    storeError(error, { bucket: options.bucket, prefix: options.prefix, endpoint, key });
  const about = async <T>(key: ObjectKey, request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      throw inWords(error, key);
    }
  };
  let sawEnvelopes = false;
  const noting = <T extends ObjectFacts | undefined>(facts: T): T => {
    sawEnvelopes ||= facts?.enveloped !== undefined;
    return facts;
  };
  return {
    endpoint,
    list: (wanted) => throughout(list(remote, wanted), (error) => inWords(error)),
    head: (key) => about(key, async () => noting(await headWhole(remote, key))),
    read: (object, form = "plain") =>
      about(object.key, async () => {
        const { facts, chunks, discard } = await read(remote, object);
        noting(facts);
        const stored = throughout(chunks, (error) => inWords(error, object.key));
        const isPlain = facts.enveloped === undefined || form === "stored";
        return { facts, discard, chunks: isPlain ? stored : envelope.decode(stored, facts.enveloped) };
      }),
    write: (key, content, replaces, announce) =>
      about(key, async () => {
        checkKeeps(remote, key);
        const writing = { key, content, replaces, announce };
        const written = await putAs(envelope, remote, writing);
        if (replaces === undefined) await provePlace(remote, written);
        return written;
      }),
    copy: (from, key, announce) =>
      about(key, async () => {
        checkKeeps(remote, key);
        const copied = await copy(remote, { from, key, announce });
        await provePlace(remote, copied);
        return copied;
      }),
    remove: (object) => about(object.key, () => remove(remote, object)),
    abort: (key, uploadId) =>
      about(key, () => abortUpload(remote, { ...placeOf(remote, key), UploadId: uploadId })),
    refuses: (key) => refuses(remote, key),
    get etagsMayBeMd5() {
      return memory.facts.md5Etags !== "no";
    },
    get sawEnvelopes() {
      return sawEnvelopes;
    },
    get clockAheadMs() {
      return api.clock.aheadMs;
    },
    requests: requests.sent,
    traffic,
    close: () => api.close(),
  };
}

function putAs(envelope: Envelope, remote: Remote, writing: Writing): Promise<RemoteObject> {
  const isSmall = writing.content.file.size <= SINGLE_PUT_MAX;
  if (envelope.encoding !== "") return putEnveloped(remote, writing, envelope);
  return isSmall ? put(remote, writing) : putParts(remote, writing);
}

/** A sequence whose errors are put in words. */
async function* throughout<T>(
  items: AsyncIterable<T>,
  inWords: (error: unknown) => unknown,
): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    throw inWords(error);
  }
}
