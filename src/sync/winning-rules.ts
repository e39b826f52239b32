/** Walks by the ignore files that will win, whichever of them stand on disk now. Spec: spec/ignoring.md. */

import { PathError } from "../model/errors.ts";
import type { IgnoreTexts } from "../model/ignoring.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { Draft } from "./join.ts";
import { readIgnoreFiles, type Readings, type RuleOrder, type RulePorts } from "./read-rules.ts";

/** What came of a walk over all rows. */
export interface Walked extends Pick<Draft, "ignoreFiles" | "scanned" | "pruned"> {
  readonly items: { close(): void };
}

/**
 * The scan prunes by the ignore files on disk. If others will win and anything was pruned, the walk is started
 * over with those: nothing that was skipped may be read as absent.
 */
export async function byWinningRules<W extends Walked>(
  ports: RulePorts,
  order: RuleOrder,
  walk: (overrides: IgnoreTexts) => Promise<W>,
): Promise<{ readonly walked: W; readonly readings: Readings }> {
  let readings: Readings = new Map();
  let overrides: IgnoreTexts = new Map();
  for (;;) {
    const walked = await walk(overrides);
    readings = await readIgnoreFiles(ports, order, walked, readings);
    const winning = textsOf(readings);
    if (
      !walked.pruned ||
      [...winning].every(([directory, text]) => (walked.scanned.get(directory) ?? "") === text)
    ) {
      return { walked, readings };
    }
    walked.items.close();
    overrides = winning;
  }
}

/** "" stands for a file that will not be there. */
function textsOf(readings: Readings): IgnoreTexts {
  const texts = new Map<ObjectKey, string>();
  for (const [directory, reading] of readings) {
    if (!(reading instanceof PathError)) texts.set(directory, reading.now ?? "");
  }
  return texts;
}
