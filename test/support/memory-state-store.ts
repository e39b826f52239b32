/** StateStore in memory, for one map: for tests of the conductor. */

import type { DirectoryMap } from "../../src/model/map.ts";
import type { BaseEdit } from "../../src/model/outcome.ts";
import type { BaseRecord } from "../../src/model/observation.ts";
import type { ObjectKey } from "../../src/model/object-key.ts";
import type { MapMemory } from "../../src/model/pair.ts";
import type { StateSnapshot, StateStore } from "../../src/ports/state-store.ts";

export class MemoryStateStore implements StateStore {
  readonly records = new Map<ObjectKey, BaseRecord>();
  remembered: MapMemory = { momentMs: 0, identity: undefined };
  /** Files written. */
  writes = 0;
  readonly #map: DirectoryMap;

  constructor(map: DirectoryMap) {
    this.#map = map;
  }

  snapshot(): StateSnapshot {
    const sorted = [...this.records.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
    return {
      syncedMs: this.remembered.momentMs,
      maps: [this.#map],
      records: () => [sorted.slice(0, 2), sorted.slice(2)],
      splitKeys: () => [],
      close: () => {},
    };
  }

  memory(): MapMemory {
    return this.remembered;
  }

  record(_map: DirectoryMap, edits: Iterable<BaseEdit>, memory: MapMemory): void {
    let previous = "";
    for (const { key, record } of edits) {
      if (key <= previous) throw new Error(`edits are out of order: ${key} after ${previous}`);
      previous = key;
      if (record === undefined) this.records.delete(key);
      else this.records.set(key, record);
    }
    this.remembered = memory;
    this.writes++;
  }

  unchanged(_map: DirectoryMap, memory: MapMemory): void {
    this.remembered = memory;
  }

  close(): void {}
}
