/** The names that the command line chooses. */

import type { NameChoice } from "../../model/choice.ts";
import type { Flags } from "../options/options.ts";

/** Loads the matcher only where there is a pattern. @returns undefined: all names. @throws {UsageError} */
export async function chosenNames({
  only,
  exclude,
}: Pick<Flags, "only" | "exclude">): Promise<NameChoice | undefined> {
  if (only.length + exclude.length === 0) return undefined;
  const { nameChoice } = await import("../../core/name-choice.ts");
  return nameChoice({ only, exclude });
}
