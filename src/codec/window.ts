/** Reads one field after the other through a window on the bytes, and says what is wrong with a field. */

import { StateFormatError } from "../model/errors.ts";
import { keyText } from "../model/object-key.ts";
import { type ByteSource, hexBytes, isUtf8, u64 } from "./bytes.ts";
import { MAX_STRING_BYTES } from "./format.ts";

/** Measured: 64 KiB are no faster, and what lives that long makes the heap grow by 16 MiB more. */
const WINDOW_BYTES = 16 * 1024;
/** The longest string with its NUL, and so the longest record too. */
const AHEAD_BYTES = MAX_STRING_BYTES + 1;

export class Window {
  readonly #source: ByteSource;
  readonly bytes = new Uint8Array(WINDOW_BYTES);
  /** The same bytes, one character each. */
  text = "";
  end = 0;
  at = 0;
  #origin: number;
  #ended = false;

  /** @param origin where in the file the source begins */
  constructor(source: ByteSource, origin: number) {
    this.#source = source;
    this.#origin = origin;
  }

  /** Of index 0 of the window, in the file. */
  get origin(): number {
    return this.#origin;
  }

  get offset(): number {
    return this.#origin + this.at;
  }

  /** Slides on, so that the next field or record is here whole, or all that is left of the file. */
  need(): void {
    if (this.#ended || this.end - this.at >= AHEAD_BYTES) return;
    this.bytes.copyWithin(0, this.at, this.end);
    this.#origin += this.at;
    this.end -= this.at;
    this.at = 0;
    while (!this.#ended && this.end < WINDOW_BYTES) {
      const read = this.#source.read(this.bytes, this.end);
      this.#ended = read === 0;
      this.end += read;
    }
    this.text = this.#source.latin1(this.bytes, this.end);
  }

  /** @returns the next byte; undefined at the end of the file */
  peek(): number | undefined {
    this.need();
    return this.at < this.end ? this.bytes[this.at] : undefined;
  }

  /** @param at where the field begins, in the file */
  fail(field: string, expected: string, found: string, at = this.offset): never {
    throw new StateFormatError({ offset: at, field }, expected, found);
  }

  /** What stands here, in at most `count` bytes. */
  shown(count: number): string {
    const bytes = this.bytes.subarray(this.at, Math.min(this.at + count, this.end));
    return bytes.length === 0 ? "the end of the file" : hexBytes(bytes);
  }

  mark(byte: number, field: string): void {
    if (this.peek() !== byte) this.fail(field, hexBytes([byte]), this.shown(1));
    this.at++;
  }

  /** A number in one byte. */
  small(field: string, max: number): number {
    const value = this.peek();
    if (value === undefined || value > max)
      return this.fail(field, `00 to ${hexBytes([max])}`, this.shown(1));
    this.at++;
    return value;
  }

  u64(field: string): number {
    this.need();
    if (this.at + 8 > this.end) this.fail(field, "8 bytes", `${this.end - this.at} and the end of the file`);
    const value = u64(this.bytes, this.at);
    if (!Number.isSafeInteger(value)) this.fail(field, "at most 2^53-1", this.shown(8));
    this.at += 8;
    return value;
  }

  /** A string and its NUL, as a byte string. */
  string(field: string, min: number, max: number): string {
    this.need();
    const end = this.text.indexOf("\0", this.at);
    const length = (end < 0 ? this.end : end) - this.at;
    if (length > max) this.fail(field, `at most ${max} bytes and a NUL`, "more");
    if (end < 0) this.fail(field, "a string that ends in NUL", "the end of the file");
    if (length < min) this.fail(field, "a string that is not empty", "an empty one");
    if (!isUtf8(this.bytes, this.at, end)) this.fail(field, "UTF-8", this.shown(Math.min(length, 16)));
    const value = this.text.substring(this.at, end);
    this.at = end + 1;
    return value;
  }

  decoded(field: string, min: number, max: number): string {
    return keyText(this.string(field, min, max));
  }
}
