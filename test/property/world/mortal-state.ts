/** State, journal and backup as a process has them that can be killed. */

import type { DirectoryMap } from "../../../src/model/map.ts";
import type { ObjectKey } from "../../../src/model/object-key.ts";
import type { BaseEdit } from "../../../src/model/outcome.ts";
import type { MapMemory } from "../../../src/model/pair.ts";
import type { Journal, Leftover } from "../../../src/ports/journal.ts";
import type { Loser, LoserStore } from "../../../src/ports/loser-store.ts";
import type { StateStore } from "../../../src/ports/state-store.ts";
import type { MemoryStateStore } from "../../support/memory-state-store.ts";
import type { Life } from "./life.ts";

const NO_KEY = "" as ObjectKey;

export class MortalState implements StateStore {
  readonly #state: MemoryStateStore;
  readonly #life: Life;

  constructor(state: MemoryStateStore, life: Life) {
    this.#state = state;
    this.#life = life;
    state.before = (step, key) => life.pass(step, key);
  }

  snapshot() {
    return this.#state.snapshot();
  }

  memory() {
    return this.#state.memory();
  }

  record(map: DirectoryMap, edits: Iterable<BaseEdit>, memory: MapMemory): void {
    this.#state.record(map, edits, memory);
    this.#life.pass("record done", NO_KEY);
  }

  unchanged(map: DirectoryMap, memory: MapMemory): void {
    this.#state.unchanged(map, memory);
  }

  journal(): Journal {
    const journal = this.#state.journal();
    return {
      intend: (intent) => this.#life.through("intend done", intent.key, () => journal.intend(intent)),
      open: (key) => journal.open(key),
      settle: (key, edit) => journal.settle(key, edit),
    };
  }

  leftover(): Leftover | undefined {
    const leftover = this.#state.leftover();
    if (leftover === undefined) return undefined;
    return {
      state: leftover.state,
      entries: () => leftover.entries(),
      remove: () => {
        this.#life.pass("clear", NO_KEY);
        leftover.remove();
      },
    };
  }

  close(): void {
    this.#state.close();
  }
}

export class MortalLosers implements LoserStore {
  readonly #kept: { readonly loser: Loser; readonly text: string }[];
  readonly #life: Life;

  constructor(kept: { readonly loser: Loser; readonly text: string }[], life: Life) {
    this.#kept = kept;
    this.#life = life;
  }

  save(loser: Loser, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#life.through("save done", loser.key, async () => {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      this.#life.pass("save", loser.key);
      this.#kept.push({ loser, text: Buffer.concat(parts).toString() });
    });
  }
}
