/** One JSON object a line, for scripts. Keys are only ever added. */

import type { Why } from "../../core/watch-pace.ts";
import { destinationOf, type DirectoryMap } from "../../model/map.ts";
import type { BaseRecord } from "../../model/observation.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { Finding } from "../../model/finding.ts";
import type { RunEvent } from "../../model/run-event.ts";
import type { VerifyResult } from "../../ports/verify-reporter.ts";
import type { Check } from "../checks/check.ts";
import type { StateContents } from "../context.ts";
import { decoded, shownKey } from "./escape.ts";
import { isLost, type KeptVersion, type LostVersion } from "../../ports/backups.ts";
import type { Restored } from "../../sync/restore.ts";
import { keyMembers, mapMembers } from "./run-events.ts";
import type { Head, SeenEndpoint } from "./status-text.ts";

type Json = Readonly<Record<string, unknown>>;

/** Members that are undefined are left out. What a terminal would act on is written as `\u`. */
function line(object: Json): string {
  return `${JSON.stringify(object).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escapes)}\n`;
}

function escapes(char: string): string {
  const units = Array.from({ length: char.length }, (_, at) => char.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

function shownName(key: ObjectKey): string {
  return decoded(key) ?? shownKey(key);
}

/** What a run tells. */
export function eventLine(event: RunEvent): string {
  return line({ ...event });
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
