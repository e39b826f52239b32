/** The names that the command line chooses. */

import type { NameChoice } from "../../model/choice.ts";
import { UsageError } from "../../model/errors.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { Engine } from "../context.ts";
import type { Flags } from "../options/options.ts";

/** Loads the matcher only where there is a pattern. @returns undefined: all names. @throws {UsageError} */
export async function chosenNames(
  { only, exclude }: Pick<Flags, "only" | "exclude">,
  engine: Pick<Engine, "maps">,
): Promise<NameChoice | undefined> {
  if (only.length + exclude.length === 0) return undefined;
  for (const text of only) checkNoPath("--only", text, engine);
  for (const text of exclude) checkNoPath("--exclude", text, engine);
  const { nameChoice } = await import("../../core/name-choice.ts");
  return nameChoice({ only, exclude });
}

/** A shell makes `~/notes/todo.txt` an absolute path, which as a pattern would match nothing. */
function checkNoPath(option: string, text: string, engine: Pick<Engine, "maps">): void {
  if (!text.startsWith("/")) return;
  const map = engine.maps()?.find(({ root }) => `${text}/`.startsWith(`${root}/`));
  if (map === undefined) return;
  const name = text.slice(map.root.length);
  throw new UsageError(
    `${option} ${text}: patterns begin at the directory of the map`,
    name.length > 1 ? `write ${option} ${shellWord(name)}` : `leave it out, or write ${option} NAME`,
  );
}
