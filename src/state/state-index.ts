/** What one pass over a whole state file finds, beside that it is in order. */

import { Coverage } from "../codec/coverage.ts";
import type { Version } from "../codec/format.ts";
import type { RecordBatch } from "../codec/record-reader.ts";
import type { StateItem } from "../codec/state-reader.ts";
import type { DirectoryMap } from "../model/map.ts";
import { keyPrefix, type ObjectKey } from "../model/object-key.ts";
import { RANGE_OBJECTS } from "../ports/object-store.ts";

export interface StateIndex {
  readonly version: Version;
  readonly syncedMs: number;
  readonly maps: readonly DirectoryMap[];
  readonly ascending: boolean;
  /** Of maps that have records. */
  readonly places: ReadonlyMap<DirectoryMap, Place>;
}

/** Where a map's records are. */
export interface Place {
  /** Of the first one, in the file. */
  readonly offset: number;
  /** How many are the map's own. */
  count: number;
  /** Every 4,000th key, relative to the map's prefix. */
  readonly splitKeys: ObjectKey[];
}

/** @throws {StateFormatError} */
export function indexOf(items: Iterable<StateItem>): StateIndex {
  let header: Pick<StateIndex, "version" | "syncedMs"> = { version: 1, syncedMs: 0 };
  let ascending = true;
  const maps: DirectoryMap[] = [];
  const places = new Map<DirectoryMap, Place>();
  let here: DirectoryMap[] = [];
  let coverage: Coverage | undefined;
  for (const item of items) {
    if (item.kind === "header") header = item;
    if (item.kind === "bucket" || item.kind === "records") ascending &&= item.ascending;
    if (item.kind === "bucket") {
      here = [];
      coverage = undefined;
    } else if (item.kind === "map") {
      maps.push(item.map);
      here.push(item.map);
    } else if (item.kind === "records") {
      addTo(places, item, (coverage ??= new Coverage(here)));
    }
  }
  return { version: header.version, syncedMs: header.syncedMs, maps, ascending, places };
}

function addTo(places: Map<DirectoryMap, Place>, batch: RecordBatch, coverage: Coverage): void {
  const { keys, ascending, starts, origin } = batch;
  const all = ascending ? coverage.mapOfAll(keys[0] ?? "", keys.at(-1) ?? "") : undefined;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const map = all ?? coverage.mapOf(key);
    if (map === undefined) continue;
    let place = places.get(map);
    if (place === undefined) {
      place = { offset: origin + (starts[i] as number), count: 0, splitKeys: [] };
      places.set(map, place);
    }
    if (++place.count % RANGE_OBJECTS === 0) place.splitKeys.push(relative(key, map));
  }
}

/** A copy: a substring would keep the window of text alive that it is cut from. */
function relative(key: string, map: DirectoryMap): ObjectKey {
  const short = key.slice(keyPrefix(map.prefix).length);
  return Buffer.from(short, "latin1").toString("latin1") as ObjectKey;
}
