/** StateStore in memory, for one map: for tests of the conductor. */

import type { DirectoryMap } from "../../src/model/map.ts";
import type { BaseEdit } from "../../src/model/outcome.ts";
import type { BaseRecord } from "../../src/model/observation.ts";
import type { ObjectKey } from "../../src/model/object-key.ts";
import type { MapMemory } from "../../src/model/pair.ts";
import type { Journal, JournalEntry, Leftover } from "../../src/ports/journal.ts";
import type { StateSnapshot, StateStore } from "../../src/ports/state-store.ts";
import { type JournalStep, MemoryJournal } from "./memory-journal.ts";

/** "recorded": the new file is in its place, and the journal is still there. */
export type StateStep = "record" | "recorded" | "unchanged";

export class MemoryStateStore implements StateStore {
  readonly records = new Map<ObjectKey, BaseRecord>();
  remembered: MapMemory = { momentMs: 0, identity: undefined };
  /** Files written. */
  writes = 0;
  /** Called before each step, the place to throw; `key` is "" but for the steps of the journal. */
  before: (step: JournalStep | StateStep, key: ObjectKey) => void = () => undefined;
  /** Of what a crash left. */
  leftoverState: Leftover["state"] = "begun";
  readonly #map: DirectoryMap;
  #journal: MemoryJournal | undefined;
  /** What the journal of this run says. */
  #recorded = false;
  #leftover: readonly JournalEntry[] | undefined;

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
    this.before("record", "" as ObjectKey);
    let previous = "";
    for (const { key, record } of edits) {
      if (key <= previous) throw new Error(`edits are out of order: ${key} after ${previous}`);
      previous = key;
      if (record === undefined) this.records.delete(key);
      else this.records.set(key, record);
    }
    this.remembered = memory;
    this.writes++;
    this.leftoverState = "recorded";
    this.#recorded = this.#journal?.hasOpen === false;
    this.before("recorded", "" as ObjectKey);
    this.#leave();
  }

  journal(): Journal {
    this.#journal ??= new MemoryJournal((step, key) => {
      if (this.#leftover !== undefined) throw new Error("a journal is left, and was not removed");
      this.before(step, key);
    });
    return this.#journal;
  }

  leftover(): Leftover | undefined {
    const entries = this.#leftover;
    if (entries === undefined) return undefined;
    return { state: this.leftoverState, entries: () => entries, remove: () => (this.#leftover = undefined) };
  }

  unchanged(_map: DirectoryMap, memory: MapMemory): void {
    this.before("unchanged", "" as ObjectKey);
    this.remembered = memory;
    this.#leave();
  }

  close(): void {}

  /** What was durable in the journal; empty where no run has one. */
  get journalled(): readonly JournalEntry[] {
    return this.#journal?.durable ?? [];
  }

  /** The run is cut off. @param keepsTail whether outcomes that were not durable yet became it all the same */
  crash(keepsTail: boolean): void {
    const recorded = this.#recorded;
    const left = this.#end(keepsTail);
    if (left === undefined || left.length === 0) return;
    this.#leftover = left;
    this.leftoverState = recorded ? "recorded" : "begun";
  }

  /** While an intent is open, the next run must look what became of it. */
  #leave(): void {
    const hasOpen = this.#journal?.hasOpen === true;
    const left = this.#end(true);
    if (!hasOpen) return;
    this.#leftover = left;
    this.leftoverState = "begun";
  }

  #end(keepsTail = false): readonly JournalEntry[] | undefined {
    const left = this.#journal?.end(keepsTail);
    this.#journal = undefined;
    this.#recorded = false;
    return left;
  }
}
