/** A real directory under test, and the hands of a user in it. */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { directory, type DirectoryOptions } from "../../src/local/directory.ts";
import { isUnknown, type LocalFile, type Unknown } from "../../src/model/observation.ts";
import { keyOfText, type ObjectKey } from "../../src/model/object-key.ts";
import type { FileTree, ScanOptions } from "../../src/ports/file-tree.ts";
import { tempDir } from "./temp-dir.ts";

export const WHOLE: ScanOptions = { recursive: true, overrides: new Map(), tracked: () => undefined };

export interface RealTree extends Disposable {
  readonly root: string;
  readonly tree: FileTree;
  at(path: string): string;
  put(path: string, content?: string | Uint8Array): void;
  text(path: string): string;
  /** Every entry, directories with a final "/". */
  entries(): string[];
  scan(options?: Partial<ScanOptions>): Promise<(LocalFile | Unknown)[]>;
  seen(path: string): LocalFile;
}

export function realTree(options: Partial<DirectoryOptions> = {}): RealTree {
  const { path: base, remove } = tempDir("tree");
  const root = join(base, "Root");
  mkdirSync(root);
  const tree = directory(root, { keyPrefix: "", hidden: [], ...options });
  const at = (path: string): string => join(root, path);
  return {
    root,
    tree,
    at,
    put(path, content = "x") {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), content);
    },
    text: (path) => readFileSync(at(path), "utf8"),
    entries: () =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .map((each) => relative(root, join(each.parentPath, each.name)) + (each.isDirectory() ? "/" : ""))
        .toSorted(),
    scan: (some) => scanned(tree, some),
    seen: (path) => observed(tree, keyOfText(path)),
    [Symbol.dispose]() {
      rmSync(base, { recursive: true, force: true });
      remove();
    },
  };
}

export async function scanned(
  tree: FileTree,
  some: Partial<ScanOptions> = {},
): Promise<(LocalFile | Unknown)[]> {
  const all: (LocalFile | Unknown)[] = [];
  for await (const batch of tree.scan({ ...WHOLE, ...some }).batches) all.push(...batch);
  return all;
}

export function observed(tree: FileTree, key: ObjectKey): LocalFile {
  const seen = tree.observe(key);
  if (seen === undefined || isUnknown(seen)) throw new Error(`${key} is not a file`);
  return seen;
}

/** Runs as a user without rights, where the tests run as root; as they run, else. */
export async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  const { seteuid } = process;
  if (seteuid === undefined || process.geteuid?.() !== 0) return run();
  seteuid(65534);
  try {
    return await run();
  } finally {
    seteuid(0);
  }
}

export async function* chunks(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}
