/** One prefix of one bucket, as the rest of the program sees it. Keys are relative to the prefix. */

import type { Enveloped } from "../model/encoding.ts";
import type { ContentEtags } from "../model/etag.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { Batches, RemoteObject, Unknown } from "../model/observation.ts";
import type { RequestKind } from "../model/request-kind.ts";
import type { Way } from "../model/totals.ts";
import type { OpenFile } from "./file-tree.ts";

/**
 * Every implementation passes test/contract/object-store.contract.ts. All methods may be called side by
 * side; each retries by itself. A method that rejects has changed nothing, or says so.
 *
 * @throws {BsyncError} no bucket, no access at all, no answer: the map cannot go on
 * @throws {PathError} this object cannot be handled
 */
export interface ObjectStore {
  /** URL of the endpoint, for identity. */
  readonly endpoint: string;

  /**
   * Every object below the prefix, strictly ascending, each once; only the top level if not recursive.
   * Names that cannot be files are unknowns; zero-byte folder markers are left out.
   * @throws {UnorderedListing} the server lists in another order: list again, it is sorted from then on
   * @throws {BsyncError} a page is not whole
   */
  list(options: ListOptions): Batches<RemoteObject | Unknown>;

  /** @returns undefined only where the server says that nothing is there (404) */
  head(key: ObjectKey): Promise<ObjectFacts | undefined>;

  /**
   * Exactly the version that was seen, its content out of its envelope, or as it is `stored`. The chunks are fetched as they are
   * asked for; when they end, their length and whatever digest the server or the envelope gave have been checked.
   * @throws {Stale} gone, or another ETag; also while reading
   * @throws {Unreadable} from the chunks: the envelope cannot be opened
   */
  read(object: RemoteObject, form?: "plain" | "stored"): Promise<RemoteContent>;

  /**
   * All or nothing, in the envelope of the map, with the file's time in its metadata.
   * @throws {Stale} `replaces` is not what is there now (undefined: nothing may be there), or the file changed
   */
  write(
    key: ObjectKey,
    content: OpenFile,
    replaces: RemoteObject | undefined,
    announce: (sending: Sending) => Promise<void>,
  ): Promise<RemoteObject>;

  /**
   * A second object with the content, metadata, storage class and tags of the first; its bytes stay where they are.
   * @throws {Stale} `from` is not what was seen, or something is at `key`
   */
  copy(
    from: RemoteObject,
    key: ObjectKey,
    announce: (sending: Pick<Sending, "uploadId">) => Promise<void>,
  ): Promise<RemoteObject>;

  /** @throws {Stale} another ETag; gone already is no error */
  remove(object: RemoteObject): Promise<void>;

  /** Gives up an upload in parts, which a run that was cut off has left. Gone already is no error. */
  abort(key: ObjectKey, uploadId: string): Promise<void>;

  /** @returns why this endpoint cannot keep such a name, as far as is known */
  refuses(key: ObjectKey): string | undefined;

  /** False once an ETag of this endpoint that looks like an MD5 was seen to be none. */
  readonly etagsMayBeMd5: boolean;

  /** An object that was looked at or read through this lies in an envelope. */
  readonly sawEnvelopes: boolean;

  /** How far our clock is ahead of the server's, in ms, as its last answer told; undefined: it has not said. */
  readonly clockAheadMs: number | undefined;

  /** Requests sent so far, by kind. */
  readonly requests: Readonly<Record<RequestKind, number>>;

  /** Bytes of content that went to the server and came from it so far, as they travel. What is sent again counts again. */
  readonly traffic: Readonly<Record<Way, number>>;

  close(): void;
}

/** Told, and awaited, before the first request that may bring the object into being, for each upload anew. */
export interface Sending {
  /** Undefined in an envelope: what it will be is not known before. */
  readonly etags: ContentEtags | undefined;
  /** Of the plain content, lower-case hex, where that goes into the metadata. */
  readonly sha256: string | undefined;
  /** Undefined: in one request. */
  readonly uploadId: string | undefined;
}

export interface ListOptions {
  readonly recursive: boolean;
  /**
   * Ascending keys where the listing may be cut into ranges that are fetched side by side. Hints: wrong ones do no
   * harm. A function is asked only when there is more than one page.
   */
  readonly splitAt: readonly ObjectKey[] | (() => readonly ObjectKey[]);
}

/** What a range is to hold. */
export const RANGE_OBJECTS = 4_000;

export interface ObjectFacts {
  readonly object: RemoteObject;
  /** Modification time of the content in ns since 1970: from metadata, else LastModified. */
  readonly mtimeNs: bigint;
  /** Digest of the content from metadata, lower-case hex. It outlives content that other tools replace. */
  readonly md5: string | undefined;
  /** What the metadata say of content in an envelope. */
  readonly enveloped: Enveloped | undefined;
  /** Size of the first part; undefined where the object is in one piece. Only from `head`. */
  readonly partBytes: number | undefined;
  /** The ETag may be the MD5 of the content: neither encrypted with a key of its own, nor seen to be otherwise. */
  readonly etagMayBeMd5: boolean;
}

export interface RemoteContent {
  readonly facts: ObjectFacts;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Lets go of what has not been read. */
  discard(): void;
}
