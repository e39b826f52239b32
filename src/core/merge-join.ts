/** Joins the three sorted views of a map, one path at a time. */

import type { ObjectKey } from "../model/object-key.ts";
import {
  type BaseRecord,
  type Batches,
  isUnknown,
  type LocalFile,
  type RemoteObject,
  type Unknown,
} from "../model/observation.ts";

export interface Row {
  readonly key: ObjectKey;
  readonly local: LocalFile | Unknown | undefined;
  readonly remote: RemoteObject | Unknown | undefined;
  readonly base: BaseRecord | undefined;
}

export interface Sources {
  readonly local: Batches<LocalFile | Unknown>;
  readonly remote: Batches<RemoteObject | Unknown>;
  readonly base: Batches<BaseRecord>;
}

/**
 * Full outer join of three strictly ascending sequences. The loop over rows is synchronous and awaits only
 * for a new batch; memory does not depend on how many there are. Closes all sources however it ends.
 *
 * An unknown that stands for all below it is handed on once, and then as the side of every row below it,
 * unreported: it has been reported already.
 *
 * @throws {Error} a source does not ascend: a bug, for every source is checked where it is made
 */
export async function mergeJoin(sources: Sources, take: (row: Row) => void): Promise<void> {
  const local = new Cursor("local scan", sources.local);
  const remote = new Cursor("listing", sources.remote);
  const base = new Cursor("state file", sources.base);
  let localCover: Unknown | undefined;
  let remoteCover: Unknown | undefined;
  try {
    await Promise.all([local.fill(), remote.fill(), base.fill()]);
    for (;;) {
      const key = least(local.key, remote.key, base.key);
      if (key === undefined) return;
      const l = local.key === key ? local.head : undefined;
      const r = remote.key === key ? remote.head : undefined;
      const b = base.key === key ? base.head : undefined;
      take({ key, local: l ?? under(localCover, key), remote: r ?? under(remoteCover, key), base: b });
      if (l !== undefined) {
        localCover = coverOf(l) ?? localCover;
        if (local.step()) await local.fill();
      }
      if (r !== undefined) {
        remoteCover = coverOf(r) ?? remoteCover;
        if (remote.step()) await remote.fill();
      }
      if (b !== undefined && base.step()) await base.fill();
    }
  } finally {
    await Promise.all([local.close(), remote.close(), base.close()]);
  }
}

function under(cover: Unknown | undefined, key: ObjectKey): Unknown | undefined {
  return cover !== undefined && key.startsWith(cover.key) ? cover : undefined;
}

function coverOf(seen: LocalFile | RemoteObject | Unknown): Unknown | undefined {
  return isUnknown(seen) && seen.below ? { ...seen, reported: false } : undefined;
}

class Cursor<T extends { readonly key: ObjectKey }> {
  readonly #name: string;
  readonly #iterator: AsyncIterator<readonly T[]> | Iterator<readonly T[]>;
  #batch: readonly T[] = [];
  #at = 0;
  head: T | undefined;
  key: ObjectKey | undefined;

  constructor(name: string, source: Batches<T>) {
    this.#name = name;
    this.#iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** Steps on within the batch. @returns true when the batch is used up */
  step(): boolean {
    this.#at++;
    return this.#set();
  }

  async fill(): Promise<void> {
    do {
      const next = await this.#iterator.next();
      if (next.done === true) {
        this.head = this.key = undefined;
        return;
      }
      this.#batch = next.value;
      this.#at = 0;
    } while (this.#set());
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  #set(): boolean {
    const next = this.#batch[this.#at];
    if (next === undefined) return true;
    if (this.key !== undefined && next.key <= this.key) {
      throw new Error(
        `${this.#name}: ${JSON.stringify(next.key)} does not come after ${JSON.stringify(this.key)}`,
      );
    }
    this.head = next;
    this.key = next.key;
    return false;
  }
}

function least(
  a: ObjectKey | undefined,
  b: ObjectKey | undefined,
  c: ObjectKey | undefined,
): ObjectKey | undefined {
  let min = a;
  if (b !== undefined && (min === undefined || b < min)) min = b;
  if (c !== undefined && (min === undefined || c < min)) min = c;
  return min;
}
