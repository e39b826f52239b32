/** Contents of files and objects, and how tests read them. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { UnorderedListing } from "../../src/model/errors.ts";
import { isUnknown, type RemoteObject, type Unknown } from "../../src/model/observation.ts";
import { keyOfText, keyText } from "../../src/model/object-key.ts";
import type { OpenFile } from "../../src/ports/file-tree.ts";
import type { ListOptions, ObjectStore } from "../../src/ports/object-store.ts";
import { MemoryFileTree } from "./memory-file-tree.ts";

export const MTIME_NS = 1_700_000_000_123_456_789n;

/** An open file in memory; its own name is no matter. `overrides`: what it does otherwise. */
export async function fileOf(
  bytes: string | Uint8Array,
  overrides: Partial<OpenFile> = {},
): Promise<OpenFile> {
  const tree = new MemoryFileTree();
  tree.put("file", bytes);
  const seen = tree.observe(keyOfText("file"));
  assert.ok(seen !== undefined && !isUnknown(seen));
  const file = await tree.open(seen);
  return {
    file: file.file,
    mtimeNs: MTIME_NS,
    mode: file.mode,
    read: (from, length) => file.read(from, length),
    unchanged: () => file.unchanged(),
    etags: (partBytes) => file.etags(partBytes),
    sha256: () => file.sha256(),
    equals: (chunks) => file.equals(chunks),
    close: () => file.close(),
    ...overrides,
  };
}

/** No two stretches are alike, so that parts in the wrong place show. */
export function bytesOf(size: number): Uint8Array {
  const bytes = Buffer.alloc(size);
  for (let at = 0, state = size + 1; at + 4 <= size; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeUInt32LE(state, at);
  }
  return bytes;
}

export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

export async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(Uint8Array.from(chunk));
  return Buffer.concat(parts);
}

export async function contentOf(store: ObjectStore, object: RemoteObject): Promise<Uint8Array> {
  return joined((await store.read(object)).chunks);
}

/** For writes of which nobody keeps a journal. */
export const unannounced = async (): Promise<void> => {};

/** A write says what is there, but not since when. */
export function timeless(object: RemoteObject | undefined): RemoteObject | undefined {
  return object === undefined ? undefined : { ...object, modifiedS: 0 };
}

export const EVERYTHING: ListOptions = { recursive: true, splitAt: [] };

export async function listedOnce(
  store: ObjectStore,
  options = EVERYTHING,
): Promise<(RemoteObject | Unknown)[]> {
  const found: (RemoteObject | Unknown)[] = [];
  for await (const batch of store.list(options)) found.push(...batch);
  return found;
}

/** As text, in the order of the listing. */
export async function listedNames(store: ObjectStore, options = EVERYTHING): Promise<string[]> {
  return (await listed(store, options)).map((object) => keyText(object.key));
}

/** Again from the beginning where the server is found to list in another order. */
export async function listed(store: ObjectStore, options = EVERYTHING): Promise<RemoteObject[]> {
  const seen = await listedOnce(store, options).catch((error: unknown) => {
    if (error instanceof UnorderedListing) return listedOnce(store, options);
    throw error;
  });
  return seen.map((each) => {
    assert.ok(!isUnknown(each), JSON.stringify(each));
    return each;
  });
}
