/** ObjectStore in memory: for tests of what stands above it. Passes the same contract as the real adapter. */

import { partSize, SINGLE_PUT_MAX } from "../../src/core/part-size.ts";
import { nameFault } from "../../src/core/usable-names.ts";
import { PathError, Stale, UnorderedListing } from "../../src/model/errors.ts";
import { keyOfText, keyText, type ObjectKey } from "../../src/model/object-key.ts";
import type { RemoteObject, Unknown } from "../../src/model/observation.ts";
import type { RequestKind } from "../../src/model/request-kind.ts";
import type { Way } from "../../src/model/totals.ts";
import { contentEtags } from "../../src/remote/writing/content-etags.ts";
import type { OpenFile } from "../../src/ports/file-tree.ts";
import type {
  ListOptions,
  ObjectFacts,
  ObjectStore,
  RemoteContent,
  Sending,
} from "../../src/ports/object-store.ts";

interface Stored {
  readonly bytes: Uint8Array;
  readonly facts: ObjectFacts;
}

export interface MemoryObjectStoreOptions {
  readonly endpoint?: string;
  /** The first listing is found to be in another order. */
  readonly unordered?: boolean;
  /** Objects a batch. */
  readonly pageSize?: number;
  /** Larger objects are copied in parts. */
  readonly copyMax?: number;
  /** Larger files are put in parts. */
  readonly putMax?: number;
  /** Another client of this store: its own hooks and counts, but the same objects. */
  readonly sharing?: MemoryObjectStore;
}

/** What all clients of a store see. */
interface Shared {
  readonly objects: Map<ObjectKey, Stored>;
  readonly uploads: Map<string, ObjectKey>;
  ticks: number;
  begun: number;
}

/** How an object comes into being: in one request, or by an upload. */
interface Making {
  readonly announce: (uploadId: string | undefined) => Promise<void>;
  readonly store: () => ObjectFacts;
}

export class MemoryObjectStore implements ObjectStore {
  readonly endpoint: string;
  etagsMayBeMd5 = true;
  sawEnvelopes = false;
  clockAheadMs: number | undefined = 0;
  readonly requests: Record<RequestKind, number> = { list: 0, head: 0, get: 0, put: 0, delete: 0 };
  readonly traffic: Record<Way, number> = { up: 0, down: 0 };
  /** Called before each request: the place to edit the store under the program's hands, or to throw. */
  before: (kind: RequestKind | "abort", key: ObjectKey) => void = () => undefined;
  /** Called after a request has taken effect: what it throws is a reply that was lost. */
  after: (kind: RequestKind, key: ObjectKey) => void = () => undefined;
  /** Objects that listings lack although they are there. */
  hides: (key: ObjectKey) => boolean = () => false;
  /** Characters that cannot be kept in names. */
  rewrites = "";
  /** The clock of the store, in whole s since 1970; unless it is set, it moves with every object that is made. */
  clock: () => number = () => 1_000_000 + this.#shared.ticks;
  /** Uploads in parts that have neither ended nor been given up. */
  readonly uploads: ReadonlyMap<string, ObjectKey>;
  readonly #shared: Shared;
  readonly #objects: Map<ObjectKey, Stored>;
  readonly #pageSize: number;
  readonly #copyMax: number;
  readonly #putMax: number;
  #unordered: boolean;

  constructor({
    endpoint = "http://memory",
    unordered = false,
    pageSize = 3,
    copyMax = 5 * 1024 ** 3,
    putMax = SINGLE_PUT_MAX,
    sharing,
  }: MemoryObjectStoreOptions = {}) {
    this.#shared =
      sharing !== undefined
        ? sharing.#shared
        : { objects: new Map(), uploads: new Map(), ticks: 0, begun: 0 };
    this.#objects = this.#shared.objects;
    this.uploads = this.#shared.uploads;
    this.endpoint = endpoint;
    this.#unordered = unordered;
    this.#pageSize = pageSize;
    this.#copyMax = copyMax;
    this.#putMax = putMax;
  }

