/**
 * The words of the command line, checked one by one against the option table before meow sees them: it would
 * take `--dryrun=1` for "off", `--dryRun` for `--dryrun` and a missing value for an empty one, and knows no pairs.
 */

import { UsageError } from "../../model/errors.ts";
import { flagWords, isMode, MODES } from "../modes.ts";
import { nearest } from "./nearest.ts";
import type { Option } from "../options/option.ts";
import { OPTION_BY_WORD, OPTIONS, type OptionName, type Pair, wordOf } from "../options/options.ts";

export interface Words {
  readonly given: ReadonlySet<OptionName>;
  /** Values of `--dir`. */
  readonly pairs: readonly Pair[];
  /** All other words, each one known. */
  readonly rest: readonly string[];
}

/** @throws {UsageError} a word is no option, or an option lacks a value, has one too many or comes twice */
export function readWords(argv: readonly string[]): Words {
  const [first, ...others] = argv;
  const words = isMode(first) ? [...flagWords(first), ...others] : argv;
  const given = new Set<OptionName>();
  const pairs: Pair[] = [];
  const rest: string[] = [];
  for (let at = 0; at < words.length;) {
    const { name, values, taken } = readOption(words, at);
    const option: Option = OPTIONS[name];
    if (given.has(name) && option.type === "string" && (option.isMultiple !== true || option.once)) {
      throw new UsageError(`${wordOf(name)} is given twice`);
    }
    given.add(name);
    const [path = "", dest = ""] = values;
    if (option.pair === true) pairs.push({ path, dest });
    else for (const value of values) rest.push(...asMeowWants(wordOf(name), value));
    if (values.length === 0) rest.push(wordOf(name));
    at += taken;
  }
  return { given, pairs, rest };
}

/** One option, its values, and how many words they are. */
function readOption(
  words: readonly string[],
  at: number,
): { name: OptionName; values: string[]; taken: number } {
  const [word = "", inline] = splitAtEquals(words[at] ?? "");
  const name = OPTION_BY_WORD.get(word);
  if (name === undefined) throw unknownWord(word, at);
  const option: Option = OPTIONS[name];
  if (option.type === "boolean") {
    if (inline !== undefined)
      throw new UsageError(`${word} takes no value: write ${word} alone, or leave it out`);
    return { name, values: [], taken: 1 };
  }
  const before = inline === undefined ? [] : [inline];
  const wanted = option.pair === true ? 2 : 1;
  const end = option.takesRest === true ? restEnd(words, at + 1) : at + 1 + wanted - before.length;
  const after = words.slice(at + 1, end);
  const values = [...before, ...after];
  if (values.length < wanted || after.some(looksLikeOption))
    throw new UsageError(`${word} needs ${wanted === 2 ? "two values" : "a value"}: ${option.value}`);
  if (values.includes("")) throw new UsageError(`${word}: the value is empty`);
  return { name, values, taken: 1 + after.length };
}

/** Where the words end that are no options. */
function restEnd(words: readonly string[], from: number): number {
  const found = words.slice(from).findIndex(looksLikeOption);
  return found === -1 ? words.length : from + found;
}

/** It strips quotes from a value behind "=", and takes a separate one that begins with "-" for an option. */
function asMeowWants(word: string, value: string): readonly string[] {
  return looksLikeOption(value) ? [`${word}=${value}`] : [word, value];
}

function splitAtEquals(word: string): readonly [string, string?] {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  return at === -1 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function looksLikeOption(word: string): boolean {
  return word.startsWith("-") && word !== "-";
}

/** A path without its option is what users of other tools begin with. */
const HOW_TO_MAP =
  "s3-bsync --init --dir PATH s3://BUCKET/PREFIX ties a directory to a prefix; s3-bsync alone syncs all that are tied";

function unknownWord(word: string, at: number): UsageError {
  const positive = `--${word.slice("--no-".length)}`;
  if (word.startsWith("--no-") && OPTION_BY_WORD.has(positive)) {
    return new UsageError(`${word}: leave ${positive} out instead`);
  }
  const isOption = looksLikeOption(word);
  const guess = isOption
    ? nearest(word, [...OPTION_BY_WORD.keys()])
    : at === 0
      ? nearest(word, Object.keys(MODES))
      : undefined;
  const what = isOption ? `unknown option ${word}` : `unexpected argument ${JSON.stringify(word)}`;
  if (isMode(word)) return new UsageError(what, `the name of a mode comes first: s3-bsync ${word}`);
  if (!isOption && word.includes("/")) return new UsageError(what, HOW_TO_MAP);
  return new UsageError(guess === undefined ? what : `${what}; did you mean ${guess}?`);
}
