/** The state file and what lies beside it. */

import type { DirectoryMap } from "../model/map.ts";
import type { Batches, BaseRecord } from "../model/observation.ts";
import type { BaseEdit } from "../model/outcome.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { Journal, Leftover } from "./journal.ts";
import type { MapMemory } from "../model/pair.ts";

export interface StateStore {
  /**
   * The whole file, checked from its first byte to its last.
   * @throws {StateFormatError} it is damaged, of a newer version, or not ours
   * @throws {BsyncError} there is none
   */
  snapshot(): StateSnapshot;

  memory(map: DirectoryMap): MapMemory;

  /**
   * Atomically and durably: the file with these edits, ascending and relative to the map's prefix.
   * Records that are not named stay, but for those that no map covers.
   */
  record(map: DirectoryMap, edits: Iterable<BaseEdit>, memory: MapMemory): void;

  /** To write down what this run does to the sides of the map. `record` and `unchanged` end it, but while an intent is open: then the next run settles it. */
  journal(map: DirectoryMap): Journal;

  /** What a run of this map that was cut off has left. Must be removed before `journal` takes an intent. */
  leftover(map: DirectoryMap): Leftover | undefined;

  /** Nothing changed in this map but its moment; written by `close`. */
  unchanged(map: DirectoryMap, memory: MapMemory): void;

  /** Writes what `unchanged` left, in place where eight bytes are all of it. */
  close(): void;
}

/** One version of the state file, on one handle. */
export interface StateSnapshot {
  readonly syncedMs: number;
  readonly maps: readonly DirectoryMap[];
  /** Ascending, keys relative to the map's prefix. May be read more than once. */
  records(map: DirectoryMap): Batches<BaseRecord> & Iterable<readonly BaseRecord[]>;
  /** Every 4,000th key of the map. @returns undefined: it has no record */
  splitKeys(map: DirectoryMap): readonly ObjectKey[] | undefined;
  close(): void;
}
