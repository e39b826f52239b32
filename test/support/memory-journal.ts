/** Journal in memory: what is durable, and what a kill may still take. */

import type { Intent } from "../../src/model/intent.ts";
import type { ObjectKey } from "../../src/model/object-key.ts";
import type { BaseEdit } from "../../src/model/outcome.ts";
import type { Journal, JournalEntry } from "../../src/ports/journal.ts";

export type JournalStep = "intend" | "settle";

export class MemoryJournal implements Journal {
  /** In the order of writing. */
  readonly durable: JournalEntry[] = [];
  readonly #before: (step: JournalStep, key: ObjectKey) => void;
  readonly #open = new Map<ObjectKey, Intent>();
  #tail: JournalEntry[] = [];
  #ended = false;

  constructor(before: (step: JournalStep, key: ObjectKey) => void) {
    this.#before = before;
  }

  async intend(intent: Intent): Promise<void> {
    this.#before("intend", intent.key);
    this.#add({ intent });
    this.#open.set(intent.key, intent);
    await Promise.resolve();
    this.#checkOpen();
    this.#flush();
  }

  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  open(key: ObjectKey): Intent | undefined {
    return this.#open.get(key);
  }

  settle(key: ObjectKey, edit: BaseEdit | undefined): void {
    if (!this.#open.has(key)) return;
    this.#before("settle", key);
    this.#add({ settled: key, edit });
    this.#open.delete(key);
  }

  /** Nothing more goes into it. @param keepsTail whether what was not promised became durable all the same */
  end(keepsTail: boolean): readonly JournalEntry[] {
    if (keepsTail) this.#flush();
    this.#ended = true;
    return this.durable;
  }

  /** A copy, as the real one keeps. */
  #add(entry: JournalEntry): void {
    this.#checkOpen();
    this.#tail.push(structuredClone(entry));
  }

  #checkOpen(): void {
    if (this.#ended) throw new Error("the journal has ended");
  }

  #flush(): void {
    this.durable.push(...this.#tail);
    this.#tail = [];
  }
}
