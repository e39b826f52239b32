/** When backups are removed: never by a run that made some, never by a clock that is wrong, never what is not ours. */

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type DoneRun, tidyBackups } from "../../../src/app/tidy-backups.ts";
import { DEFAULT_KEEPING } from "../../../src/core/expired-backups.ts";
import { reporterOf } from "../../../src/cli/listeners/listeners.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const FIRST_DAY = Date.UTC(2026, 0, 1, 12);

class Machine implements Disposable {
  readonly #temp: TempDir = tempDir("tidy");
  readonly folder = this.#temp.path;
  readonly backups = join(this.folder, "backups");
  /** Runs whose backups were told to be removed, or to be removed by a run to come. */
  readonly told: string[] = [];
  day = 0;

  /** A backup with one archive, made today. */
  keep(bytes = 1, hour = 0): string {
    const time = new Date(FIRST_DAY + this.day * DAY_MS + hour * 3_600_000).toISOString();
    const run = time.replace(/\.\d+Z$/, "Z").replaceAll(":", "-");
    mkdirSync(join(this.backups, run), { recursive: true });
    writeFileSync(join(this.backups, run, "0001.zip"), Buffer.alloc(bytes));
    return run;
  }

  async done(change: Partial<DoneRun> = {}): Promise<void> {
    const run = {
      folder: this.folder,
      keeping: DEFAULT_KEEPING,
      dryRun: false,
      saved: false,
      nowMs: FIRST_DAY + this.day * DAY_MS,
      clocksAheadMs: [0],
      ...change,
    };
    const listener = { expired: async (gone: string) => void this.told.push(gone) };
    await tidyBackups(run, reporterOf([listener], { wantsNotes: false }));
  }

  /** Days pass, a run on each. */
  async days(count: number, change: Partial<DoneRun> = {}): Promise<void> {
    for (let each = 0; each < count; each++) {
      this.day++;
      await this.done(change);
    }
  }

  runs(): readonly string[] {
    return readdirSync(this.backups).toSorted();
  }

  [Symbol.dispose](): void {
    this.#temp.remove();
  }
}

/** Twelve runs of one day, so that two of them may go. */
async function twelve(machine: Machine): Promise<readonly string[]> {
  const runs = Array.from({ length: 12 }, (_, hour) => machine.keep(1, hour));
  await machine.done({ saved: true });
  return runs;
}

test("S21: backups go after 30 days on which a run was done, but for those of the newest ten runs", async () => {
  using machine = new Machine();
  const runs = await twelve(machine);
  await machine.days(29);
  assert.deepEqual(machine.runs(), runs);
  await machine.days(1);
  assert.deepEqual(machine.runs(), runs.slice(2));
  assert.deepEqual(machine.told, runs.slice(0, 2));
  await machine.days(100);
  assert.deepEqual(machine.runs(), runs.slice(2));
});

test("S21: days on which no run was done do not count, nor do several runs of a day", async () => {
  using machine = new Machine();
  const runs = await twelve(machine);
  machine.day += 365;
  for (let each = 0; each < 40; each++) await machine.done();
  assert.deepEqual(machine.runs(), runs);
  await machine.days(29);
  assert.deepEqual(machine.runs(), runs.slice(2));
});

test("S22: a run that has kept something removes nothing", async () => {
  using machine = new Machine();
  const runs = await twelve(machine);
  await machine.days(40, { saved: true });
  assert.deepEqual(machine.runs(), runs);
  await machine.done();
  assert.deepEqual(machine.runs(), runs.slice(2));
});

test("S22: a run whose clock differs from a server's by more than a day neither counts nor removes", async () => {
  using machine = new Machine();
  const runs = await twelve(machine);
  for (const clocksAheadMs of [
    [],
    [undefined],
    [DAY_MS + 1],
    [-DAY_MS - 1],
    [0, 2 * DAY_MS],
    [0, undefined],
  ]) {
    await machine.days(40, { clocksAheadMs });
    assert.deepEqual(machine.runs(), runs);
  }
  await machine.done();
  assert.deepEqual(machine.runs(), runs, "those days did not count");
  await machine.days(29, { clocksAheadMs: [DAY_MS, -DAY_MS] });
  assert.deepEqual(machine.runs(), runs.slice(2));
});

test("S22: what a run with a clock of 1970 has kept is as young as it is", async () => {
  using machine = new Machine();
  machine.day = -20_000;
  const old = machine.keep();
  machine.day = 0;
  const runs = await twelve(machine);
  await machine.days(29);
  assert.deepEqual(machine.runs(), [old, ...runs]);
});

test("S21: a count that a clock far ahead has told goes on with the right day", async () => {
  using machine = new Machine();
  const runs = await twelve(machine);
  machine.day += 10_000;
  await machine.done();
  machine.day -= 10_000;
  await machine.done();
  await machine.days(28);
  assert.deepEqual(machine.runs(), runs);
  await machine.days(1);
  assert.deepEqual(machine.runs(), runs.slice(2));
});

test("S21: with a size, the oldest above it go, and the newest ten stay", async () => {
  using machine = new Machine();
  const runs: string[] = [];
  for (let each = 0; each < 14; each++) {
    runs.push(machine.keep(100));
    await machine.days(1, { saved: true });
  }
  await machine.done({ keeping: { days: 30, bytes: 1250 } });
  assert.deepEqual(machine.runs(), runs.slice(2));
  await machine.done({ keeping: { days: 30, bytes: 0 } });
  assert.deepEqual(machine.runs(), runs.slice(4));
});

test("S21, X11: a dry run tells what would go, and changes nothing", async () => {
  using machine = new Machine();
  const runs = await twelve(machine);
  await machine.days(29);
  machine.day++;
  const note = join(machine.folder, "backup-days.json");
  const before = readFileSync(note, "utf8");
  await machine.done({ dryRun: true });
  assert.deepEqual(machine.told, runs.slice(0, 2));
  assert.deepEqual(machine.runs(), runs);
  assert.equal(readFileSync(note, "utf8"), before);
});

test("S22: only what the program has put there goes: other files, folders and symlinks stay", async () => {
  using machine = new Machine();
  const runs = await twelve(machine);
  const [first = "", second = ""] = runs;
  writeFileSync(join(machine.backups, first, "0002.zip.new"), "what a killed run was writing");
  writeFileSync(join(machine.backups, second, "notes.txt"), "of the user");
  mkdirSync(join(machine.backups, "mine"));
  writeFileSync(join(machine.folder, "precious"), "");
  symlinkSync(machine.folder, join(machine.backups, "2020-01-01T00-00-00Z"));
  await machine.days(31);
  assert.ok(!existsSync(join(machine.backups, first)));
  assert.deepEqual(readdirSync(join(machine.backups, second)), ["notes.txt"]);
  assert.ok(existsSync(join(machine.backups, "mine")));
  assert.ok(existsSync(join(machine.folder, "precious")));
});

test("S21: where the days are lost or damaged, backups are young again", async () => {
  using machine = new Machine();
  const runs = await twelve(machine);
  await machine.days(29);
  writeFileSync(
    join(machine.folder, "backup-days.json"),
    '{"last": 1e99, "count": -1, "runs": [7, {"run": 3}]}',
  );
  await machine.days(29);
  assert.deepEqual(machine.runs(), runs);
});

test("a machine without backups makes no note", async () => {
  using machine = new Machine();
  await machine.days(2);
  assert.deepEqual(readdirSync(machine.folder), []);
});
