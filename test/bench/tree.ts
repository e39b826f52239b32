/** Trees of files for the benchmark: the names, and what is in the files. */

import { appendFileSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface TreeShape {
  readonly files: number;
  /** Of each file. */
  readonly bytes: number;
  /** Words, of which compression leaves about a third. Otherwise nothing can be compressed. */
  readonly isText?: true;
}

const PER_DIRECTORY = 100;
/** Larger files are made of pieces of this size, each with a mark of its own. */
const LARGEST_PIECE = 1024 * 1024;

/** Before any run: no program takes them for files that are still being written. In s since 1970. */
export const FILES_DATE_S = Date.UTC(2026, 0, 1) / 1000;

/**
 * In the byte order of their keys. The first of a hundred stands beside the directory of the others, as `d00012.txt`
 * beside `d00012/`: only such a pair shows in which order a server lists.
 */
export function nameOf(index: number): string {
  const directory = `d${String(Math.floor(index / PER_DIRECTORY)).padStart(5, "0")}`;
  return index % PER_DIRECTORY === 0
    ? `${directory}.txt`
    : `${directory}/file-${String(index).padStart(7, "0")}.data`;
}

/** The reverse. @returns undefined: no such name */
export function indexOf(name: string): number | undefined {
  const [, directory, own] = /^d(\d{5})(?:\.txt|\/file-(\d{7})\.data)$/.exec(name) ?? [];
  if (directory === undefined) return undefined;
  return own === undefined ? Number(directory) * PER_DIRECTORY : Number(own);
}

export function makeTree(root: string, { files, bytes, isText }: TreeShape): void {
  const pieceBytes = Math.min(bytes, LARGEST_PIECE);
  const filler = isText === true ? textOf(pieceBytes) : noiseOf(pieceBytes);
  for (let index = 0; index < files; index++) {
    const path = join(root, nameOf(index));
    if (index % PER_DIRECTORY <= 1) mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, marked(filler, String(index)));
    for (let at = pieceBytes; at < bytes; at += pieceBytes) appendFileSync(path, marked(filler, String(at)));
    utimesSync(path, FILES_DATE_S, FILES_DATE_S);
  }
}

/** The same content with a mark of its own at its beginning. */
export function marked(filler: Buffer, mark: string): Buffer {
  const content = Buffer.from(filler);
  content.write(`${mark}\n`);
  return content;
}

export function noiseOf(bytes: number): Buffer {
  const noise = Buffer.alloc(bytes);
  let state = 1;
  for (let at = 0; at < bytes; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    noise[at] = state >>> 24;
  }
  return noise;
}

function textOf(bytes: number): Buffer {
  return Buffer.from([...text(bytes)].join(""));
}

/** Of which about a third is left: words by chance, as in a log. */
export function* text(size: number): Generator<string> {
  const words = Array.from({ length: 997 }, (_, index) => (index * index * 7919).toString(36));
  let state = 1;
  for (let left = size; left > 0;) {
    let chunk = "";
    while (chunk.length < Math.min(left, 65_536)) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      chunk += `${words[(state >>> 8) % words.length]} ${state % 97}\n`;
    }
    yield chunk.slice(0, left);
    left -= chunk.length;
  }
}
