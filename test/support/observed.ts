/** Short ways to write what was seen, for tests of the pure part. */

import { keyOfText } from "../../src/model/object-key.ts";
import type { BaseRecord, LocalFile, RemoteObject, Unknown } from "../../src/model/observation.ts";

export const NOW = 1_800_000_000_000;

export function file(name: string, seen: Partial<LocalFile> = {}): LocalFile {
  return { key: keyOfText(name), size: 5, mtimeMs: NOW - 90_000, ctimeMs: NOW - 90_000, ino: 7, ...seen };
}

export function object(name: string, seen: Partial<RemoteObject> = {}): RemoteObject {
  return { key: keyOfText(name), size: 5, etag: "a".repeat(32), modifiedS: 0, archived: false, ...seen };
}

export function record(name: string, of: Partial<BaseRecord> = {}): BaseRecord {
  return { key: keyOfText(name), size: 5, mtimeMs: NOW - 90_000, etag: "a".repeat(32), ...of };
}

export function unknown(name: string, seen: Partial<Unknown> = {}): Unknown {
  return { key: keyOfText(name), unknown: "cannot be read", reported: true, below: false, ...seen };
}
