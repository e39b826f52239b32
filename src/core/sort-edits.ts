/** Edits as they come, given out in order: sorted in memory up to a number, and merged above it. */

import type { BaseEdit } from "../model/outcome.ts";
import type { NewSpool, Spool } from "../ports/spool.ts";
import { mergeSorted } from "./merge-sorted.ts";

const IN_MEMORY = 20_000;

export class EditSorter {
  readonly #newSpool: NewSpool;
  readonly #runs: Spool<BaseEdit>[] = [];
  #edits: BaseEdit[] = [];

  constructor(newSpool: NewSpool) {
    this.#newSpool = newSpool;
  }

  get isEmpty(): boolean {
    return this.#edits.length === 0 && this.#runs.length === 0;
  }

  add(edit: BaseEdit): void {
    this.#edits.push(edit);
    if (this.#edits.length >= IN_MEMORY) this.#runs.push(this.#spooled());
  }

  /** Ascending; of several edits of one key one comes out. May be read more than once. */
  *[Symbol.iterator](): Generator<BaseEdit, void, undefined> {
    const latest = this.#edits.toSorted(byKey);
    let previous: string | undefined;
    for (const edit of mergeSorted([latest, ...this.#runs])) {
      if (edit.key !== previous) yield edit;
      previous = edit.key;
    }
  }

  close(): void {
    for (const run of this.#runs) run.close();
    this.#edits = [];
  }

  #spooled(): Spool<BaseEdit> {
    const run = this.#newSpool<BaseEdit>();
    for (const edit of this.#edits.toSorted(byKey)) run.add(edit);
    this.#edits = [];
    return run;
  }
}

function byKey(a: BaseEdit, b: BaseEdit): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
