/** Which files may be the new names of objects that go: told by their sizes, before anything is hashed. */

import type { Action } from "../model/action.ts";
import type { Question } from "../model/question.ts";

/** Sizes that are remembered; of others no rename is seen, and they are transferred. */
const MAX_SIZES = 200_000;

export class RenameHints {
  readonly #gone = new Set<number>();
  readonly #created = new Set<number>();
  #filesGo = false;

  see(item: Action | Question): void {
    if (item.verb === "delete-remote") note(this.#gone, item.size);
    if (item.verb === "upload" && item.rule === "R11") note(this.#created, item.local.size);
    this.#filesGo ||= item.rule === "R3";
  }

  /** Whether a name that is no part of the run may be what one that is was renamed to. */
  mayBeNewName(item: Action | Question): boolean {
    if (item.verb === "upload") return this.mayBeRenamed(item);
    return item.verb === "download" && this.mayHaveOldName(item);
  }

  mayBeRenamed({ rule, local }: Extract<Action, { verb: "upload" }>): boolean {
    return rule === "R11" && this.#gone.has(local.size);
  }

  mayHaveNewName({ size }: Extract<Action, { verb: "delete-remote" }>): boolean {
    return this.#created.has(size);
  }

  /** The size of what is in an envelope is not listed. */
  mayHaveOldName({ rule }: Extract<Action, { verb: "download" }>): boolean {
    return rule === "R10" && this.#filesGo;
  }
}

/** Nothing tells one empty file from another. */
function note(sizes: Set<number>, size: number): void {
  if (size > 0 && sizes.size < MAX_SIZES) sizes.add(size);
}
