/** Reads recorded objects, a window full at a time. */

import type { BaseRecord } from "../model/observation.ts";
import { keyText, type ObjectKey } from "../model/object-key.ts";
import { hex16, isUtf8, u64 } from "./bytes.ts";
import { Mark, MAX_KEY_BYTES } from "./format.ts";
import type { Window } from "./window.ts";

/**
 * Records that follow one another in the file, checked to their last byte. Valid until the next item is
 * asked for. Most passes need no more than the keys.
 */
export class RecordBatch {
  readonly kind = "records";
  /** Whole object keys. */
  readonly keys: string[] = [];
  /** Where in `raw` each record begins. */
  readonly starts: number[] = [];
  /** Where the last one ends. */
  end = 0;
  /** False: a key here is below the one before it, in this batch or the last one. */
  ascending = true;
  readonly raw: Uint8Array;
  /** Of `raw[0]`, in the file. */
  readonly origin: number;
  readonly #text: string;

  constructor(w: Window) {
    this.raw = w.bytes;
    this.origin = w.origin;
    this.#text = w.text;
  }

  /** @param from where the key begins that the record is to have: behind the map's prefix */
  record(i: number, from = 0): BaseRecord {
    const { raw } = this;
    const key = this.keys[i] as string;
    const timeAt = (this.starts[i] as number) + key.length + 2;
    const etagAt = timeAt + 9;
    const isMd5 = raw[etagAt - 1] === Mark.md5Etag;
    const etagEnd = isMd5 ? etagAt + 16 : this.#text.indexOf("\0", etagAt);
    return {
      key: (from === 0 ? key : key.slice(from)) as ObjectKey,
      size: u64(raw, isMd5 ? etagEnd : etagEnd + 1),
      mtimeMs: u64(raw, timeAt),
      etag: isMd5 ? hex16(raw, etagAt) : keyText(this.#text.substring(etagAt, etagEnd)),
    };
  }
}

/**
 * All records from here to the first byte that begins none.
 * @throws {StateFormatError} a record is damaged, or its key is that of the one before
 */
export function* readBatches(w: Window): Generator<RecordBatch, void, undefined> {
  let previous = "";
  while (w.peek() === Mark.record) {
    const batch = new RecordBatch(w);
    for (;;) {
      const start = w.at;
      const key = wholeRecord(w);
      if (key === undefined) break;
      if (key <= previous) {
        if (key === previous) duplicate(w, start, key);
        batch.ascending = false;
      }
      previous = key;
      batch.keys.push(key);
      batch.starts.push(start);
    }
    if (batch.keys.length === 0) explain(w);
    batch.end = w.at;
    yield batch;
  }
}

function duplicate(w: Window, start: number, key: string): never {
  w.fail("key", "each key once", JSON.stringify(keyText(key)), w.origin + start + 1);
}

/**
 * The hot path: checks a record and steps over it. @returns its key; undefined: there is no record, or not
 * all of it is in the window, or something is wrong with it, which `explain` then tells exactly
 */
function wholeRecord(w: Window): string | undefined {
  const { bytes, text, end, at } = w;
  if (at >= end || bytes[at] !== Mark.record) return undefined;
  const keyEnd = text.indexOf("\0", at + 1);
  const keyBytes = keyEnd - at - 1;
  if (keyBytes < 1 || keyBytes > MAX_KEY_BYTES || !isUtf8(bytes, at + 1, keyEnd)) return undefined;
  const etagAt = keyEnd + 10;
  if (etagAt > end) return undefined;
  let sizeAt = etagAt + 16;
  if (bytes[etagAt - 1] !== Mark.md5Etag) {
    if (bytes[etagAt - 1] !== Mark.textEtag) return undefined;
    const etagEnd = text.indexOf("\0", etagAt);
    if (etagEnd < 0 || etagEnd - etagAt > MAX_KEY_BYTES || !isUtf8(bytes, etagAt, etagEnd)) return undefined;
    sizeAt = etagEnd + 1;
  }
  if (sizeAt + 9 > end || bytes[sizeAt + 8] !== Mark.recordEnd) return undefined;
  if (!isSafe(bytes, keyEnd + 1) || !isSafe(bytes, sizeAt)) return undefined;
  w.at = sizeAt + 9;
  return text.substring(at + 1, keyEnd);
}

/** Whether the eight bytes are at most 2^53-1. */
function isSafe(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 7] === 0 && (bytes[at + 6] as number) < 0x20;
}

/** The same, a field at a time: for a record that is not whole although the window is full. */
function explain(w: Window): never {
  w.mark(Mark.record, "recorded object");
  w.string("key", 1, MAX_KEY_BYTES);
  w.u64("last modified time");
  explainEtag(w);
  w.u64("file size");
  w.mark(Mark.recordEnd, "end of recorded object");
  throw new Error("a recorded object was refused, and nothing is wrong with it");
}

function explainEtag(w: Window): void {
  const type = w.peek();
  if (type !== Mark.md5Etag && type !== Mark.textEtag) w.fail("ETag type", "96 or 97", w.shown(1));
  w.at++;
  if (type === Mark.textEtag) {
    w.string("ETag", 0, MAX_KEY_BYTES);
    return;
  }
  w.need();
  if (w.at + 16 > w.end) w.fail("ETag", "16 bytes", `${w.end - w.at} and the end of the file`);
  w.at += 16;
}
