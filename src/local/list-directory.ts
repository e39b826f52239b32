/** The names in one directory, in the order of the keys they are part of. */

import { type Dirent, opendirSync, readdirSync, statSync } from "node:fs";
import { diskPath, type DiskPath } from "./disk-path.ts";
import { oddity } from "./observation.ts";

export interface Listing {
  /**
   * Ascending byte strings. A directory is `name/`, for so it stands in a key: `a-b`, `a.txt`, `a/x`.
   * What is neither file nor directory is there twice, `name` and `name/`: all below it is unknown too.
   */
  readonly names: string[];
  /** What is neither file nor directory, without "/", and why it is left alone. */
  readonly odd: Map<string, string>;
}

/** @throws errors of the file system */
export function listDirectory(root: string, dir: string): Listing {
  const names: string[] = [];
  const odd = new Map<string, string>();
  for (const entry of entriesOf(diskPath(root, dir))) {
    if (entry.isDirectory()) names.push(`${entry.name}/`);
    else {
      names.push(entry.name);
      if (!entry.isFile()) {
        names.push(`${entry.name}/`);
        odd.set(entry.name, oddity(entry));
      }
    }
  }
  return { names: names.toSorted(byBytes), odd };
}

/** Names as byte strings; the types know only "buffer" and text. */
const encoding = "latin1" as BufferEncoding;

/** Of a directory itself, as the file system tells it: some ten thousand names. */
const LARGE_BYTES = 1024 * 1024;

/** All at once is cheaper, but takes three times the memory. */
function entriesOf(path: DiskPath): Iterable<Dirent> {
  if (statSync(path).size < LARGE_BYTES) return readdirSync(path, { withFileTypes: true, encoding });
  return oneByOne(path);
}

function* oneByOne(path: DiskPath): Generator<Dirent, void, undefined> {
  const directory = opendirSync(path, { encoding });
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry;
  } finally {
    directory.closeSync();
  }
}

/** A file that turned out to be something else: what stands for all below it goes to its place among the names to come. */
export function becameOdd({ names, odd }: Listing, name: string, why: string): void {
  odd.set(name, why);
  const below = `${name}/`;
  const place = names.findIndex((each) => each > below);
  names.splice(place === -1 ? names.length : place, 0, below);
}

const byBytes = (a: string, b: string): number => (a < b ? -1 : 1);
