/** What s3-bsync wants to reach, each as a bound that one run of the benchmark can show to be missed. */

import type { Figures } from "./measured.ts";
import type { Round, Row } from "./play.ts";

type Measure = "wallS" | "cpuS" | "peakMb";

interface Goal {
  readonly workload: string;
  readonly isLate?: true;
  /** Of s3-bsync, which is the first row of its workload, unless another one is named. */
  readonly of?: string;
  readonly measure: Measure;
  /** Ratio to the median of this row; without it, the bound is absolute. */
  readonly against?: string;
  readonly most: number;
}

const CHEAPEST = "rclone sync, cheapest";
const BISYNC = "rclone bisync, 64";
const NO_HEAD = "rclone sync, 64, no head";

function ratio(workload: string, against: string, most: number, late?: number): readonly Goal[] {
  const goal = { workload, measure: "wallS", against } as const;
  return [{ ...goal, most }, ...(late === undefined ? [] : [{ ...goal, isLate: true, most: late } as const])];
}

export const GOALS: readonly Goal[] = [
  ...ratio("W1", NO_HEAD, 0.8),
  ...ratio("W1", "s5cmd sync", 1),
  ...ratio("W1", "aws s3 sync", 0.15),
  { workload: "W2", isLate: true, measure: "wallS", against: NO_HEAD, most: 0.5 },
  { workload: "W2", isLate: true, measure: "wallS", against: "s5cmd sync", most: 1 },
  { workload: "W2", isLate: true, measure: "wallS", against: "aws s3 sync", most: 0.1 },
  ...ratio("W3", CHEAPEST, 1.6, 0.8),
  ...ratio("W3", BISYNC, 0.3, 0.06),
  ...ratio("W3", "s5cmd sync", 1, 1),
  ...ratio("W3", "aws s3 sync", 0.5, 0.5),
  ...ratio("W4", CHEAPEST, 0.8, 0.4),
  ...ratio("W4", "s5cmd sync", 1, 1),
  ...ratio("W4", "aws s3 sync", 0.2, 0.2),
  { workload: "W4", measure: "peakMb", most: 200 },
  ...ratio("W5-1M", "rclone sync, size only", 0.4),
  { workload: "W5-1M", measure: "peakMb", most: 250 },
  ...ratio("W6", "rclone sync, 64", 1, 0.6),
  ...ratio("W6", "s5cmd sync", 1, 1),
  ...ratio("W7", BISYNC, 0.3, 0.3),
  ...ratio("W8-up", "rclone sync", 0.5),
  ...ratio("W8-up", "aws s3 sync", 1),
  { workload: "W8-up", measure: "peakMb", most: 150 },
  ...ratio("W8-down", "rclone sync, 64", 1.5),
  { workload: "W8-down", measure: "peakMb", most: 150 },
  ...ratio("W9", "gzip, gpg and aws s3 sync", 1.5),
  { workload: "W10", of: "s3-bsync --version", measure: "wallS", most: 0.1 },
  { workload: "W10", of: "s3-bsync, nothing to sync", measure: "wallS", most: 0.3 },
  { workload: "W11", measure: "peakMb", most: 250 },
  { workload: "M1", measure: "wallS", against: "find -printf", most: 2 },
  { workload: "M1", measure: "peakMb", most: 80 },
  { workload: "M2-decode", measure: "cpuS", against: "plain decoder", most: 0.25 },
  { workload: "M2-decode", measure: "wallS", most: 0.4 },
  { workload: "M2-decode", measure: "peakMb", most: 70 },
  { workload: "M2-encode", measure: "cpuS", against: "plain encoder", most: 0.2 },
  { workload: "M2-encode", measure: "peakMb", most: 70 },
  { workload: "M3", measure: "cpuS", against: "the SDK's parser", most: 0.25 },
  { workload: "M4-put", measure: "cpuS", against: "the SDK's PUT", most: 0.33 },
  { workload: "M4-get", measure: "cpuS", against: "the SDK's GET", most: 0.33 },
];

export interface Judged {
  readonly goal: Goal;
  /** Undefined: one of the two was not measured. */
  readonly value: number | undefined;
}

/** Only of what was asked for in this run. */
export function judge(rounds: readonly Round[]): readonly Judged[] {
  return GOALS.flatMap((goal) => {
    const round = rounds.find(
      ({ workload, latencyMs }) => workload.id === goal.workload && latencyMs > 0 === (goal.isLate ?? false),
    );
    return round === undefined ? [] : [{ goal, value: valueOf(goal, round.rows) }];
  });
}

function valueOf({ of, against, measure }: Goal, rows: readonly Row[]): number | undefined {
  const named = (name: string): Row | undefined => rows.find(({ contender }) => contender.name === name);
  const own = medianOf(of === undefined ? rows[0] : named(of), measure);
  if (against === undefined) return own;
  const theirs = medianOf(named(against), measure);
  return own === undefined || theirs === undefined || theirs === 0 ? undefined : own / theirs;
}

/** @returns undefined: it failed, or this system does not tell */
export function medianOf(row: Row | undefined, measure: Measure): number | undefined {
  return row === undefined || row.failed !== undefined ? undefined : middleOf(row.figures, measure)?.median;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function middleOf(figures: readonly Figures[], measure: Measure): Spread | undefined {
  const values = figures
    .map((each) => each[measure])
    .filter((value) => value !== undefined)
    .toSorted((a, b) => a - b);
  const [median, min, max] = [values[values.length >> 1], values[0], values.at(-1)];
  return median === undefined || min === undefined || max === undefined ? undefined : { median, min, max };
}
