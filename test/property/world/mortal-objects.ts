/** An object store as a process has it that can be killed. Its listings may lie. */

import type { ObjectKey } from "../../../src/model/object-key.ts";
import type { RemoteObject, Unknown } from "../../../src/model/observation.ts";
import type { OpenFile } from "../../../src/ports/file-tree.ts";
import type { ListOptions, ObjectStore, RemoteContent, Sending } from "../../../src/ports/object-store.ts";
import type { MemoryObjectStore } from "../../support/memory-object-store.ts";
import type { Life } from "./life.ts";

type Seen = RemoteObject | Unknown;

/** Gets a listing that is true, ascending. @returns what is told */
export type Lie = (listing: readonly Seen[]) => readonly Seen[];

const PAGE = 3;

export class MortalObjects implements ObjectStore {
  readonly #store: MemoryObjectStore;
  readonly #life: Life;
  readonly #lie: Lie;

  constructor(store: MemoryObjectStore, life: Life, lie: Lie) {
    this.#store = store;
    this.#life = life;
    this.#lie = lie;
    store.before = (kind, key) => life.pass(kind, key);
  }

  get endpoint() {
    return this.#store.endpoint;
  }

  get etagsMayBeMd5() {
    return this.#store.etagsMayBeMd5;
  }

  get clockAheadMs() {
    return this.#store.clockAheadMs;
  }

  get sawEnvelopes() {
    return this.#store.sawEnvelopes;
  }

  get traffic() {
    return this.#store.traffic;
  }

  get requests() {
    return this.#store.requests;
  }

  async *list(options: ListOptions): AsyncGenerator<readonly Seen[]> {
    const life = this.#life;
    const seen: Seen[] = [];
    await life.pause();
    for await (const page of this.#store.list(options)) seen.push(...page);
    const told = this.#lie(seen);
    for (let at = 0; at < told.length; at += PAGE) {
      yield await life.through("list done", "" as ObjectKey, async () => told.slice(at, at + PAGE));
    }
  }

  head(key: ObjectKey) {
    return this.#life.through("head done", key, () => this.#store.head(key));
  }

  async read(object: RemoteObject): Promise<RemoteContent> {
    const life = this.#life;
    const { facts, chunks, discard } = await life.through("get done", object.key, () =>
      this.#store.read(object),
    );
    const lived = async function* () {
      for await (const chunk of chunks) yield await life.through("get done", object.key, async () => chunk);
    };
    return { facts, chunks: lived(), discard };
  }

  write(
    key: ObjectKey,
    content: OpenFile,
    replaces: RemoteObject | undefined,
    announce: (sending: Sending) => Promise<void>,
  ): Promise<RemoteObject> {
    return this.#life.through("put done", key, () => this.#store.write(key, content, replaces, announce));
  }

  copy(
    from: RemoteObject,
    key: ObjectKey,
    announce: (sending: Pick<Sending, "uploadId">) => Promise<void>,
  ): Promise<RemoteObject> {
    return this.#life.through("copy done", key, () => this.#store.copy(from, key, announce));
  }

  remove(object: RemoteObject): Promise<void> {
    return this.#life.through("delete done", object.key, () => this.#store.remove(object));
  }

  abort(key: ObjectKey, uploadId: string): Promise<void> {
    return this.#life.through(undefined, key, () => this.#store.abort(key, uploadId));
  }

  refuses(key: ObjectKey) {
    return this.#store.refuses(key);
  }

  close(): void {
    this.#store.close();
  }
}
