/** Where the listing of a prefix may be cut of which nothing is known but that it may resemble a directory. */

import { errorCode } from "../core/error-words.ts";
import { nameFault } from "../core/usable-names.ts";
import type { ObjectKey } from "../model/object-key.ts";
import { RANGE_OBJECTS } from "../ports/object-store.ts";
import { listDirectory } from "./list-directory.ts";

/** Directories that are read for it, those near the root first. */
const MOST_READ = 200;

interface Part {
  readonly name: string;
  /** Files in it, about. */
  readonly files: number;
}

/** @returns ascending; nothing where the files are few */
export function guessSplits(root: string): readonly ObjectKey[] {
  const waiting = [""];
  const files: string[] = [];
  let read = 0;
  for (; read < MOST_READ && waiting.length > 0; read++) {
    const dir = waiting.shift() ?? "";
    for (const name of namesIn(root, dir)) (name.endsWith("/") ? waiting : files).push(dir + name);
  }
  const parts: readonly Part[] = [
    ...files.map((name) => ({ name, files: 1 })),
    ...waiting.map((name) => ({ name, files: files.length / read })),
  ];
  return [...cuts(parts.toSorted((a, b) => (a.name < b.name ? -1 : 1)))];
}

function* cuts(parts: readonly Part[]): Generator<ObjectKey, void, undefined> {
  let files = 0;
  for (const { name, files: more } of parts) {
    files += more;
    const bare = name.replace(/\/$/, "");
    if (files < RANGE_OBJECTS || nameFault(bare, bare.length) !== undefined) continue;
    files = 0;
    yield name as ObjectKey;
  }
}

function namesIn(root: string, dir: string): readonly string[] {
  try {
    return listDirectory(root, dir).names;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return []; // the scan says so
  }
}
