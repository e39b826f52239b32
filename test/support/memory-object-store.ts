/** ObjectStore in memory: for tests of what stands above it. Passes the same contract as the real adapter. */

import { createHash } from "node:crypto";
import { partSize, SINGLE_PUT_MAX } from "../../src/core/part-size.ts";
import { nameFault } from "../../src/core/usable-names.ts";
import { PathError, Stale, UnorderedListing } from "../../src/model/errors.ts";
import { keyOfText, keyText, type ObjectKey } from "../../src/model/object-key.ts";
import type { RemoteObject, Unknown } from "../../src/model/observation.ts";
import type { OpenFile } from "../../src/ports/file-tree.ts";
import type {
  ListOptions,
  ObjectFacts,
  ObjectStore,
  RemoteContent,
  RequestKind,
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
}

export class MemoryObjectStore implements ObjectStore {
  readonly endpoint: string;
  etagsMayBeMd5 = true;
  readonly requests: Record<RequestKind, number> = { list: 0, head: 0, get: 0, put: 0, delete: 0 };
  /** Called before each request: the place to edit the store under the program's hands, or to throw. */
  before: (kind: RequestKind, key: ObjectKey) => void = () => undefined;
  /** Called after a request has taken effect: what it throws is a reply that was lost. */
  after: (kind: RequestKind, key: ObjectKey) => void = () => undefined;
  /** Objects that listings lack although they are there. */
  hides: (key: ObjectKey) => boolean = () => false;
  /** Characters that cannot be kept in names. */
  rewrites = "";
  readonly #objects = new Map<ObjectKey, Stored>();
  readonly #pageSize: number;
  #unordered: boolean;
  #ticks = 0;

  constructor({
    endpoint = "http://memory",
    unordered = false,
    pageSize = 3,
  }: MemoryObjectStoreOptions = {}) {
    this.endpoint = endpoint;
    this.#unordered = unordered;
    this.#pageSize = pageSize;
  }

  /** Writes an object as another program would, replacing what is there. */
  put(
    path: string,
    content: string | Uint8Array,
    facts: Partial<ObjectFacts> & { archived?: boolean } = {},
  ): void {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    this.#ticks++;
    this.#store(keyOfText(path), bytes, { mtimeNs: BigInt(1_000_000 + this.#ticks) * 1_000_000n, ...facts });
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

  paths(): string[] {
    return this.#sorted().map(({ facts }) => keyText(facts.object.key));
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
    const chunks = (async function* () {
      for (let at = 0; at < bytes.length; at += SINGLE_PUT_MAX) {
        stillSame();
        yield bytes.subarray(at, at + SINGLE_PUT_MAX);
      }
    })();
    return { facts, chunks, discard: () => {} };
  }

  async write(key: ObjectKey, content: OpenFile, replaces: RemoteObject | undefined): Promise<RemoteObject> {
    const refused = this.refuses(key);
    if (key === "" || refused !== undefined) throw new PathError(refused ?? "an object has no name");
    const { size } = content.file;
    const bytes = size === 0 ? new Uint8Array() : Uint8Array.from(await content.read(0, size));
    content.unchanged();
    this.#count("put", key);
    if (replaces !== undefined) this.#same(replaces);
    else if (this.#objects.has(key)) throw new Stale("the object changed meanwhile");
    const { object } = this.#store(key, bytes, { mtimeNs: content.mtimeNs });
    this.after("put", key);
    return object;
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

  #store(
    key: ObjectKey,
    bytes: Uint8Array,
    known: Partial<ObjectFacts> & { archived?: boolean },
  ): ObjectFacts {
    const { archived = false, ...facts } = known;
    const single = md5(bytes).toString("hex");
    const inParts = bytes.length > SINGLE_PUT_MAX;
    const object = { key, size: bytes.length, etag: inParts ? multipartEtag(bytes) : single, archived };
    const whole: ObjectFacts = {
      object,
      mtimeNs: 0n,
      md5: inParts ? single : undefined,
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

function multipartEtag(bytes: Uint8Array): string {
  const length = partSize(bytes.length);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += length) parts.push(md5(bytes.subarray(at, at + length)));
  return `${md5(Buffer.concat(parts)).toString("hex")}-${parts.length}`;
}

function md5(bytes: Uint8Array): Buffer {
  return createHash("md5").update(bytes).digest();
}
