/** Moment and identity of every map that the state file holds. */

import type { DirectoryMap } from "../model/map.ts";
import type { MapMemory } from "../model/pair.ts";
import { type Pair, pairName, readPairs, writePairs } from "./pairs-file.ts";

/** Immutable: what could not be written is not remembered either. */
export class Memories {
  readonly #byName: ReadonlyMap<string, MapMemory>;

  private constructor(byName: ReadonlyMap<string, MapMemory>) {
    this.#byName = byName;
  }

  /**
   * @param stateMark of the state file as it is now: moments that were noted beside another one are void,
   *   and its own last-synced time, the oldest of all, stands for each
   */
  static load(folder: string, stateMark: string, maps: readonly DirectoryMap[], syncedMs: number): Memories {
    const noted = readPairs(folder);
    const current = noted.stateMark === stateMark;
    const byName = new Map<string, MapMemory>();
    for (const map of maps) {
      const pair = noted.pairs.get(pairName(map));
      const momentMs = (current ? pair?.momentMs : undefined) ?? syncedMs;
      byName.set(pairName(map), { momentMs, identity: pair?.identity });
    }
    return new Memories(byName);
  }

  /** Of maps that were never synced. */
  static none(maps: readonly DirectoryMap[]): Memories {
    return new Memories(new Map()).only(maps);
  }

  of(map: DirectoryMap): MapMemory {
    return this.#byName.get(pairName(map)) ?? { momentMs: 0, identity: undefined };
  }

  with(map: DirectoryMap, memory: MapMemory): Memories {
    return new Memories(new Map([...this.#byName, [pairName(map), memory]]));
  }

  /** Those of these maps; a map that is new has never been synced. */
  only(maps: readonly DirectoryMap[]): Memories {
    return new Memories(new Map(maps.map((map) => [pairName(map), this.of(map)])));
  }

  /** The last-synced time of the state file: the oldest moment of a map that was ever synced; 0: none was. */
  get syncedMs(): number {
    const moments = [...this.#byName.values()].map(({ momentMs }) => momentMs).filter((ms) => ms > 0);
    return moments.reduce((oldest, ms) => Math.min(oldest, ms), moments[0] ?? 0);
  }

  /** Notes them beside the state file; the moments only while they differ. */
  save(folder: string, stateMark: string): void {
    const { syncedMs } = this;
    const differ = [...this.#byName.values()].some(({ momentMs }) => momentMs !== syncedMs);
    const pairs = new Map<string, Pair>();
    for (const [name, { identity, momentMs }] of this.#byName) {
      if (differ || identity !== undefined) {
        pairs.set(name, { identity, momentMs: differ ? momentMs : undefined });
      }
    }
    writePairs(folder, { stateMark: differ ? stateMark : "", pairs });
  }
}
