/** State files in memory: encoded and decoded whole, by way of the codec. */

import type { ByteSource } from "../../src/codec/bytes.ts";
import { versionFor } from "../../src/codec/format.ts";
import { readState } from "../../src/codec/state-reader.ts";
import { StateWriter } from "../../src/codec/state-writer.ts";
import type { DirectoryMap } from "../../src/model/map.ts";
import { keyOfText, keyText } from "../../src/model/object-key.ts";
import type { BaseRecord } from "../../src/model/observation.ts";

export interface DecodedBucket {
  readonly name: string;
  readonly maps: readonly DirectoryMap[];
  /** With whole object keys. */
  readonly records: readonly BaseRecord[];
}

export interface DecodedState {
  readonly version: number;
  readonly syncedMs: number;
  /** In order: buckets and keys ascend. */
  readonly ascending: boolean;
  readonly buckets: readonly DecodedBucket[];
}

/** @param step at most that many bytes are given at a time */
export function sourceOf(bytes: Uint8Array, step = Number.POSITIVE_INFINITY): ByteSource {
  let position = 0;
  return {
    read(into, at) {
      const length = Math.min(step, into.length - at, bytes.length - position);
      into.set(bytes.subarray(position, position + length), at);
      position += length;
      return length;
    },
    latin1: (window, end) => Buffer.from(window.buffer, window.byteOffset, end).toString("latin1"),
  };
}

export function decodeState(bytes: Uint8Array, step?: number): DecodedState {
  let header = { version: 0, syncedMs: 0 };
  let ascending = true;
  const buckets: { name: string; maps: DirectoryMap[]; records: BaseRecord[] }[] = [];
  for (const item of readState(sourceOf(bytes, step))) {
    if (item.kind === "header") header = { version: item.version, syncedMs: item.syncedMs };
    else if (item.kind === "bucket") buckets.push({ name: item.name, maps: [], records: [] });
    else if (item.kind === "map") buckets.at(-1)?.maps.push(item.map);
    else for (let i = 0; i < item.keys.length; i++) buckets.at(-1)?.records.push(item.record(i));
    if (item.kind === "bucket" || item.kind === "records") ascending &&= item.ascending;
  }
  return { ...header, ascending, buckets };
}

/** Buckets, maps and records in the order in which they are given. */
export function encodeState(state: {
  readonly version?: 1 | 2;
  readonly syncedMs: number;
  readonly buckets: readonly DecodedBucket[];
}): Buffer {
  const parts: Buffer[] = [];
  const out = new StateWriter((bytes) => parts.push(Buffer.from(bytes)));
  out.header(state.version ?? versionFor(state.buckets.flatMap(({ maps }) => maps)), state.syncedMs);
  for (const { name, maps, records } of state.buckets) {
    out.bucket(name);
    for (const map of maps) out.map(map);
    for (const each of records) out.record(each.key, each);
    out.bucketEnd();
  }
  out.flush();
  return Buffer.concat(parts);
}

export function directoryMap(over: Partial<DirectoryMap> = {}): DirectoryMap {
  return {
    root: "/srv/docs",
    bucket: "bucket",
    prefix: "docs",
    gzip: 0,
    recursive: true,
    gpg: false,
    email: "",
    options: {},
    ...over,
  };
}

/** @param key as text */
export function record(key: string, over: Partial<Omit<BaseRecord, "key">> = {}): BaseRecord {
  return {
    key: keyOfText(key),
    size: 1,
    mtimeMs: 1_700_000_000_000,
    etag: "00112233445566778899aabbccddeeff",
    ...over,
  };
}

export function textKeys(records: Iterable<BaseRecord>): readonly string[] {
  return Array.from(records, ({ key }) => keyText(key));
}
