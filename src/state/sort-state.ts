/** Brings a state file whose buckets or keys are out of order into order, in bounded memory. */

import { closeSync } from "node:fs";
import type { Sink } from "../codec/bytes.ts";
import { versionFor } from "../codec/format.ts";
import { readRecords, type StateItem } from "../codec/state-reader.ts";
import { StateWriter } from "../codec/state-writer.ts";
import { mergeSorted } from "../core/merge-sorted.ts";
import { StateFormatError } from "../model/errors.ts";
import type { DirectoryMap } from "../model/map.ts";
import { keyOfText, keyText } from "../model/object-key.ts";
import type { BaseRecord } from "../model/observation.ts";
import { writeAll } from "./atomic-file.ts";
import { fileBytes, openNameless } from "./file-bytes.ts";

/** Records that are sorted in memory at a time. */
const RUN_RECORDS = 50_000;

interface Twice {
  readonly bucket: string;
  readonly key: string;
}

interface Bucket {
  readonly name: string;
  readonly maps: DirectoryMap[];
  /** Where its sorted runs begin in the file of runs. */
  readonly runs: number[];
}

/**
 * Each bucket's records are cut into sorted runs in a nameless file, and the runs merged.
 * @param read gives the items from the first on, each time
 * @throws {StateFormatError} a key stands twice
 */
export function sortState(read: () => Iterable<StateItem>, scratch: string, sink: Sink): void {
  const fd = openNameless(scratch);
  try {
    let syncedMs = 0;
    const runs = new Runs(fd);
    for (const item of read()) {
      if (item.kind === "header") ({ syncedMs } = item);
      else runs.take(item);
    }
    const buckets = runs.end();
    const twice = runs.twice ?? write(buckets, fd, syncedMs, sink);
    if (twice !== undefined) throw secondOf(twice, read());
  } finally {
    closeSync(fd);
  }
}

class Runs {
  readonly #fd: number;
  readonly #buckets: Bucket[] = [];
  /** The first key found to stand twice within a run. */
  twice: Twice | undefined;
  #records: BaseRecord[] = [];
  #written = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  take(item: Exclude<StateItem, { kind: "header" }>): void {
    if (item.kind === "bucket") {
      this.#flush();
      this.#buckets.push({ name: item.name, maps: [], runs: [] });
    } else if (item.kind === "map") {
      this.#buckets.at(-1)?.maps.push(item.map);
    } else {
      for (let i = 0; i < item.keys.length; i++) this.#records.push(item.record(i));
      if (this.#records.length >= RUN_RECORDS) this.#flush();
    }
  }

  end(): readonly Bucket[] {
    this.#flush();
    return this.#buckets;
  }

  #flush(): void {
    const bucket = this.#buckets.at(-1);
    if (bucket === undefined || this.#records.length === 0) return;
    const sorted = this.#records.toSorted(byKey);
    this.#records = [];
    const second = sorted.find(({ key }, i) => key === sorted[i - 1]?.key);
    if (second !== undefined) this.twice ??= { bucket: bucket.name, key: second.key };
    bucket.runs.push(this.#written);
    const out = new StateWriter((bytes) => {
      writeAll(this.#fd, bytes);
      this.#written += bytes.length;
    });
    for (const record of sorted) out.record(record.key, record);
    out.bucketEnd();
    out.flush();
  }
}

/** @returns the first key found to stand twice; what was written is worth nothing then */
function write(buckets: readonly Bucket[], fd: number, syncedMs: number, sink: Sink): Twice | undefined {
  const out = new StateWriter(sink);
  out.header(versionFor(buckets.flatMap(({ maps }) => maps)), syncedMs);
  for (const { name, maps, runs } of buckets.toSorted(byName)) {
    out.bucket(name);
    for (const map of maps) out.map(map);
    let previous = "";
    for (const record of mergeSorted(runs.map((offset) => recordsAt(fd, offset)))) {
      if (record.key === previous) return { bucket: name, key: record.key };
      previous = record.key;
      out.record(record.key, record);
    }
    out.bucketEnd();
  }
  out.flush();
  return undefined;
}

function secondOf({ bucket, key }: Twice, items: Iterable<StateItem>): StateFormatError {
  let offset = 0;
  let here = false;
  for (const item of items) {
    if (item.kind === "bucket") here = item.name === bucket;
    if (item.kind !== "records" || !here) continue;
    const i = item.keys.lastIndexOf(key);
    if (i >= 0) offset = item.origin + (item.starts[i] ?? 0) + 1;
  }
  return new StateFormatError({ offset, field: "key" }, "each key once", JSON.stringify(keyText(key)));
}

function byKey(a: BaseRecord, b: BaseRecord): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function byName(a: Bucket, b: Bucket): number {
  return keyOfText(a.name) < keyOfText(b.name) ? -1 : 1;
}

function* recordsAt(fd: number, offset: number): Generator<BaseRecord, void, undefined> {
  for (const batch of readRecords(fileBytes(fd, offset), offset)) {
    for (let i = 0; i < batch.keys.length; i++) yield batch.record(i);
  }
}
