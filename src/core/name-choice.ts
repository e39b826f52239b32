/** `--only` and `--exclude`: which names a run is about, told by patterns. Rules CH1 to CH3. */

import micromatch from "micromatch";
import type { NameChoice } from "../model/choice.ts";
import { UsageError } from "../model/errors.ts";
import { keyOfText } from "../model/object-key.ts";

export interface NamePatterns {
  /** None: all names. */
  readonly only: readonly string[];
  readonly exclude: readonly string[];
}

/** @throws {UsageError} a pattern can match nothing, or is too long */
export function nameChoice({ only, exclude }: NamePatterns): NameChoice {
  const wanted = only.map((text) => new NamePattern("--only", text));
  const unwanted = exclude.map((text) => new NamePattern("--exclude", text));
  return (key) => {
    // What stands for all below it, because that cannot be read, is left out only where all of that is.
    const isDirectory = key === "" || key.endsWith("/");
    const isWanted = wanted.some((each) => (isDirectory ? each.mayMatchBelow(key) : each.matches(key)));
    return (wanted.length === 0 || isWanted) && !unwanted.some((each) => each.matches(key));
  };
}

/** A name may begin with a dot; `!` and quotes are characters like others. */
const OPTIONS = { dot: true, nonegate: true, keepQuotes: true } as const;
const SPECIAL = /[*?[\]{}()!+@|\\]/;

/** Patterns and names are byte strings: what is matched is bytes, as in an ignore file. */
class NamePattern {
  readonly #isAnchored: boolean;
  /** As it is written, with a "/" at its end. */
  readonly #literal: string;
  /** The directories before the first one that is no plain name, each with its "/". */
  readonly #base: string;
  readonly #regExps: readonly RegExp[];

  constructor(option: string, text: string) {
    const whole = keyOfText(text);
    const pattern = whole.replace(/^\.?\/+/, "");
    const name = pattern.replace(/\/+$/, "");
    if (name === "" || name === "." || name.split("/").includes(".."))
      throw new UsageError(`${option} ${text}: names nothing in a map`);
    this.#isAnchored = name.includes("/") || pattern !== whole;
    this.#literal = `/${name}/`;
    const parts = name.split("/");
    const plain = parts.findIndex((part) => SPECIAL.test(part));
    this.#base = parts.slice(0, plain === -1 ? -1 : plain).reduce((base, part) => `${base}${part}/`, "");
    const glob = this.#isAnchored ? name : `**/${name}`;
    const globs = pattern === name ? [glob, `${glob}/**/*`] : [`${glob}/**/*`];
    this.#regExps = globs.map((each) => regExp(option, text, each));
  }

  matches(key: string): boolean {
    return this.#regExps.some((each) => each.test(key)) || this.#isNamed(key);
  }

  /** @param dir "" or ending in "/" */
  mayMatchBelow(dir: string): boolean {
    if (!this.#isAnchored || this.matches(dir)) return true;
    return dir.startsWith(this.#base) || this.#base.startsWith(dir);
  }

  /** A name that is written out is meant, whatever its characters say as a pattern: `photo (1).jpg`. */
  #isNamed(key: string): boolean {
    const path = this.#regExps.length === 1 ? `/${key}` : `/${key}/`;
    return this.#isAnchored ? path.startsWith(this.#literal) : path.includes(this.#literal);
  }
}

function regExp(option: string, text: string, glob: string): RegExp {
  try {
    return new RegExp(micromatch.makeRe(glob, OPTIONS).source, "s"); // a name may hold a line end
  } catch {
    throw new UsageError(`${option} ${text.slice(0, 40)}…: not a pattern that can be matched`);
  }
}
