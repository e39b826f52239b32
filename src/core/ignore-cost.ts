/** What a pattern of an ignore file costs at worst: a file that anybody may have written must not stop a run. */

/** Of all patterns that hold in a directory together: above what any honest tree has. */
export const MAX_IGNORE_COST = 2_000_000;

/** More than any key has, even with every character escaped. */
const MAX_PATTERN_BYTES = 4096;

/** Of a pattern that is compared without going back. */
const PLAIN = 200;
/** Of a name: the most that there are. A key has room for four of them. */
const NAME_BYTES = 255;
const LONG_NAMES = 4;
/** Of a `**` in the middle, at a key of as many names as there can be: measured. */
const DEPTHS = 300;

/** Stars of a name at which the matcher has a choice: not those that one plain character tells apart. */
const STARS = /\*+(?![^*?[\]\\]\*)/g;
const ANY_DEPTH = /^\*{2,}$/;

/**
 * In steps of a matcher that tries every way: each star in a name but the last may end at any byte of it, and
 * each `**` before the last name at any name; one at the start alone costs nothing.
 */
export function ignoreCost(pattern: string): number {
  if (pattern.length > MAX_PATTERN_BYTES) return Infinity;
  const names = pattern.replace(/^!?\/?/, "").split("/");
  const inner = names.slice(1, -1).filter((name) => ANY_DEPTH.test(name)).length;
  const depths = inner > 0 && ANY_DEPTH.test(names[0] ?? "") ? inner + 1 : inner;
  const stars = names.filter((name) => !ANY_DEPTH.test(name)).map((name) => name.match(STARS)?.length ?? 0);
  const inLongNames = stars.reduce((ways, count) => ways * choices(count - 1), LONG_NAMES ** depths);
  return PLAIN + inLongNames + DEPTHS ** depths;
}

/** In how many ways so many ends can lie in a name. */
function choices(count: number): number {
  let ways = 1;
  for (let i = 0; i < count; i++) ways *= (NAME_BYTES - i) / (i + 1);
  return ways;
}
