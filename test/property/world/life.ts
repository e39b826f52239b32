/** One run as a process: it passes points at which it can be killed, fail or meet others. */

import { ExitCode } from "../../../src/model/exit-code.ts";
import { BsyncError, PathError } from "../../../src/model/errors.ts";
import type { ObjectKey } from "../../../src/model/object-key.ts";
import type { Edit } from "./edit.ts";
import { type Fault, isPossible, Killed, type Point } from "./fault.ts";

export interface Surroundings {
  readonly edit: (edit: Edit) => void;
  readonly meet: () => Promise<void>;
  /** Told of every fault that really fires. */
  readonly fired: (fault: Fault, point: Point, key: ObjectKey) => void;
}

export class Life {
  readonly #around: Surroundings;
  readonly #pending: Fault[];
  readonly #counts = new Map<Point | "any", number>();
  readonly #abort = new AbortController();
  #die = (): void => {};
  dead = false;
  readonly died = new Promise<"killed">((resolve) => (this.#die = () => resolve("killed")));

  constructor(faults: readonly Fault[], around: Surroundings) {
    this.#pending = [...faults];
    this.#around = around;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** @throws {Killed} @throws {PathError} @throws {BsyncError} as the faults want it */
  pass(point: Point, key: ObjectKey): void {
    if (this.dead) throw new Killed();
    const all = this.#tally("any");
    const same = this.#tally(point);
    if (this.#pending.length === 0) return;
    for (const fault of this.#pending.slice()) {
      const due = fault.at === "any" ? all >= fault.nth : fault.at === point && same >= fault.nth;
      if (!due || !isPossible(fault, point)) continue;
      this.#pending.splice(this.#pending.indexOf(fault), 1);
      this.#around.fired(fault, point, key);
      this.#do(fault);
    }
  }

  /** Before a step that takes time. Never settles for a process that is dead. */
  async pause(): Promise<void> {
    const all = this.#counts.get("any") ?? 0;
    for (const fault of this.#pending.slice()) {
      if (fault.does !== "meet" || all < fault.nth) continue;
      this.#pending.splice(this.#pending.indexOf(fault), 1);
      this.#around.fired(fault, "head", "" as ObjectKey);
      await this.#around.meet();
    }
    if (this.dead) await NEVER;
  }

  /** An asynchronous step of the process, with the point after its effect. */
  async through<T>(point: Point | undefined, key: ObjectKey, step: () => Promise<T>): Promise<T> {
    await this.pause();
    try {
      const result = await step();
      if (point !== undefined) this.pass(point, key);
      if (!this.dead) return result;
    } catch (error) {
      if (!this.dead) throw error;
    }
    return NEVER;
  }

  #do(fault: Fault): void {
    switch (fault.does) {
      case "kill":
        this.dead = true;
        this.#die();
        throw new Killed();
      case "fail":
        throw new PathError("as the test wants it");
      case "end":
        throw new BsyncError("as the test wants it");
      case "signal":
        this.#abort.abort(ExitCode.terminated);
        return;
      case "edit":
        this.#around.edit(fault.edit);
        return;
      case "meet":
        throw new Error("needs time");
    }
  }

  #tally(point: Point | "any"): number {
    const count = this.#counts.get(point) ?? 0;
    this.#counts.set(point, count + 1);
    return count;
  }
}

const NEVER = new Promise<never>(() => {});
