/** Gives everybody a seat: one that is kept, or a fresh one for each turn. */

import { rmSync } from "node:fs";
import { type Contender, first, initOf } from "./contenders.ts";
import { type Command, measured } from "./measured.ts";
import { type Seat, seatAt } from "./seat.ts";
import type { Stage } from "./stage.ts";
import { makeTree } from "./tree.ts";
import type { Workload } from "./workloads.ts";

/** In bytes. */
const LARGE = 16 * 1024 * 1024;

interface Kept {
  seat: Seat;
  turns: number;
}

export class Seats {
  readonly #stage: Stage;
  readonly #workload: Workload;
  /** Of the workload. */
  readonly #prefix: string;
  readonly #kept = new Map<Contender, Kept>();
  #tree: string | undefined;

  constructor(stage: Stage, workload: Workload, prefix: string) {
    this.#stage = stage;
    this.#workload = workload;
    this.#prefix = prefix;
  }

  /** Puts the objects there that are to be there before anybody begins. */
  async fill(endpoint: string): Promise<void> {
    if (this.#workload.isFilled !== true) return;
    const seat = this.#newSeat(this.#filledTree(), this.#prefix, endpoint);
    await this.#run(seat, initOf(seat));
    await this.#run(seat, first.run(seat));
  }

  /** Whoever keeps a seat sits down, or is told that its endpoint is another one. */
  async prepare(contender: Contender, endpoint: string): Promise<void> {
    if (this.#isFresh()) return;
    const kept = this.#kept.get(contender);
    if (kept === undefined) {
      const { tree, prefix } = this.#workload;
      const seat = this.#newSeat(
        tree === "shared"
          ? this.#filledTree()
          : tree === "own"
            ? this.#newTree()
            : this.#stage.folder("tree"),
        prefix === "own" ? this.#stage.prefix("own") : this.#prefix,
        endpoint,
      );
      await contender.sitDown?.(seat, (command) => this.#run(seat, command));
      this.#kept.set(contender, { seat, turns: 0 });
    } else if (kept.seat.endpoint !== endpoint) {
      const seat = seatAt({ ...kept.seat, endpoint }, this.#stage.server);
      kept.seat = seat;
      await contender.moved?.(seat, (command) => this.#run(seat, command));
    }
  }

  /** For one turn, for which everything is ready. */
  async take(contender: Contender, endpoint: string): Promise<Seat> {
    const { tree, prefix, change } = this.#workload;
    const kept = this.#kept.get(contender);
    if (kept !== undefined) {
      await change?.(kept.seat, { client: this.#stage.client, turn: kept.turns++ });
      return kept.seat;
    }
    const seat = this.#newSeat(
      tree === "fresh" ? this.#stage.folder("tree") : this.#filledTree(),
      prefix === "fresh" ? this.#stage.prefix("fresh") : this.#prefix,
      endpoint,
    );
    await contender.sitDown?.(seat, (command) => this.#run(seat, command));
    return seat;
  }

  /** Large files are not kept until the end: no disk would hold those of all turns. */
  async leave(seat: Seat): Promise<void> {
    if (seat.shape.bytes < LARGE) return;
    const { tree, prefix } = this.#workload;
    if (tree === "fresh") rmSync(seat.tree, { recursive: true });
    if (prefix === "fresh") await this.#stage.removeObjects(`${seat.prefix}/`);
  }

  #isFresh(): boolean {
    return this.#workload.tree === "fresh" || this.#workload.prefix === "fresh";
  }

  #filledTree(): string {
    this.#tree ??= this.#newTree();
    return this.#tree;
  }

  #newTree(): string {
    const tree = this.#stage.folder("tree");
    makeTree(tree, this.#shape);
    return tree;
  }

  #newSeat(tree: string, prefix: string, endpoint: string): Seat {
    const home = this.#stage.folder("home");
    const { bucket, server } = this.#stage;
    return seatAt({ tree, home, prefix, endpoint, bucket, shape: this.#shape }, server);
  }

  get #shape() {
    return this.#workload.shapes[this.#stage.options.scale];
  }

  async #run(seat: Seat, command: Command): Promise<void> {
    await measured(this.#stage.started(command, seat.env));
  }
}
