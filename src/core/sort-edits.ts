/** Edits as they come, given out in order: sorted in memory up to a number, and merged above it. */

import type { ObjectKey } from "../model/object-key.ts";
import type { BaseEdit } from "../model/outcome.ts";
import type { NewSpool, Spool } from "../ports/spool.ts";
import { mergeSorted } from "./merge-sorted.ts";

const IN_MEMORY = 20_000;

/** Ascends. Each one costs memory while they are merged. */
interface Run {
  readonly edits: Spool<BaseEdit>;
  last: ObjectKey;
}

export class EditSorter {
  readonly #newSpool: NewSpool;
  readonly #runs: Run[] = [];
  #edits: BaseEdit[] = [];

  constructor(newSpool: NewSpool) {
    this.#newSpool = newSpool;
  }

  get isEmpty(): boolean {
    return this.#edits.length === 0 && this.#runs.length === 0;
  }

  add(edit: BaseEdit): void {
    this.#edits.push(edit);
    if (this.#edits.length >= IN_MEMORY) this.#spool();
  }

  /** Ascending; of several edits of one key one comes out. May be read more than once. */
  *[Symbol.iterator](): Generator<BaseEdit, void, undefined> {
    const latest = this.#edits.toSorted(byKey);
    const runs = this.#runs.map(({ edits }) => edits);
    let previous: string | undefined;
    for (const edit of mergeSorted([latest, ...runs])) {
      if (edit.key !== previous) yield edit;
      previous = edit.key;
    }
  }

  close(): void {
    for (const { edits } of this.#runs) edits.close();
    this.#edits = [];
  }

  /** What a walk does comes in key order: all of it is one run, however long. */
  #spool(): void {
    const sorted = this.#edits.toSorted(byKey);
    this.#edits = [];
    const [first, last] = [sorted[0], sorted.at(-1)];
    if (first === undefined || last === undefined) return;
    let run = this.#runs.at(-1);
    if (run === undefined || first.key <= run.last) {
      run = { edits: this.#newSpool(), last: last.key };
      this.#runs.push(run);
    }
    for (const edit of sorted) run.edits.add(edit);
    run.last = last.key;
  }
}

function byKey(a: BaseEdit, b: BaseEdit): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
