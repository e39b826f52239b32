/** A file of results in its parts: all workloads take hours, so that some of them can be played again alone. */

export const GOALS_TITLE = "Goals";
export const LEFT_OUT_TITLE = "What the peers leave out";

export interface Results {
  /** Where and with what it was measured. */
  readonly head: string;
  /** Lines of a table; each begins with the id of its workload. */
  readonly goals: readonly string[];
  /** Without `## `; each begins with the id of its workload. */
  readonly sections: readonly string[];
  /** Lines of a list. */
  readonly leftOut: readonly string[];
}

/** What stands in such a file. */
export function resultsIn(text: string): Results {
  const [head = "", ...blocks] = text.trimEnd().split("\n\n## ");
  const linesOf = (title: string, isOne: RegExp): readonly string[] =>
    (blocks.find((block) => block.startsWith(`${title}\n`)) ?? "")
      .split("\n")
      .filter((line) => isOne.test(line));
  return {
    head,
    goals: linesOf(GOALS_TITLE, /^\| [WM]\d/),
    sections: blocks.filter((block) => idOf(block) !== undefined),
    leftOut: linesOf(LEFT_OUT_TITLE, /^- /),
  };
}

/**
 * @param ids of all workloads, in their order
 * @returns the new ones, and of the old ones those whose workloads were not played again, if all else was the same
 */
export function merged(old: Results, now: Results, ids: readonly string[]): Results {
  if (old.head !== now.head) return now;
  const again = new Set(now.sections.map(idOf));
  const placeOf = (text: string): number => ids.indexOf(idOf(text) ?? "");
  const both = (kept: readonly string[], made: readonly string[]): readonly string[] =>
    [...kept.filter((text) => !again.has(idOf(text))), ...made].toSorted((a, b) => placeOf(a) - placeOf(b));
  return {
    head: now.head,
    goals: both(old.goals, now.goals),
    sections: both(old.sections, now.sections),
    leftOut: [...new Set([...old.leftOut, ...now.leftOut])].toSorted(),
  };
}

function idOf(text: string): string | undefined {
  return /^(?:\| )?([WM]\d[\w-]*)/.exec(text)?.[1];
}
