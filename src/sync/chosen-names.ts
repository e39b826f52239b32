/** Whether ignore files are left where they are in a run that leaves names out. Rule CH6. */

import type { NameChoice } from "../model/choice.ts";
import { isUntracked } from "../model/decision.ts";
import { isIgnoreFile } from "../model/object-key.ts";
import type { Draft } from "./join.ts";
import type { Rules } from "./read-rules.ts";

/**
 * The run that brings new rules is the one that spares what they match. Where it leaves such a name out, the rules
 * wait for a run that has it, or their change would read as a deletion there.
 */
export function chosenNames(
  names: NameChoice | undefined,
  { items }: Pick<Draft, "items">,
  { changedFor }: Pick<Rules, "changedFor">,
): NameChoice | undefined {
  if (names === undefined) return undefined;
  for (const { key, rule } of items) {
    if (!isUntracked(rule) && !names(key) && !isIgnoreFile(key) && changedFor(key))
      return (name) => names(name) && !isIgnoreFile(name);
  }
  return names;
}
