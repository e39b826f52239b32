/** A new state file out of an old one: every run of records that stays is copied as raw bytes. */

import type { DirectoryMap } from "../model/map.ts";
import { keyOfText, keyPrefix } from "../model/object-key.ts";
import type { BaseRecord } from "../model/observation.ts";
import type { BaseEdit } from "../model/outcome.ts";
import type { Sink } from "./bytes.ts";
import { Coverage, overlapping } from "./coverage.ts";
import { versionFor } from "./format.ts";
import type { RecordBatch } from "./record-reader.ts";
import type { StateItem } from "./state-reader.ts";
import { StateWriter } from "./state-writer.ts";

export interface StateChange {
  readonly syncedMs: number;
  /** All maps of the new file. A record stays if the same map (root, bucket, prefix) covers it in both files. */
  readonly maps: readonly DirectoryMap[];
  readonly edited?: {
    /** One of `maps`. */
    readonly map: DirectoryMap;
    /** Ascending, each key once, relative to the map's prefix. */
    readonly edits: Iterable<BaseEdit>;
  };
}

/**
 * @param old in order: buckets and keys ascend
 * @throws what reading `old` throws; the sink has then taken a beginning that is worth nothing
 */
export function spliceState(old: Iterable<StateItem>, change: StateChange, sink: Sink): void {
  const out = new StateWriter(sink);
  out.header(versionFor(change.maps), change.syncedMs);
  const buckets = bucketsOf(change);
  let next = 0;
  let open: Bucket | undefined;
  for (const item of old) {
    if (item.kind === "bucket") {
      if (!item.ascending) throw new Error("splice: buckets out of order");
      open?.end(out);
      open = undefined;
      const name = keyOfText(item.name);
      for (
        let bucket = buckets[next];
        bucket !== undefined && bucket.name <= name;
        bucket = buckets[++next]
      ) {
        bucket.begin(out);
        if (bucket.name === name) open = bucket;
        else bucket.end(out);
      }
    }
    if (item.kind === "map") open?.keepOf(item.map);
    if (item.kind === "records") open?.copy(item, out);
  }
  open?.end(out);
  for (const bucket of buckets.slice(next)) {
    bucket.begin(out);
    bucket.end(out);
  }
  out.flush();
}

function bucketsOf({ maps, edited }: StateChange): readonly Bucket[] {
  const names = [...new Set(maps.map(({ bucket }) => bucket))];
  const buckets = names.map((name) => {
    const edits = edited?.map.bucket === name ? new Edits(edited.map, edited.edits) : undefined;
    return new Bucket(
      maps.filter(({ bucket }) => bucket === name),
      edits,
    );
  });
  return buckets.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** One bucket block of the new file. */
class Bucket {
  /** A byte string. */
  readonly name: string;
  readonly #maps: readonly DirectoryMap[];
  readonly #edits: Edits | undefined;
  readonly #kept: DirectoryMap[] = [];
  #coverage: Coverage | undefined;

  constructor(maps: readonly DirectoryMap[], edits: Edits | undefined) {
    if (overlapping(maps) !== undefined) throw new Error("splice: maps overlap");
    this.name = keyOfText(maps[0]?.bucket ?? "");
    this.#maps = maps;
    this.#edits = edits;
  }

  begin(out: StateWriter): void {
    out.bucket(this.#maps[0]?.bucket ?? "");
    for (const map of this.#maps) out.map(map);
  }

  /** @param old a map of this bucket in the old file: what both it and its successor cover stays */
  keepOf(old: DirectoryMap): void {
    const map = this.#maps.find(({ root, prefix }) => root === old.root && prefix === old.prefix);
    if (map !== undefined) this.#kept.push({ ...map, recursive: map.recursive && old.recursive });
  }

  copy({ keys, ascending, raw, starts, end }: RecordBatch, out: StateWriter): void {
    if (!ascending) throw new Error("splice: keys out of order");
    const kept = (this.#coverage ??= new Coverage(this.#kept));
    const edits = this.#edits;
    const last = keys.at(-1) ?? "";
    const untouched = edits?.key === undefined || edits.key > last;
    if (untouched && kept.mapOfAll(keys[0] ?? "", last) !== undefined) {
      return out.raw(raw, starts[0] ?? end, end);
    }
    let from = starts[0] ?? end; // where a run of records that stay begins
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      const touched = edits?.key !== undefined && edits.key <= key;
      if (!touched && kept.mapOf(key) !== undefined) continue;
      const start = starts[i] as number;
      out.raw(raw, from, start);
      from = start;
      if (touched) edits.writeBefore(key, out);
      if (edits?.write(key, out) === true || kept.mapOf(key) === undefined) from = starts[i + 1] ?? end;
    }
    out.raw(raw, from, end);
  }

  end(out: StateWriter): void {
    this.#edits?.writeBefore(undefined, out);
    out.bucketEnd();
  }
}

/** Edits with whole object keys, one at a time. */
class Edits {
  readonly #iterator: Iterator<BaseEdit>;
  readonly #prefix: string;
  key: string | undefined;
  #record: BaseRecord | undefined;

  constructor(map: DirectoryMap, edits: Iterable<BaseEdit>) {
    this.#iterator = edits[Symbol.iterator]();
    this.#prefix = keyPrefix(map.prefix);
    this.#next();
  }

  /** Writes those below `key`; undefined: all that are left. */
  writeBefore(key: string | undefined, out: StateWriter): void {
    while (this.key !== undefined && (key === undefined || this.key < key)) this.write(this.key, out);
  }

  /** @returns whether there is one of this very key; it is then done */
  write(key: string, out: StateWriter): boolean {
    if (this.key !== key) return false;
    if (this.#record !== undefined) out.record(key, this.#record);
    this.#next();
    return true;
  }

  #next(): void {
    const before = this.key;
    const step = this.#iterator.next();
    this.key = step.done === true ? undefined : this.#prefix + step.value.key;
    this.#record = step.done === true ? undefined : step.value.record;
    if (before !== undefined && this.key !== undefined && this.key <= before) {
      throw new Error("splice: edits out of order");
    }
  }
}
