/** How maps stand, as lines of text. */

import type { Leave } from "../../model/action.ts";
import { ExitCode } from "../../model/exit-code.ts";
import type { DirectoryMap } from "../../model/map.ts";
import type { BadEnd, EndpointFacts } from "../../model/pair.ts";
import type { Totals } from "../../model/totals.ts";
import type { MapResult } from "../../ports/reporter.ts";
import { EXIT_TEXTS } from "../exit-texts.ts";
import { bytesText, countText, timeText } from "./amounts.ts";
import { printable, shown, shownKey } from "./escape.ts";
import { optionsText, pairText } from "./map-text.ts";

export interface Head {
  readonly file: string;
  /** In ms since 1970; 0: never. */
  readonly syncedMs: number;
  readonly nowMs: number;
  /** Runs that have kept any. */
  readonly backups: number;
  readonly backupBytes: number;
  /** Undefined: with 0, or nobody knows. */
  readonly badEnd: BadEnd | undefined;
  /** Or it is under way. */
  readonly wasCutOff: boolean;
}

export interface SeenEndpoint {
  readonly endpoint: string;
  readonly bucket: string;
  readonly facts: EndpointFacts;
}

export function headText(head: Head): string {
  const { file, syncedMs, nowMs, backups, backupBytes } = head;
  const synced = syncedMs === 0 ? "never" : `${timeText(syncedMs)}, ${agoText(nowMs - syncedMs)}`;
  const kept =
    backups === 0 ? "" : `; backups of ${countText(backups, "run")}, ${bytesText(backupBytes)} (--backups)`;
  return `${shown(file)}: last synced ${synced}${kept}\n${lastRunText(head)}`;
}

/** Nothing of a run that ended with 0: when it was, the last-synced time says. */
function lastRunText({ badEnd, wasCutOff, nowMs }: Head): string {
  const cutOff = wasCutOff ? "  a run was cut off, or is under way: the next one settles it\n" : "";
  if (badEnd === undefined) return cutOff;
  const { exitCode, endedMs } = badEnd;
  const meaning = EXIT_TEXTS.find(([code]) => code === exitCode)?.[1] ?? "";
  return `  the last run ended with ${exitCode}, ${timeText(endedMs)}, ${agoText(nowMs - endedMs)}: ${meaning}\n${cutOff}`;
}

/** Where there is nothing to look at. */
export const NO_MAPS = "  no maps: s3-bsync --init --dir PATH s3://BUCKET/PREFIX makes one\n";

export function mapText(map: DirectoryMap): string {
  const options = optionsText(map);
  return `${pairText(map)}${options === "" ? "" : `  (${options})`}\n`;
}

/** Where a map stands as a whole; the last of its lines. */
export function standText({ exitCode, error, totals }: MapResult): string {
  const why = printable(error?.message ?? "");
  if (exitCode === ExitCode.guarded && error !== undefined) return `  a run would stop: ${why}\n`;
  if (totals === undefined) return `  could not be looked at${why === "" ? "" : `: ${why}`}\n`;
  return `  ${pendingText(totals)}\n`;
}

/** Paths at which a run would do something. */
export function pendingIn(totals: Totals | undefined): number {
  if (totals === undefined) return 0;
  const { leave: _, ...verbs } = totals.actions;
  return Object.values(verbs).reduce((sum, count) => sum + count, 0);
}

/** A path that stays as it is, and why. */
export function leftText({ key, why, conflict }: Leave): string {
  if (conflict === undefined) return `  left: ${shownKey(key)}: ${printable(why)}\n`;
  const { local, remote, remoteMs, newer } = conflict;
  const side = (name: string, size: number, ms: number): string =>
    `${name} ${bytesText(size)} of ${timeText(Math.floor(ms))}${newer === name ? " (newer)" : ""}`;
  const sides = [side("local", local.size, local.mtimeMs), side("remote", remote.size, remoteMs)];
  return `  conflict: ${shownKey(key)}: ${sides.join(", ")}\n`;
}

export function endpointText({ endpoint, bucket, facts }: SeenEndpoint): string {
  const { conditionalPut, conditionalDelete, order } = facts;
  const seen = [
    `conditions on PUT ${WORDS[conditionalPut]}`,
    `on DELETE ${WORDS[conditionalDelete]}`,
    ...(order === "untold" ? [] : [`lists in ${order === "bytes" ? "byte order" : "an order of its own"}`]),
  ];
  return `${shown(bucket)} at ${shown(endpoint)}: ${seen.join(", ")}\n`;
}

const WORDS: Readonly<Record<EndpointFacts["conditionalPut"], string>> = {
  untold: "not tried yet",
  honoured: "honoured",
  ignored: "ignored (a look comes before each change)",
  refused: "refused (a look comes before each change)",
};

function pendingText(totals: Totals): string {
  const { actions, waiting, reported, bytesUp, bytesDown, leftByChoice, notChosen } = totals;
  const moves = actions["copy-remote"] + actions["rename-local"];
  const parts = [
    ...(actions.upload === 0 ? [] : [`${actions.upload} to upload (${bytesText(bytesUp)})`]),
    ...(actions.download === 0 ? [] : [`${actions.download} to download (${bytesText(bytesDown)})`]),
    ...(moves === 0 ? [] : [`${moves} to rename`]),
    ...(actions["delete-local"] === 0 ? [] : [`${actions["delete-local"]} to delete here`]),
    ...(actions["delete-remote"] === 0 ? [] : [`${actions["delete-remote"]} to delete in the bucket`]),
    ...(actions.adopt + actions.forget === 0 ? [] : [`${actions.adopt + actions.forget} to record`]),
    ...(waiting === 0 ? [] : [countText(waiting, "conflict")]),
    ...(reported - waiting <= 0 ? [] : [`${reported - waiting} that cannot be handled`]),
  ];
  const aside = [
    ...(leftByChoice === 0 ? [] : [`${leftByChoice} left by choice`]),
    ...(notChosen === 0 ? [] : [`${notChosen} not chosen`]),
  ];
  return [...(parts.length === 0 ? ["in sync"] : parts), ...aside].join(", ");
}

/** `3 hours ago`. */
export function agoText(ms: number): string {
  for (const [unit, length] of UNITS) {
    if (ms >= length) return `${countText(Math.floor(ms / length), unit)} ago`;
  }
  return "just now";
}

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;