  /** Writes an object as another program would, replacing what is there. */
  put(
    path: string,
    content: string | Uint8Array,
    facts: Partial<ObjectFacts> & { archived?: boolean } = {},
  ): void {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    const mtimeNs = BigInt(1_000_001 + this.#shared.ticks) * 1_000_000n;
    this.#store(keyOfText(path), bytes, { mtimeNs, ...facts });
  }

  /** @returns undefined: there is no such object */
  text(path: string): string | undefined {
    const stored = this.#objects.get(keyOfText(path));
    return stored === undefined ? undefined : Buffer.from(stored.bytes).toString();
  }

  bytes(path: string): Uint8Array | undefined {
    return this.#objects.get(keyOfText(path))?.bytes;
  }

  erase(path: string): void {
    this.#objects.delete(keyOfText(path));
  }

  /** Begins an upload in parts, as another program would. @returns its id */
  begin(path: string): string {
    const id = `upload-${++this.#shared.begun}`;
    this.#shared.uploads.set(id, keyOfText(path));
    return id;
  }

  paths(): string[] {
    return this.#sorted().map(({ facts }) => keyText(facts.object.key));
  }

  /** Every name and its content, in no order. */
  *contents(): Generator<readonly [string, string], void, undefined> {
    for (const [key, { bytes }] of this.#objects) yield [keyText(key), Buffer.from(bytes).toString()];
  }

  async *list({ recursive }: ListOptions): AsyncGenerator<readonly (RemoteObject | Unknown)[]> {
    this.#count("list", "" as ObjectKey);
    const seen = this.#sorted()
      .filter(({ facts: { object } }) => (recursive || !object.key.includes("/")) && !this.hides(object.key))
      .flatMap(({ facts: { object } }) => seenAs(object));
    if (this.#unordered) {
      this.#unordered = false;
      yield seen.slice(0, this.#pageSize);
      throw new UnorderedListing("the listing does not ascend");
    }
    for (let at = 0; at < seen.length; at += this.#pageSize) {
      if (at > 0) this.#count("list", seen[at]?.key ?? ("" as ObjectKey));
      yield seen.slice(at, at + this.#pageSize);
    }
  }

  async head(key: ObjectKey): Promise<ObjectFacts | undefined> {
    this.#count("head", key);
    const stored = this.#objects.get(key);
    if (stored === undefined) return undefined;
    const inParts = stored.facts.object.etag.includes("-");
    return inParts ? { ...stored.facts, partBytes: partSize(stored.bytes.length) } : stored.facts;
  }

  async read(object: RemoteObject): Promise<RemoteContent> {
    this.#count("get", object.key);
    const { bytes, facts } = this.#same(object);
    if (facts.object.archived) throw new PathError("the object is archived, and must be restored first");
    const stillSame = (): void => void this.#same(object);
    const { traffic } = this;
    const chunks = (async function* () {
      for (let at = 0; at < bytes.length; at += SINGLE_PUT_MAX) {
        stillSame();
        const chunk = bytes.subarray(at, at + SINGLE_PUT_MAX);
        traffic.down += chunk.length;
        yield chunk;
      }
    })();
    return { facts, chunks, discard: () => {} };
  }

  async write(
    key: ObjectKey,
    content: OpenFile,
    replaces: RemoteObject | undefined,
    announce: (sending: Sending) => Promise<void>,
  ): Promise<RemoteObject> {
    this.#checkName(key);
    const { size } = content.file;
    const bytes = size === 0 ? new Uint8Array() : Uint8Array.from(await content.read(0, size));
    content.unchanged();
    const etags = contentEtags(bytes);
    return this.#make(key, size > this.#putMax, {
      announce: (uploadId) => announce({ etags, sha256: undefined, uploadId }),
      store: () => {
        if (replaces !== undefined) this.#same(replaces);
        else this.#checkFree(key);
        this.traffic.up += size;
        return this.#store(key, bytes, { mtimeNs: content.mtimeNs });
      },
    });
  }

  async copy(
    from: RemoteObject,
    key: ObjectKey,
    announce: (sending: Pick<Sending, "uploadId">) => Promise<void>,
  ): Promise<RemoteObject> {
    this.#checkName(key);
    this.#checkName(from.key);
    const inParts = from.size > this.#copyMax;
    return this.#make(key, inParts, {
      announce: (uploadId) => announce({ uploadId }),
      store: () => {
        const { bytes, facts } = this.#same(from);
        if (facts.object.archived) throw new PathError("the object is archived, and must be restored first");
        this.#checkFree(key);
        return this.#store(key, bytes, { mtimeNs: facts.mtimeNs, md5: facts.md5, inParts });
      },
    });
  }

