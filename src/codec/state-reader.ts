/** Reads a state file, a window at a time: spec/state-file.md says what it accepts. */

import { StateFormatError, StateVersionError } from "../model/errors.ts";
import { type DirectoryMap, MAP_OPTION_NAMES, type MapOptionName, type MapOptions } from "../model/map.ts";
import { keyText } from "../model/object-key.ts";
import { type ByteSource, hexBytes } from "./bytes.ts";
import { overlapping } from "./coverage.ts";
import {
  Mark,
  MAX_BLOCKS,
  MAX_GZIP_LEVEL,
  MAX_KEY_BYTES,
  MAX_STRING_BYTES,
  SIGNATURE,
  type Version,
} from "./format.ts";
import { readBatches, type RecordBatch } from "./record-reader.ts";
import { Window } from "./window.ts";

export type StateItem =
  | { readonly kind: "header"; readonly version: Version; readonly syncedMs: number }
  /** `ascending` is false where the name is below the one before it. */
  | { readonly kind: "bucket"; readonly name: string; readonly ascending: boolean }
  | { readonly kind: "map"; readonly map: DirectoryMap }
  | RecordBatch;

/**
 * The header, then for each bucket: its name, its maps, its records. A file that ends well has been
 * checked from its first byte to its last, but for keys that stand twice and not beside each other,
 * which only sorting finds.
 * @throws {StateFormatError}
 */
export function* readState(source: ByteSource): Generator<StateItem, void, undefined> {
  const w = new Window(source, 0);
  const version = readVersion(w);
  w.mark(Mark.metadata, "metadata");
  yield { kind: "header", version, syncedMs: w.u64("last synced time") };
  w.mark(Mark.metadataEnd, "end of metadata");
  const buckets = new Set<string>();
  let previous = "";
  let maps = 0;
  while (w.peek() !== undefined) {
    w.mark(Mark.bucket, "bucket block");
    const name = readName(w, buckets);
    yield { kind: "bucket", name: keyText(name), ascending: name > previous };
    previous = name;
    const here = readMaps(w, keyText(name), version, MAX_BLOCKS - maps);
    maps += here.length;
    for (const map of here) yield { kind: "map", map };
    yield* readBatches(w);
    if (w.peek() !== Mark.bucketEnd) w.fail("bucket block", "94 (an object) or 91 (its end)", w.shown(1));
    w.at++;
  }
}

/** Records alone, from `offset` of a state file that has been read before to the end of their block. */
export function readRecords(source: ByteSource, offset: number): Generator<RecordBatch, void, undefined> {
  return readBatches(new Window(source, offset));
}

/** Whether the file begins as one of ours, of whatever version. */
export function hasSignature(source: ByteSource): boolean {
  const w = new Window(source, 0);
  return SIGNATURE.every((byte) => w.peek() === byte && ++w.at > 0);
}

function readVersion(w: Window): Version {
  w.need();
  if (!SIGNATURE.every((byte, i) => i < w.end && w.bytes[i] === byte)) {
    // A power cut may leave nothing of it, or zeros.
    const cut = SIGNATURE.every((byte, i) => i >= w.end || w.bytes[i] === byte || w.bytes[i] === 0);
    const foreign = {
      message: "not a state file of s3-bsync",
      hint: "it is left as it is; name another one with --file, or, if it was one: s3-bsync --init --recover sets it aside, and no data is lost by that",
    };
    const at = { offset: 0, field: "signature" };
    throw new StateFormatError(at, hexBytes(SIGNATURE), w.shown(4), cut ? {} : foreign);
  }
  w.at = SIGNATURE.length;
  const version = w.peek();
  if (version === 1 || version === 2) {
    w.at++;
    return version;
  }
  const hint = "a newer s3-bsync wrote it: use that one; the file is left as it is";
  const at = { offset: w.offset, field: "version" };
  if (version === undefined) throw new StateFormatError(at, "01 or 02", w.shown(1));
  const found = w.shown(1);
  throw new StateVersionError(at, "01 or 02", found, {
    message: `of version ${found}, and known are 01 and 02`,
    hint,
  });
}

function readName(w: Window, seen: Set<string>): string {
  const at = w.offset;
  if (seen.size === MAX_BLOCKS) w.fail("bucket block", `at most ${MAX_BLOCKS} of them`, "more", at - 1);
  const name = w.string("bucket name", 1, MAX_STRING_BYTES);
  if (seen.has(name)) {
    w.fail("bucket name", "one block a bucket", `a second one of ${JSON.stringify(keyText(name))}`, at);
  }
  seen.add(name);
  return name;
}

function readMaps(w: Window, bucket: string, version: Version, max: number): readonly DirectoryMap[] {
  const maps: DirectoryMap[] = [];
  const offsets = new Map<DirectoryMap, number>();
  while (w.peek() === Mark.map) {
    if (maps.length === max) w.fail("directory map", `at most ${MAX_BLOCKS} of them`, "more");
    const offset = w.offset;
    const map = readMap(w, bucket, version);
    maps.push(map);
    offsets.set(map, offset);
  }
  const twice = overlapping(maps);
  if (twice !== undefined) {
    const found = `${JSON.stringify(twice.prefix)} within another map's`;
    w.fail("directory map", "prefixes that do not overlap", found, offsets.get(twice));
  }
  return maps;
}

function readMap(w: Window, bucket: string, version: Version): DirectoryMap {
  w.mark(Mark.map, "directory map");
  const map = {
    root: readRoot(w),
    bucket,
    prefix: readPrefix(w),
    gzip: w.small("gzip level", MAX_GZIP_LEVEL),
    recursive: w.small("recursive", 1) === 1,
    gpg: w.small("GPG enabled", 1) === 1,
    email: w.decoded("GPG e-mail", 0, MAX_STRING_BYTES),
    options: version === 2 ? readOptions(w) : {},
  };
  w.mark(Mark.mapEnd, "end of directory map");
  return map;
}

function readRoot(w: Window): string {
  const at = w.offset;
  const root = w.decoded("path to local directory", 1, MAX_STRING_BYTES);
  if (!root.startsWith("/")) w.fail("path to local directory", "an absolute path", JSON.stringify(root), at);
  return root.replace(/(?<=.)\/+$/, "");
}

function readPrefix(w: Window): string {
  const at = w.offset;
  const prefix = w.decoded("S3 key prefix", 0, MAX_KEY_BYTES);
  if (prefix.endsWith("/")) w.fail("S3 key prefix", "no / at its end", JSON.stringify(prefix), at);
  return prefix;
}

function readOptions(w: Window): MapOptions {
  const options: { [name in MapOptionName]?: string } = {};
  let next = 0; // names ascend: those before this one are out
  while (w.peek() === Mark.option) {
    w.at++;
    const at = w.offset;
    const text = w.decoded("option name", 1, MAX_STRING_BYTES);
    const i = MAP_OPTION_NAMES.findIndex((name, place) => place >= next && name === text);
    const name = MAP_OPTION_NAMES[i];
    if (name === undefined) {
      return w.fail("option name", optionsFrom(next), JSON.stringify(text), at);
    }
    options[name] = w.decoded(`option ${name}`, 0, MAX_STRING_BYTES);
    w.mark(Mark.optionEnd, "end of option");
    next = i + 1;
  }
  return options;
}

function optionsFrom(next: number): string {
  const names = MAP_OPTION_NAMES.slice(next);
  return names.length === 0 ? "no further option" : `one of ${names.join(", ")}`;
}
