/** What .s3syncignore files say of untracked names, on both sides. The rules are written out in spec/ignoring.md. */

import ignore, { type Ignore } from "ignore";
import type { IgnoreTexts } from "../model/ignoring.ts";
import { directoryOf, type ObjectKey } from "../model/object-key.ts";
import { ignoreCost, MAX_IGNORE_COST } from "./ignore-cost.ts";
import { ignorePatterns } from "./ignore-patterns.ts";

/**
 * All ignore files that count, as git would apply them. Immutable.
 *
 * Every directory with an ignore file has one matcher: the patterns of the directories above it, then
 * its own, all written as seen from the top. So the nearest matcher knows everything about a key, and a
 * later (deeper) pattern overrules an earlier one, but never what an ignored directory hides.
 */
export class IgnoreRules {
  /** Directories whose own patterns do not count: to match them could take for ever. */
  readonly refused = new Set<ObjectKey>();
  #matchers: ReadonlyMap<string, Matcher>;

  /** @param options not recursive: only the file at the top counts */
  constructor(texts: IgnoreTexts, { recursive }: { readonly recursive: boolean }) {
    const matchers = new Map<string, Matcher>();
    for (const dir of [...texts.keys()].toSorted()) {
      if (!recursive && dir !== "") continue;
      if (!addMatcher(matchers, dir, texts.get(dir) ?? "")) this.refused.add(dir);
    }
    this.#matchers = matchers;
  }

  get empty(): boolean {
    return this.#matchers.size === 0;
  }

  /** These rules and those of one more file. @param dir "" or ending in "/"; no rules below it are there yet */
  with(dir: ObjectKey, text: string): IgnoreRules {
    const more = new IgnoreRules(new Map(), { recursive: true });
    const matchers = new Map(this.#matchers);
    if (!addMatcher(matchers, dir, text)) more.refused.add(dir);
    more.#matchers = matchers;
    return more;
  }

  /** Whether an untracked file of this name, or a directory above it, is ignored. */
  ignores(key: ObjectKey): boolean {
    return !this.empty && this.#test(key, directoryOf(key));
  }

  /** @param dir ending in "/" */
  ignoresDirectory(dir: ObjectKey): boolean {
    return !this.empty && this.#test(dir, directoryOf(dir.slice(0, -1)));
  }

  #test(key: ObjectKey, parent: string): boolean {
    if (!ignore.isPathValid(key)) return false; // a key that cannot be a file, such as `../a`
    return nearest(this.#matchers, parent)?.ignores(key) ?? false;
  }
}

const MAX_REMEMBERED = 4096;

/** Patterns in order, the last that matches decides. Patterns and keys are byte strings: git, too, matches bytes. */
class Matcher {
  /** Of all its patterns, those from above included. */
  readonly cost: number;
  #patterns: Ignore;
  #asked = 0;

  constructor(above: Matcher | undefined, patterns: readonly string[], cost: number) {
    this.cost = cost;
    this.#patterns = ignore({ ignorecase: false });
    if (above !== undefined) this.#patterns.add(above.#patterns);
    this.#patterns.add(patterns);
  }

  ignores(key: string): boolean {
    // The package remembers every key it was ever asked about; a fresh instance shares the compiled patterns.
    if (++this.#asked > MAX_REMEMBERED) {
      this.#patterns = ignore({ ignorecase: false }).add(this.#patterns);
      this.#asked = 0;
    }
    return this.#patterns.ignores(key);
  }
}

/** @returns false: the patterns would cost too much, and are left out */
function addMatcher(matchers: Map<string, Matcher>, dir: string, text: string): boolean {
  const patterns = ignorePatterns(text, dir);
  if (patterns.length === 0) return true;
  const above = nearest(matchers, dir);
  const cost = patterns.reduce((sum, pattern) => sum + ignoreCost(pattern), above?.cost ?? 0);
  if (cost > MAX_IGNORE_COST) return false;
  matchers.set(dir, new Matcher(above, patterns, cost));
  return true;
}

function nearest(matchers: ReadonlyMap<string, Matcher>, dir: string): Matcher | undefined {
  for (let at = dir; ; at = directoryOf(at.slice(0, -1))) {
    const matcher = matchers.get(at);
    if (matcher !== undefined || at === "") return matcher;
  }
}