  async abort(key: ObjectKey, uploadId: string): Promise<void> {
    if (key === "" || uploadId === "") throw new PathError("an upload has no name");
    this.requests.delete++;
    this.before("abort", key);
    if (this.uploads.get(uploadId) === key) this.#shared.uploads.delete(uploadId);
  }

  async remove(object: RemoteObject): Promise<void> {
    if (object.key === "") throw new PathError("an object has no name");
    this.#count("delete", object.key);
    if (!this.#objects.has(object.key)) return;
    this.#same(object);
    this.#objects.delete(object.key);
    this.after("delete", object.key);
  }

  refuses(key: ObjectKey): string | undefined {
    const bad = [...this.rewrites].find((char) => key.includes(char));
    return bad === undefined
      ? undefined
      : `the server stores ${JSON.stringify(bad)} in names as another character`;
  }

  close(): void {
    // nothing is held
  }

  /** What is told of it has no time: no server answers a write with one. */
  async #make(key: ObjectKey, inParts: boolean, { announce, store }: Making): Promise<RemoteObject> {
    const uploadId = inParts ? this.begin(keyText(key)) : undefined;
    let made: RemoteObject;
    try {
      await announce(uploadId);
      this.#count("put", key);
      made = store().object;
    } catch (error) {
      if (uploadId !== undefined) await this.abort(key, uploadId).catch(() => {}); // where that fails, it stays open
      throw error;
    }
    if (uploadId !== undefined) this.#shared.uploads.delete(uploadId);
    this.after("put", key);
    return { ...made, modifiedS: 0 };
  }

  #checkName(key: ObjectKey): void {
    const refused = this.refuses(key);
    if (key === "" || refused !== undefined) throw new PathError(refused ?? "an object has no name");
  }

  #checkFree(key: ObjectKey): void {
    if (this.#objects.has(key)) throw new Stale("the object changed meanwhile");
  }

  #store(
    key: ObjectKey,
    bytes: Uint8Array,
    known: Partial<ObjectFacts> & { archived?: boolean; inParts?: boolean },
  ): ObjectFacts {
    const { archived = false, inParts = bytes.length > this.#putMax, ...facts } = known;
    const { single, multipart } = contentEtags(bytes);
    this.#shared.ticks++;
    const etag = inParts ? multipart : single;
    const object = { key, size: bytes.length, etag, modifiedS: this.clock(), archived };
    const whole: ObjectFacts = {
      object,
      mtimeNs: 0n,
      md5: inParts ? single : undefined,
      enveloped: undefined,
      partBytes: undefined,
      etagMayBeMd5: !inParts,
      ...facts,
    };
    this.#objects.set(key, { bytes, facts: whole });
    return whole;
  }

  #count(kind: RequestKind, key: ObjectKey): void {
    this.requests[kind]++;
    this.before(kind, key);
  }

  #same({ key, etag }: RemoteObject): Stored {
    const stored = this.#objects.get(key);
    if (stored?.facts.object.etag !== etag) throw new Stale("the object changed meanwhile");
    return stored;
  }

  #sorted(): readonly Stored[] {
    return [...this.#objects.values()].toSorted((a, b) => (a.facts.object.key < b.facts.object.key ? -1 : 1));
  }
}

function seenAs(object: RemoteObject): readonly (RemoteObject | Unknown)[] {
  const { key, size } = object;
  if (size === 0 && key.endsWith("/")) return [];
  const unknown = nameFault(key, key.length);
  return unknown === undefined ? [object] : [{ key, unknown, reported: true, below: false }];
}
