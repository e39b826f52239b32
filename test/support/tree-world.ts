/** A file tree under the contract's hands, and what its tests ask of it. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { isUnknown, type LocalFile, type Unknown } from "../../src/model/observation.ts";
import { keyText } from "../../src/model/object-key.ts";
import type { FileTree, StageOptions } from "../../src/ports/file-tree.ts";
import { WHOLE } from "./real-tree.ts";

/** An empty tree, and the hands of a user beside the program. */
export interface FileTreeWorld extends AsyncDisposable {
  readonly tree: FileTree;
  /** Writes a file, its directories too. */
  put(path: string, content: string | Uint8Array, mtimeMs?: number): void;
  /** @returns undefined: there is no such file */
  text(path: string): string | undefined;
  erase(path: string): void;
  /** Every file that is there, ours too, sorted. */
  paths(): string[];
}

export interface FileTreeFixture {
  readonly name: string;
  open(): Promise<FileTreeWorld>;
}

export type OpenTree = FileTreeFixture["open"];

export const NEW: StageOptions = {
  mtimeNs: 1_700_000_000_123_456_000n,
  replaces: undefined,
  announce: async () => {},
};
export const MIB = 1024 * 1024;
export const stale = { name: "Stale" };

export async function collect(
  batches: AsyncIterable<readonly (LocalFile | Unknown)[]> | Iterable<readonly (LocalFile | Unknown)[]>,
): Promise<(LocalFile | Unknown)[]> {
  const all: (LocalFile | Unknown)[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

export function texts(seen: readonly (LocalFile | Unknown)[]): string[] {
  return seen.map((each) => (isUnknown(each) ? `${keyText(each.key)} ?` : keyText(each.key)));
}

export async function keys(tree: FileTree, options = WHOLE): Promise<string[]> {
  return texts(await collect(tree.scan(options).batches));
}

export async function only(tree: FileTree): Promise<LocalFile> {
  const [file, ...others] = await collect(tree.scan(WHOLE).batches);
  assert.ok(file !== undefined && !isUnknown(file) && others.length === 0);
  return file;
}

export function patterned(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) % 251));
}

export async function* chunked(content: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export function md5(bytes: Uint8Array): Buffer {
  return createHash("md5").update(bytes).digest();
}
