/**
 * How old each run's backups are, in days on which a run was done, in `SYNCFILE.d/backup-days.json`. A machine
 * that was off, or could not sync, loses no backups meanwhile, and no clock that went wrong ages them.
 */

import { join } from "node:path";
import { countOf, listOf, readJson, textOf, writeJson } from "./json-file.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

export class BackupDays {
  readonly #path: string;
  /** The last day that was counted, in days since 1970. */
  #last: number;
  #count: number;
  /** The count when a run's backups were first seen. */
  readonly #seen: Map<string, number>;

  /** A file that is damaged or lost makes all backups young again. @param folder the companion folder */
  constructor(folder: string) {
    this.#path = join(folder, "backup-days.json");
    const json = readJson(this.#path);
    this.#last = countOf(json, "last") ?? 0;
    this.#count = countOf(json, "count") ?? 0;
    this.#seen = new Map();
    for (const entry of listOf(json, "runs")) {
      const run = textOf(entry, "run");
      const since = countOf(entry, "since");
      if (run !== undefined && since !== undefined) this.#seen.set(run, Math.min(since, this.#count));
    }
  }

  /** A run was done at this time, in ms since 1970; several in one day count once. */
  done(atMs: number): void {
    const day = Math.floor(atMs / DAY_MS);
    if (day > this.#last) this.#count++;
    // A day that lies ahead was told by a clock that was wrong, and must not hold up the count.
    if (day > this.#last || day < this.#last - 1) this.#last = day;
  }

  /** Days that were counted since its backups were first seen, which may be now. */
  ageOf(run: string): number {
    const since = this.#seen.get(run) ?? this.#count;
    this.#seen.set(run, since);
    return this.#count - since;
  }

  /** @param runs all whose backups are there */
  save(runs: readonly string[]): void {
    writeJson(this.#path, {
      last: this.#last,
      count: this.#count,
      runs: runs.map((run) => ({ run, since: this.#count - this.ageOf(run) })),
    });
  }
}
