/** Writes the parts of a state file, in the order in which they are asked for. */

import { type DirectoryMap, MAP_OPTION_NAMES } from "../model/map.ts";
import { keyOfText } from "../model/object-key.ts";
import type { BaseRecord } from "../model/observation.ts";
import type { Sink } from "./bytes.ts";
import { Mark, MAX_KEY_BYTES, MAX_STRING_BYTES, SIGNATURE, type Version } from "./format.ts";

const CHUNK_BYTES = 256 * 1024;
const MD5 = /^[0-9a-f]{32}$/;

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
    if (MD5.test(etag)) {
      this.#u8(Mark.md5Etag);
      for (let i = 0; i < 32; i += 2) this.#u8((nibble(etag, i) << 4) | nibble(etag, i + 1));
    } else {
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
    const low = value % 0x1_0000_0000;
    const high = (value - low) / 0x1_0000_0000;
    for (let i = 0; i < 8; i++) this.#bytes[this.#at++] = (i < 4 ? low : high) >>> (8 * (i & 3));
  }

  /** A byte string and its NUL. */
  #string(value: string, max: number): void {
    if (value.length > max) throw new RangeError(`a string of ${value.length} bytes in the state file`);
    this.#room(value.length + 1);
    for (let i = 0; i < value.length; i++) {
      const byte = value.charCodeAt(i);
      if (byte === 0) throw new RangeError("a NUL in a string of the state file");
      this.#bytes[this.#at++] = byte;
    }
    this.#bytes[this.#at++] = 0;
  }
}

/** Of a lower-case hex digit. */
function nibble(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
