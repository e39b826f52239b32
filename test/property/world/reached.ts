/** How often the interesting things really happened: a generator that never reaches them proves nothing. */

import assert from "node:assert/strict";
import type { Told } from "./machine.ts";

export class Reached {
  readonly #counts = new Map<string, number>();

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  run({ code, ended, result, cut }: Told, lie: string | undefined): void {
    this.count(code === undefined ? "killed" : `exit ${code}`);
    for (const { rule, verb, end } of ended) {
      this.count(rule);
      this.count(`${verb} ${end}`);
    }
    for (const { does } of cut) this.count(`cut ${does}`);
    if (lie !== undefined) this.count(lie);
    for (let n = result?.totals?.conflicts ?? 0; n > 0; n--) this.count("conflict");
  }

  /** @param least of each, at least */
  assertReached(whats: readonly string[], least: number): void {
    const missed = whats.filter((what) => (this.#counts.get(what) ?? 0) < least);
    assert.deepEqual(
      missed.map((what) => `${what}: ${this.#counts.get(what) ?? 0}`),
      [],
      "not reached",
    );
  }

  toString(): string {
    return [...this.#counts]
      .toSorted()
      .map(([what, n]) => `${what}: ${n}`)
      .join("\n");
  }
}
