/** One JSON object a line, for scripts. Keys are only ever added. */

import { isMoved } from "../../core/totals.ts";
import { type Action, prerequisite } from "../../model/action.ts";
import type { Why } from "../../core/watch-pace.ts";
import { destinationOf, type DirectoryMap } from "../../model/map.ts";
import type { BaseRecord } from "../../model/observation.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { Outcome } from "../../model/outcome.ts";
import type { Refusal } from "../../model/refusal.ts";
import type { Finding } from "../../model/finding.ts";
import type { MapResult } from "../../ports/reporter.ts";
import type { VerifyResult } from "../../ports/verify-reporter.ts";
import type { Check } from "../check.ts";
import type { StateContents } from "../context.ts";
import { spentOn } from "../run-tally.ts";
import { sizeOf } from "./action-text.ts";
import { decoded, shownKey } from "./escape.ts";
import { isLost, type KeptVersion, type LostVersion } from "../../ports/backups.ts";
import type { Restored } from "../../sync/restore.ts";
import type { Head, SeenEndpoint } from "./status-text.ts";
import { requestsToCome, type Spent } from "./totals-text.ts";

type Json = Readonly<Record<string, unknown>>;

/** Members that are undefined are left out. What a terminal would act on is written as `\u`. */
function line(object: Json): string {
  return `${JSON.stringify(object).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escapes)}\n`;
}

function escapes(char: string): string {
  const units = Array.from({ length: char.length }, (_, at) => char.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** A key that is not UTF-8 is told by its bytes; `key` is then only for reading. */
function keyMembers(key: ObjectKey): Json {
  const text = decoded(key);
  if (text !== undefined) return { key: text };
  const hex = Array.from(key, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  return { key: shownKey(key), keyHex: hex };
}

function shownName(key: ObjectKey): string {
  return decoded(key) ?? shownKey(key);
}

function mapMembers(map: DirectoryMap): Json {
  return { root: map.root, destination: destinationOf(map) };
}

export function beganLine(map: DirectoryMap): string {
  return line({ type: "began", ...mapMembers(map) });
}

export function noteLine(map: DirectoryMap, text: string, key: ObjectKey | undefined): string {
  return line({ type: "note", ...mapMembers(map), ...(key === undefined ? {} : keyMembers(key)), text });
}

export function actionLine(map: DirectoryMap, action: Action): string {
  const { verb, rule, key, note } = action;
  const saves = "saves" in action ? action.saves : undefined;
  const left =
    action.verb === "leave" ? { why: action.why, reported: action.reported, byChoice: action.byChoice } : {};
  const from = action.verb === "copy-remote" || action.verb === "rename-local" ? action.from.key : undefined;
  const first = prerequisite(action);
  const other = { [isMoved(action) ? "movedTo" : "keptAs"]: first && shownKey(first) };
  return line({
    type: "action",
    ...mapMembers(map),
    verb,
    rule,
    ...keyMembers(key),
    bytes: sizeOf(action),
    saves,
    note,
    ...left,
    from: from && shownKey(from),
    ...other,
    ...conflictMembers(action),
  });
}

/** Of a conflict that waits. */
function conflictMembers(action: Action): Json {
  if (action.verb !== "leave" || action.conflict === undefined) return {};
  const { local, remote, remoteMs, newer } = action.conflict;
  const sides = {
    local: { bytes: local.size, mtimeMs: local.mtimeMs },
    remote: { bytes: remote.size, mtimeMs: remoteMs },
  };
  return { conflict: { ...sides, newer } };
}

export function outcomeLine(map: DirectoryMap, outcome: Outcome): string {
  const { verb, rule, key, end, note } = outcome;
  const how =
    outcome.end === "done" ? { bytes: outcome.bytes } : { why: outcome.why, reported: outcome.reported };
  return line({ type: "outcome", ...mapMembers(map), verb, rule, ...keyMembers(key), end, ...how, note });
}

export function refusalLine(map: DirectoryMap, refusal: Refusal): string {
  return line({ type: "refusal", ...mapMembers(map), ...refusal });
}

export function summaryLine(map: DirectoryMap, result: MapResult): string {
  const { exitCode, error, totals } = result;
  const requestsPlanned = totals === undefined ? undefined : requestsToCome(totals);
  const wrong = { error: error?.message, hint: error?.hint };
  const spent = spentMembers(spentOn(result));
  return line({ type: "summary", ...mapMembers(map), exitCode, ...wrong, totals, ...spent, requestsPlanned });
}

function spentMembers({ done, requests, traffic, usd }: Spent): Json {
  return { done: { ...done.actions, failed: done.failed }, requests, bytes: traffic, listPriceUsd: usd };
}

export function expiredLine(run: string): string {
  return line({ type: "expired", run });
}

/** Of a backup. */
function versionMembers({ run, archive, map, key, side, reason, size, mtimeNs, mode }: KeptVersion): Json {
  const { root, bucket, prefix } = map;
  const from = { root, destination: destinationOf({ bucket, prefix }), ...keyMembers(key) };
  return { run, archive, ...from, side, reason, bytes: size, mtimeNs: String(mtimeNs), mode };
}

export function backupLine(version: KeptVersion | LostVersion): string {
  if (isLost(version)) return line({ type: "lost", ...version });
  return line({ type: "backup", ...versionMembers(version) });
}

export function restoredLine(restored: Restored, dryRun: boolean): string {
  if (!("to" in restored)) return line({ type: "lost", ...restored.version });
  const { version, to, why } = restored;
  const end = why !== undefined ? "failed" : dryRun ? "planned" : "done";
  return line({ type: "restored", ...versionMembers(version), to: shownName(to), end, why });
}

/** Of a watching process: why a run begins. */
export function runLine(why: Why, path: string | undefined): string {
  return line({ type: "run", why, path });
}

export function headLine(head: Head): string {
  return line({ type: "status", ...head });
}

export function endpointLine({ endpoint, bucket, facts }: SeenEndpoint): string {
  return line({ type: "endpoint", endpoint, bucket, ...facts });
}

/** @param map undefined: it is about no map */
export function checkLine(map: DirectoryMap | undefined, check: Check): string {
  return line({ type: "check", ...(map === undefined ? {} : mapMembers(map)), ...check });
}

export function findingLine(map: DirectoryMap, { key, kind, why }: Finding): string {
  return line({ type: "finding", ...mapMembers(map), kind, ...keyMembers(key), why });
}

export function verifiedLine(map: DirectoryMap, result: VerifyResult): string {
  const { exitCode, error, findings, requests } = result;
  const wrong = { error: error?.message, hint: error?.hint };
  return line({ type: "verified", ...mapMembers(map), exitCode, ...wrong, ...findings, requests });
}

export function stateLine(file: string, { version, syncedMs }: StateContents): string {
  return line({ type: "state", file, version, syncedMs });
}

export function mapLine(
  map: DirectoryMap,
  sums: { readonly objects: number; readonly bytes: number },
): string {
  const { gzip, gpg, email, recursive, options } = map;
  return line({ type: "map", ...mapMembers(map), gzip, gpg, email, recursive, options, ...sums });
}

export function recordLine(map: DirectoryMap, { key, size, mtimeMs, etag }: BaseRecord): string {
  return line({ type: "record", ...mapMembers(map), ...keyMembers(key), size, mtimeMs, etag });
}
