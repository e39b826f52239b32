/** Names that a directory cannot hold side by side: `x` beside `x/y`, and twins where names fold. */

import type { ObjectKey } from "../model/object-key.ts";
import { keyText } from "../model/object-key.ts";

/** What a path will be on the local side after the plan. */
export type Fate =
  | "holds" // something is there and stays
  | "arrives"
  | "goes"
  | "none";

/**
 * Judges what the local side would hold *after* the plan: a name that goes and a name that comes do not
 * clash. Of two that arrive, the first in key order comes; against one that is there, neither does.
 * Fed with every row in key order; memory grows with the clashes only (on a folding file system also with
 * the names that arrive and go).
 */
export class NameClashes {
  readonly #folds: boolean;
  /** Each is a prefix of the next: the names that may turn out to be a directory of a name to come. */
  readonly #open: { readonly key: ObjectKey; readonly fate: Fate }[] = [];
  readonly #struck = new Map<ObjectKey, ObjectKey>();
  readonly #arriving = new Map<string, ObjectKey>();
  readonly #going = new Set<string>();

  constructor(folds: boolean) {
    this.#folds = folds;
  }

  see(key: ObjectKey, fate: Fate): void {
    while (this.#open.length > 0 && !key.startsWith(this.#open.at(-1)?.key ?? "")) this.#open.pop();
    if (fate === "goes" && this.#folds) this.#going.add(fold(key));
    if (fate === "goes" || fate === "none") return;
    for (const above of this.#open) {
      if (key[above.key.length] !== "/") continue;
      if (fate === "arrives") this.#struck.set(key, above.key);
      else if (above.fate === "arrives") this.#struck.set(above.key, key);
    }
    if (fate === "arrives" && this.#folds) {
      const folded = fold(key);
      const twin = this.#arriving.get(folded);
      if (twin === undefined) this.#arriving.set(folded, key);
      else this.#struck.set(key, twin);
    }
    this.#open.push({ key, fate });
  }

  /** @returns the name because of which this one cannot come */
  clashOf(key: ObjectKey): ObjectKey | undefined {
    return this.#struck.get(key);
  }

  /** Whether a twin of this name, of another case or Unicode form, goes in this plan. */
  twinGoes(key: ObjectKey): boolean {
    return this.#going.has(fold(key));
  }
}

/** What two names have in common that are one file where names fold. */
export function fold(key: ObjectKey): string {
  return keyText(key).normalize("NFC").toLowerCase();
}
