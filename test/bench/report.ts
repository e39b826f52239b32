/** The results as Markdown. */

import { judge, type Judged, middleOf } from "./goals.ts";
import type { Round, Row } from "./play.ts";
import { GOALS_TITLE, LEFT_OUT_TITLE, type Results } from "./results.ts";

export interface Surroundings {
  readonly versions: readonly string[];
  readonly machine: readonly string[];
  /** Such as "full, 5 turns". */
  readonly how: string;
  /** The goals are for the full scale: at another one nothing is judged. */
  readonly judges: boolean;
}

export function report(rounds: readonly Round[], { versions, machine, how, judges }: Surroundings): Results {
  return {
    head: [
      "# Results of the benchmark",
      "Made by `npm run bench -- --write`. A workload that was not played again stands as it did.",
      [...machine, ...versions, how].map((line) => `- ${line}`).join("\n"),
      "Medians, with the least and the most in brackets. *Ratio*: the time of s3-bsync through that of the row. CPU is" +
        " user and system time of the client alone. Requests are counted in a turn of its own.",
    ].join("\n\n"),
    goals: judge(rounds).map((judged) => goalRow(judged, judges)),
    sections: rounds.map(({ workload, shape, latencyMs, rows, when }) =>
      [
        `${workload.id}: ${workload.what}`,
        `${amountOf(shape)}; answers ${latencyMs === 0 ? "as they come" : `${latencyMs} ms late`}; ${when}.`,
        table(["command", "wall s", "ratio", "CPU s", "peak MB", "requests"], rowsOf(rows)),
      ].join("\n\n"),
    ),
    leftOut: checksLeftOut(rounds),
  };
}

export function textOf({ head, goals, sections, leftOut }: Results): string {
  const blocks = [
    head,
    `## ${GOALS_TITLE}\n\n${table(["workload", "what", "goal", "value", ""], goals)}`,
    ...sections.map((section) => `## ${section}`),
    `## ${LEFT_OUT_TITLE}\n\ns3-bsync ran with every check and every guarantee that it has.`,
    leftOut.length === 0 ? "No peer took part." : leftOut.join("\n"),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function goalRow({ goal, value }: Judged, judges: boolean): string {
  const { workload, isLate, of, measure, against, most } = goal;
  const what = MEASURES[measure];
  const unit = against === undefined ? what.unit : "x";
  const reached = value !== undefined && value <= most ? "reached" : "**not reached**";
  const verdict = value === undefined ? "not measured" : judges ? reached : "not judged: small";
  return cells([
    workload + (isLate === true ? ", late answers" : ""),
    [
      ...(of === undefined ? [] : [of]),
      what.name,
      ...(against === undefined ? [] : [`against ${against}`]),
    ].join(" "),
    `at most ${most} ${unit}`,
    value === undefined ? "" : `${value.toFixed(2)} ${unit}`,
    verdict,
  ]);
}

const MEASURES = {
  wallS: { name: "time", unit: "s" },
  cpuS: { name: "CPU", unit: "s" },
  peakMb: { name: "memory", unit: "MB" },
} as const;

function rowsOf(rows: readonly Row[]): readonly string[] {
  const own = rows[0]?.failed === undefined ? middleOf(rows[0]?.figures ?? [], "wallS") : undefined;
  return rows.map((row) => {
    const { contender, figures, requests, failed } = row;
    if (failed !== undefined) return cells([contender.name, `failed: ${shown(failed)}`, "", "", "", ""]);
    const wall = middleOf(figures, "wallS");
    const spread =
      wall === undefined || figures.length === 1
        ? " (one turn)"
        : ` (${wall.min.toFixed(2)}–${wall.max.toFixed(2)})`;
    return cells([
      contender.name,
      wall === undefined ? "" : wall.median.toFixed(2) + spread,
      wall === undefined || own === undefined ? "" : (own.median / wall.median).toFixed(2),
      middleOf(figures, "cpuS")?.median.toFixed(2) ?? "",
      middleOf(figures, "peakMb")?.median.toFixed(0) ?? "",
      Object.entries(requests ?? {})
        .toSorted(([, a], [, b]) => b - a)
        .map(([name, count]) => `${count} ${name}`)
        .join(", "),
    ]);
  });
}

function checksLeftOut(rounds: readonly Round[]): readonly string[] {
  const lines = rounds.flatMap(({ rows }) =>
    rows.flatMap(({ contender: { name, leavesOut } }) =>
      leavesOut === undefined ? [] : [`- ${name}: ${leavesOut}.`],
    ),
  );
  return [...new Set(lines)];
}

function amountOf({ files, bytes }: Round["shape"]): string {
  if (files === 0) return "No files";
  const each =
    bytes >= 1024 * 1024
      ? `${bytes / 1024 ** 2} MiB`
      : bytes >= 1024
        ? `${bytes / 1024} KiB`
        : `${bytes} bytes`;
  return `${files.toLocaleString("en")} ${files === 1 ? "file" : "files"} of ${each}`;
}

function table(head: readonly string[], lines: readonly string[]): string {
  return [cells(head), cells(head.map(() => "---")), ...lines].join("\n");
}

function cells(all: readonly string[]): string {
  return `| ${all.join(" | ")} |`;
}

/** Of a message that may hold anything. */
function shown(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "/").slice(0, 160);
}
