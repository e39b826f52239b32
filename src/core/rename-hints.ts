/** Which files may be the new names of objects that go: told by their sizes, before anything is hashed. */

import type { Action } from "../model/action.ts";
import type { Question } from "../model/question.ts";

/** Sizes that are remembered; of others no rename is seen, and they are transferred. */
const MAX_SIZES = 200_000;

export class RenameHints {
  readonly #gone = new Set<number>();
  readonly #created = new Set<number>();

  see(item: Action | Question): void {
    if (item.verb === "delete-remote") note(this.#gone, item.remote.size);
    if (item.verb === "upload" && item.rule === "R11") note(this.#created, item.local.size);
  }

  mayBeRenamed({ rule, local }: Extract<Action, { verb: "upload" }>): boolean {
    return rule === "R11" && this.#gone.has(local.size);
  }

  mayHaveNewName({ remote }: Extract<Action, { verb: "delete-remote" }>): boolean {
    return this.#created.has(remote.size);
  }
}

/** Nothing tells one empty file from another. */
function note(sizes: Set<number>, size: number): void {
  if (size > 0 && sizes.size < MAX_SIZES) sizes.add(size);
}
