/** Writes the parts of a state file, in the order in which they are asked for. */

import { type DirectoryMap, MAP_OPTION_NAMES } from "../model/map.ts";
import { keyOfText } from "../model/object-key.ts";
import type { BaseRecord } from "../model/observation.ts";
import type { Sink } from "./bytes.ts";
import { Mark, MAX_KEY_BYTES, MAX_STRING_BYTES, SIGNATURE, type Version } from "./format.ts";

const CHUNK_BYTES = 256 * 1024;
const MD5_DIGITS = 32;

/** What it is given and could not read back, it throws as a bug: before a file is replaced, not after. */
export class StateWriter {
  readonly #sink: Sink;
  readonly #bytes = new Uint8Array(CHUNK_BYTES);
  #at = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  header(version: Version, syncedMs: number): void {
    for (const byte of [...SIGNATURE, version, Mark.metadata]) this.#u8(byte);
    this.#u64(syncedMs);
    this.#u8(Mark.metadataEnd);
  }

  bucket(name: string): void {
    this.#u8(Mark.bucket);
    this.#string(keyOfText(name), MAX_STRING_BYTES);
  }

  map(map: DirectoryMap): void {
    this.#u8(Mark.map);
    this.#string(keyOfText(map.root), MAX_STRING_BYTES);
    this.#string(keyOfText(map.prefix), MAX_KEY_BYTES);
    for (const byte of [map.gzip, Number(map.recursive), Number(map.gpg)]) this.#u8(byte);
    this.#string(keyOfText(map.email), MAX_STRING_BYTES);
    for (const name of MAP_OPTION_NAMES) {
      const value = map.options[name];
      if (value !== undefined) this.#option(name, value);
    }
    this.#u8(Mark.mapEnd);
  }

  /** @param key the whole object key, above all that were written in this bucket */
  record(key: string, { mtimeMs, etag, size }: Omit<BaseRecord, "key">): void {
    this.#u8(Mark.record);
    this.#string(key, MAX_KEY_BYTES);
    this.#u64(mtimeMs);
    if (!this.#md5(etag)) {
      this.#u8(Mark.textEtag);
      this.#string(keyOfText(etag), MAX_KEY_BYTES);
    }
    this.#u64(size);
    this.#u8(Mark.recordEnd);
  }

  /** Records as they stood in another state file. */
  raw(bytes: Uint8Array, from: number, to: number): void {
    if (to <= from) return;
    this.#room(to - from);
    this.#bytes.set(bytes.subarray(from, to), this.#at);
    this.#at += to - from;
  }

  bucketEnd(): void {
    this.#u8(Mark.bucketEnd);
  }

  flush(): void {
    if (this.#at > 0) this.#sink(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
  }

  #option(name: string, value: string): void {
    this.#u8(Mark.option);
    this.#string(name, MAX_STRING_BYTES);
    this.#string(keyOfText(value), MAX_STRING_BYTES);
    this.#u8(Mark.optionEnd);
  }

  #room(count: number): void {
    if (this.#at + count > CHUNK_BYTES) this.flush();
  }

  #u8(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  #u64(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`no u64 of the state file: ${value}`);
    this.#room(8);
    const high = Math.floor(value / 0x1_0000_0000);
    putU32(this.#bytes, this.#at, value - high * 0x1_0000_0000);
    putU32(this.#bytes, this.#at + 4, high);
    this.#at += 8;
  }

  /** @returns false: it is not 32 lower-case digits, and nothing is written */
  #md5(etag: string): boolean {
    if (etag.length !== MD5_DIGITS) return false;
    this.#room(1 + MD5_DIGITS / 2);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = Mark.md5Etag;
    for (let i = 0; i < MD5_DIGITS; i += 2) {
      const byte = (nibble(etag, i) << 4) | nibble(etag, i + 1);
      if (byte < 0) return false;
      bytes[at++] = byte;
    }
    this.#at = at;
    return true;
  }

  /** A byte string and its NUL. */
  #string(value: string, max: number): void {
    if (value.length > max) throw new RangeError(`a string of ${value.length} bytes in the state file`);
    this.#room(value.length + 1);
    const bytes = this.#bytes;
    const at = this.#at;
    for (let i = 0; i < value.length; i++) {
      const byte = value.charCodeAt(i);
      if (byte === 0) throw new RangeError("a NUL in a string of the state file");
      bytes[at + i] = byte;
    }
    bytes[at + value.length] = 0;
    this.#at = at + value.length + 1;
  }
}

function putU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** Of a lower-case hex digit; -1: it is none. */
function nibble(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}
