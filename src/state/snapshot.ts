/** One version of the state file, on one handle. */

import { closeSync } from "node:fs";
import { covers } from "../codec/coverage.ts";
import type { Version } from "../codec/format.ts";
import { readRecords, readState, type StateItem } from "../codec/state-reader.ts";
import { type DirectoryMap, isSameMap } from "../model/map.ts";
import { keyPrefix, type ObjectKey } from "../model/object-key.ts";
import type { BaseRecord } from "../model/observation.ts";
import type { StateSnapshot } from "../ports/state-store.ts";
import { writeAll } from "./atomic-file.ts";
import { fileBytes, openNameless } from "./file-bytes.ts";
import { sortState } from "./sort-state.ts";
import { indexOf, type Place, type StateIndex } from "./state-index.ts";

export class FileSnapshot implements StateSnapshot {
  /** Of the file itself: where that is out of order, a sorted copy is read, and has another one. */
  readonly fileIndex: StateIndex;
  readonly #index: StateIndex;
  readonly #fd: number;

  /**
   * @param fd is closed by `close`, or here when this throws
   * @param scratch where a sorted copy may lie
   * @param known what a pass over this very file has found before
   * @throws {StateFormatError}
   */
  constructor(fd: number, scratch: () => string, known?: StateIndex) {
    let open = fd;
    try {
      this.fileIndex = known ?? indexOf(itemsOf(fd));
      if (!this.fileIndex.ascending) {
        open = sortedCopy(fd, scratch());
        closeSync(fd);
      }
      this.#index = open === fd ? this.fileIndex : indexOf(itemsOf(open));
      this.#fd = open;
    } catch (error) {
      closeSync(open);
      throw error;
    }
  }

  get version(): Version {
    return this.fileIndex.version;
  }

  get syncedMs(): number {
    return this.fileIndex.syncedMs;
  }

  get maps(): readonly DirectoryMap[] {
    return this.#index.maps;
  }

  /** The whole file, in order. */
  items(): Iterable<StateItem> {
    return itemsOf(this.#fd);
  }

  records(map: DirectoryMap): Iterable<readonly BaseRecord[]> {
    const place = this.#index.places.get(this.#own(map));
    return place === undefined ? [] : { [Symbol.iterator]: () => this.#read(map, place) };
  }

  splitKeys(map: DirectoryMap): readonly ObjectKey[] | undefined {
    return this.#index.places.get(this.#own(map))?.splitKeys;
  }

  close(): void {
    closeSync(this.#fd);
  }

  *#read(map: DirectoryMap, place: Place): Generator<readonly BaseRecord[], void, undefined> {
    const prefix = keyPrefix(map.prefix);
    let left = place.count;
    for (const all of readRecords(fileBytes(this.#fd, place.offset), place.offset)) {
      const batch: BaseRecord[] = [];
      for (let i = 0; i < all.keys.length && left > 0; i++) {
        const key = all.keys[i] as string;
        if (!key.startsWith(prefix) || !covers(map.recursive, prefix, key)) continue;
        batch.push(all.record(i, prefix.length));
        left--;
      }
      if (batch.length > 0) yield batch;
      if (left === 0) return;
    }
  }

  #own(map: DirectoryMap): DirectoryMap {
    const own = this.maps.find((other) => isSameMap(other, map));
    if (own === undefined) throw new Error(`no map of this state file: ${map.root}`);
    return own;
  }
}

function itemsOf(fd: number): Iterable<StateItem> {
  return readState(fileBytes(fd));
}

function sortedCopy(fd: number, scratch: string): number {
  const copy = openNameless(scratch);
  try {
    sortState(
      () => itemsOf(fd),
      scratch,
      (bytes) => writeAll(copy, bytes),
    );
    return copy;
  } catch (error) {
    closeSync(copy);
    throw error;
  }
}
