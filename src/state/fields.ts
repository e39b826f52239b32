/** Fields of plain data that anybody may have written: each is what it must be, or `Malformed` is thrown. */

import { MAX_KEY_BYTES } from "../codec/format.ts";
import { nameFault } from "../core/usable-names.ts";
import type { ObjectKey } from "../model/object-key.ts";
import { countOf, fieldOf, numberOf, textOf } from "./json-file.ts";

/** @returns undefined: something of it is not what it must be */
export function readFields<T>(value: unknown, read: (fields: Fields) => T, prefixBytes = 0): T | undefined {
  try {
    return read(new Fields(value, prefixBytes));
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

export class Malformed extends Error {
  override readonly name = "Malformed";
}

/** What the state file cannot hold: no honest text has any of it. */
const NO_TEXT = /[\0\p{Surrogate}]/u;

export class Fields {
  readonly #value: unknown;
  readonly #prefixBytes: number;

  /** @param prefixBytes of what stands before every key */
  constructor(value: unknown, prefixBytes = 0) {
    this.#value = value;
    this.#prefixBytes = prefixBytes;
  }

  has(name: string): boolean {
    return fieldOf(this.#value, name) !== undefined;
  }

  text(name: string): string {
    const text = required(textOf(this.#value, name));
    if (NO_TEXT.test(text)) throw new Malformed();
    return text;
  }

  etag(name: string): string {
    const etag = this.text(name);
    if (Buffer.byteLength(etag) > MAX_KEY_BYTES) throw new Malformed();
    return etag;
  }

  flag(name: string): boolean {
    const field = fieldOf(this.#value, name);
    return required(typeof field === "boolean" ? field : undefined);
  }

  /** A whole number from 0 to 2^53-1. */
  count(name: string): number {
    return required(countOf(this.#value, name));
  }

  number(name: string): number {
    return required(numberOf(this.#value, name));
  }

  /** A byte string that can be both a key and a file. */
  key(name: string): ObjectKey {
    const key = this.text(name);
    const isBytes = key !== "" && Buffer.from(key, "latin1").toString("latin1") === key;
    if (!isBytes || nameFault(key, this.#prefixBytes + key.length) !== undefined) throw new Malformed();
    return key as ObjectKey;
  }

  at<T>(name: string, read: (fields: Fields) => T): T {
    return read(new Fields(required(fieldOf(this.#value, name)), this.#prefixBytes));
  }

  /** @returns undefined: there is no such field */
  maybe<T>(name: string, read: (fields: Fields) => T): T | undefined {
    return this.has(name) ? this.at(name, read) : undefined;
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Malformed();
  return value;
}
