/** Compares what is there now with what was there after the last sync. Spec: spec/reconcile.md. */

import type { Situation } from "../model/change.ts";
import { type BaseRecord, isUnknown, type LocalFile, recordedTime } from "../model/observation.ts";
import type { Row } from "./merge-join.ts";

/** Coarsest time stamps of file systems in use (FAT), in ms. */
const GRANULARITY_MS = 2_000;

/** What this run knows of time, in ms since 1970. */
export interface RunTimes {
  /** When the map's scan began in the last run that recorded it. */
  readonly momentMs: number;
  /** When this run began. */
  readonly startMs: number;
}

export function classify({ local, remote, base }: Row, times: RunTimes): Situation {
  const unknownLocal = local !== undefined && isUnknown(local);
  const unknownRemote = remote !== undefined && isUnknown(remote);
  if (base === undefined) {
    return {
      tracked: false,
      local: unknownLocal ? "unknown" : local === undefined ? "absent" : "created",
      remote: unknownRemote ? "unknown" : remote === undefined ? "absent" : "created",
    };
  }
  const seen = unknownLocal || local === undefined ? undefined : compareFile(local, base, times);
  return {
    tracked: true,
    local: unknownLocal
      ? "unknown"
      : seen === undefined
        ? "deleted"
        : seen === "same"
          ? "unchanged"
          : "modified",
    remote: unknownRemote
      ? "unknown"
      : remote === undefined
        ? "deleted"
        : remote.etag === base.etag && base.etag !== ""
          ? "unchanged"
          : "modified",
    touched: seen === "touched",
  };
}

export function looksRecorded(file: LocalFile, base: BaseRecord): boolean {
  return file.size === base.size && base.mtimeMs !== 0 && recordedTime(file.mtimeMs) === base.mtimeMs;
}

function compareFile(file: LocalFile, base: BaseRecord, times: RunTimes): "same" | "touched" | "modified" {
  if (file.size !== base.size) return "modified";
  return looksRecorded(file, base) && !isRacy(file, times) ? "same" : "touched";
}

/** A file that was written about when the scan looked at it may have been written again within the same time stamp. */
function isRacy({ mtimeMs }: LocalFile, { momentMs, startMs }: RunTimes): boolean {
  return mtimeMs >= momentMs - GRANULARITY_MS && mtimeMs <= startMs;
}
