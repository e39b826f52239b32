/** Which map of a bucket a recorded key belongs to. */

import type { DirectoryMap } from "../model/map.ts";
import { keyPrefix } from "../model/object-key.ts";

interface Area {
  readonly map: DirectoryMap;
  /** What its keys begin with. */
  readonly prefix: string;
}

/** Of maps of one bucket that do not overlap; asked with ascending keys it answers from its last find. */
export class Coverage {
  readonly #areas: readonly Area[];
  #last: Area | undefined;

  constructor(maps: readonly DirectoryMap[]) {
    this.#areas = areasOf(maps);
  }

  /** @param key the whole object key */
  mapOf(key: string): DirectoryMap | undefined {
    let area = this.#last;
    if (area === undefined || !key.startsWith(area.prefix)) this.#last = area = this.#find(key);
    return area !== undefined && covers(area.map.recursive, area.prefix, key) ? area.map : undefined;
  }

  /** @returns the map of every key from `first` to `last`, where that is told without looking at each */
  mapOfAll(first: string, last: string): DirectoryMap | undefined {
    const map = this.mapOf(first);
    return map?.recursive === true && this.mapOf(last) === map ? map : undefined;
  }

  /** Only the greatest prefix that is not after the key can be its own, since none lies in another. */
  #find(key: string): Area | undefined {
    let low = 0;
    let high = this.#areas.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#areas[middle] as Area).prefix <= key) low = middle + 1;
      else high = middle;
    }
    const area = this.#areas[low - 1];
    return area !== undefined && key.startsWith(area.prefix) ? area : undefined;
  }
}

/** Whether a key that begins with `prefix` names a file of the map. */
export function covers(recursive: boolean, prefix: string, key: string): boolean {
  return key.length > prefix.length && (recursive || !key.includes("/", prefix.length));
}

/** @returns a map of this bucket whose prefix is that of another one, or lies below it */
export function overlapping(maps: readonly DirectoryMap[]): DirectoryMap | undefined {
  const areas = areasOf(maps);
  return areas.find(({ prefix }, i) => i > 0 && prefix.startsWith((areas[i - 1] as Area).prefix))?.map;
}

function areasOf(maps: readonly DirectoryMap[]): readonly Area[] {
  const areas = maps.map((map) => ({ map, prefix: keyPrefix(map.prefix) }));
  return areas.toSorted((a, b) => (a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : 0));
}
