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
  const wanted = only.map((pattern) => matcher("--only", pattern));
  const unwanted = exclude.map((pattern) => matcher("--exclude", pattern));
  return (key) =>
    (wanted.length === 0 || wanted.some((matches) => matches(key))) &&
    !unwanted.some((matches) => matches(key));
}

/** A name may begin with a dot; `!` and quotes are characters like others. */
const OPTIONS = { dot: true, nonegate: true, keepQuotes: true } as const;

/** Patterns and names are byte strings: what is matched is bytes, as in an ignore file. */
function matcher(option: string, text: string): (key: string) => boolean {
  const pattern = keyOfText(text).replace(/^(?:\.?\/+)+/, "");
  const name = pattern.replace(/\/+$/, "");
  if (name === "" || name === ".") throw new UsageError(`${option} ${text}: names nothing in a map`);
  const isAnchored = name.includes("/") || keyOfText(text).startsWith("/");
  const glob = isAnchored ? name : `**/${name}`;
  const below = regExp(option, text, `${glob}/**/*`);
  const itself = pattern === name ? regExp(option, text, glob) : undefined;
  return (key) => below.test(key) || itself?.test(key) === true || isNamed(key, { pattern, isAnchored });
}

function regExp(option: string, text: string, glob: string): RegExp {
  try {
    return new RegExp(micromatch.makeRe(glob, OPTIONS).source, "s"); // a name may hold a line end
  } catch {
    throw new UsageError(`${option} ${text.slice(0, 40)}…: not a pattern that can be matched`);
  }
}

/** A name that is written out is meant, whatever its characters say as a pattern: `photo (1).jpg`. */
function isNamed(key: string, { pattern, isAnchored }: { pattern: string; isAnchored: boolean }): boolean {
  const path = `/${key}${pattern.endsWith("/") ? "" : "/"}`;
  const part = `/${pattern}${pattern.endsWith("/") ? "" : "/"}`;
  return isAnchored ? path.startsWith(part) : path.includes(part);
}
