/** When a watching process runs next, and why. It is told what happens and what time it is. Spec: spec/unattended.md. */

import { ExitCode } from "../model/exit-code.ts";

/** `changed`: something changed in a directory. `locked`: another run held the lock. `retry`: the last run failed. */
export type Why = "start" | "changed" | "poll" | "locked" | "retry";

export interface Due {
  readonly atMs: number;
  readonly why: Why;
}

export interface PaceSettings {
  /** For so long nothing may change before a run. */
  readonly settleMs: number;
  /** Between the end of a run and the next look at S3. */
  readonly pollMs: number;
}

/** Where changes never cease, a run waits no longer than so many times the settle time. */
const MOST_SETTLES = 15;
/** What a run has written may be heard of so long after its end. */
const ECHO_MS = 1_000;
const LOCKED_MS = 2_000;
const RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;

export class WatchPace {
  readonly #settings: PaceSettings;
  #planned: Due;
  /** No change makes a run begin before that. */
  #notBeforeMs = 0;
  #failures = 0;
  #changes: { readonly firstMs: number; readonly lastMs: number } | undefined;
  /** All of them may be what a run has written itself. */
  #changesMayBeOurs = false;
  #run = { isUnderWay: false, isForOurs: false, wroteHere: false, endedMs: -Infinity };

  constructor(settings: PaceSettings, nowMs: number) {
    this.#settings = settings;
    this.#planned = { atMs: nowMs, why: "start" };
  }

  get due(): Due {
    if (this.#changes === undefined) return this.#planned;
    const { settleMs } = this.#settings;
    const { firstMs, lastMs } = this.#changes;
    const settledMs = Math.min(lastMs + settleMs, firstMs + MOST_SETTLES * settleMs);
    const atMs = Math.max(settledMs, this.#notBeforeMs);
    return atMs < this.#planned.atMs ? { atMs, why: "changed" } : this.#planned;
  }

  /** Until the next run. 0, too, where the clock was set back: no wait is ever as long as that one would be. */
  waitMs(nowMs: number): number {
    const ms = this.due.atMs - nowMs;
    return ms > 1.1 * this.#longestMs ? 0 : Math.max(ms, 0);
  }

  /** Something changed in a directory; nobody knows who did it. */
  changed(nowMs: number): void {
    const { isUnderWay, wroteHere, endedMs } = this.#run;
    if (!isUnderWay) {
      const mayBeOurs = wroteHere && nowMs - endedMs < ECHO_MS;
      if (mayBeOurs && !this.#hearsItself) return;
      this.#changesMayBeOurs = mayBeOurs && (this.#changes === undefined || this.#changesMayBeOurs);
    }
    this.#changes = { firstMs: this.#changes?.firstMs ?? nowMs, lastMs: nowMs };
  }

  /** What has changed before is seen by this run. */
  began({ why }: Due): void {
    const isForOurs = why === "changed" && this.#changesMayBeOurs;
    this.#run = { ...this.#run, isUnderWay: true, isForOurs };
    this.#changes = undefined;
  }

  /**
   * @param wroteHere whether it tried to change anything in a directory
   * @param random from 0 to 1: watching machines shall not ask all at once
   */
  ended(nowMs: number, code: ExitCode, { wroteHere, random }: { wroteHere: boolean; random: number }): void {
    this.#run = { ...this.#run, isUnderWay: false, wroteHere, endedMs: nowMs };
    if (!this.#hearsItself) this.#changes = undefined;
    this.#changesMayBeOurs = wroteHere;
    const failed = code === ExitCode.failed || code === ExitCode.guarded;
    this.#failures = failed ? this.#failures + 1 : 0;
    const why = code === ExitCode.locked ? "locked" : failed ? "retry" : "poll";
    const atMs = nowMs + this.#waitMs(why) * (0.9 + 0.2 * random);
    this.#planned = { atMs, why };
    this.#notBeforeMs = failed ? atMs : 0;
  }

  #waitMs(why: "locked" | "retry" | "poll"): number {
    if (why === "locked") return LOCKED_MS;
    if (why === "poll") return this.#settings.pollMs;
    return Math.min(RETRY_MS * 2 ** (this.#failures - 1), this.#longestMs);
  }

  get #longestMs(): number {
    return Math.max(LONGEST_RETRY_MS, this.#settings.pollMs);
  }

  /** A run that was for what may have been our own writing, and wrote again, is not followed by a third. */
  get #hearsItself(): boolean {
    return !(this.#run.isForOurs && this.#run.wroteHere);
  }
}
