/** Which word was meant. */

/** @returns the only candidate that begins so, else the one with the fewest letters inserted, dropped or replaced; undefined: all differ by more than half */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const letters = lettersOf(word);
  const begun = [...candidates].filter((candidate) => lettersOf(candidate).startsWith(letters));
  if (letters.length > 1 && begun.length === 1) return begun[0];
  let best: string | undefined;
  let least = Math.floor(letters.length / 2) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(letters, lettersOf(candidate));
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

/** Dashes and case are what people get wrong most: they count for nothing. */
function lettersOf(word: string): string {
  return word.replaceAll("-", "").toLowerCase();
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
