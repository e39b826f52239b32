/** An independent reader of the state file, written from spec/state-file.md alone: no line is shared with the codec. */

import { readFileSync } from "node:fs";

export interface ReadRecord {
  readonly key: string;
  readonly mtimeMs: number;
  readonly etag: string;
  readonly size: number;
}

export interface ReadState {
  readonly version: number;
  readonly syncedMs: number;
  readonly buckets: readonly {
    readonly name: string;
    readonly maps: readonly {
      readonly root: string;
      readonly prefix: string;
      readonly options: Readonly<Record<string, string>>;
    }[];
    readonly records: readonly ReadRecord[];
  }[];
}

export function readStateFile(path: string): ReadState {
  const bytes = readFileSync(path);
  let at = 0;
  const expect = (...values: readonly number[]): void => {
    for (const value of values) {
      if (bytes[at] !== value) throw new Error(`byte ${at}: ${bytes[at]} instead of ${value}`);
      at++;
    }
  };
  const text = (): string => {
    const end = bytes.indexOf(0, at);
    const value = bytes.toString("utf8", at, end);
    at = end + 1;
    return value;
  };
  const number = (): number => {
    const value = Number(bytes.readBigUInt64LE(at));
    at += 8;
    return value;
  };
  const options = (): Record<string, string> => {
    const found: Record<string, string> = {};
    while (bytes[at] === 0x98) {
      expect(0x98);
      const name = text();
      found[name] = text();
      expect(0x99);
    }
    return found;
  };
  expect(0x9d, 0x9f, 0x53, 0x33);
  const version = bytes[at++] ?? 0;
  expect(0x9a);
  const syncedMs = number();
  expect(0x9b);
  const buckets = [];
  while (at < bytes.length) {
    expect(0x90);
    const name = text();
    const maps = [];
    while (bytes[at] === 0x92) {
      expect(0x92);
      const root = text();
      const prefix = text();
      at += 3;
      text();
      maps.push({ root, prefix, options: options() });
      expect(0x93);
    }
    const records: ReadRecord[] = [];
    while (bytes[at] === 0x94) {
      expect(0x94);
      const key = text();
      const mtimeMs = number();
      let etag: string;
      if (bytes[at++] === 0x96) {
        etag = bytes.toString("hex", at, at + 16);
        at += 16;
      } else {
        etag = text();
      }
      records.push({ key, mtimeMs, etag, size: number() });
      expect(0x95);
    }
    expect(0x91);
    buckets.push({ name, maps, records });
  }
  return { version, syncedMs, buckets };
}
