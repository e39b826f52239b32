/** What a run tells, as objects for programs. */

import { isMoved } from "../../core/totals.ts";
import { type Action, prerequisite } from "../../model/action.ts";
import { destinationOf, type DirectoryMap } from "../../model/map.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { Outcome } from "../../model/outcome.ts";
import type {
  ActionEvent,
  NoteEvent,
  OutcomeEvent,
  SummaryEvent,
  WaitingConflict,
} from "../../model/run-event.ts";
import type { MapResult } from "../../ports/reporter.ts";
import { spentOn } from "../listeners/run-tally.ts";
import { sizeOf } from "./action-text.ts";
import { decoded, shownKey } from "./escape.ts";
import { requestsToCome } from "./totals-text.ts";

export function mapMembers(map: DirectoryMap): { readonly root: string; readonly destination: string } {
  return { root: map.root, destination: destinationOf(map) };
}

/** A key that is not UTF-8 is told by its bytes; `key` is then only for reading. */
export function keyMembers(key: ObjectKey): { readonly key: string; readonly keyHex: string | undefined } {
  const text = decoded(key);
  if (text !== undefined) return { key: text, keyHex: undefined };
  const hex = Array.from(key, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  return { key: shownKey(key), keyHex: hex };
}

export function noteEvent(map: DirectoryMap, text: string, key: ObjectKey | undefined): NoteEvent {
  const of = key === undefined ? { key, keyHex: undefined } : keyMembers(key);
  return { type: "note", ...mapMembers(map), ...of, text };
}

export function actionEvent(map: DirectoryMap, action: Action): ActionEvent {
  const { verb, rule, key, note } = action;
  const left = action.verb === "leave" ? action : undefined;
  const from = action.verb === "copy-remote" || action.verb === "rename-local" ? action.from.key : undefined;
  const first = prerequisite(action);
  const other = first && shownKey(first);
  const moved = isMoved(action);
  return {
    type: "action",
    ...mapMembers(map),
    verb,
    rule,
    ...keyMembers(key),
    bytes: sizeOf(action),
    saves: "saves" in action ? action.saves : undefined,
    note,
    why: left?.why,
    reported: left?.reported,
    byChoice: left?.byChoice,
    from: from && shownKey(from),
    movedTo: moved ? other : undefined,
    keptAs: moved ? undefined : other,
    conflict: waitingConflict(action),
  };
}

function waitingConflict(action: Action): WaitingConflict | undefined {
  if (action.verb !== "leave" || action.conflict === undefined) return undefined;
  const { local, remote, remoteMs, newer } = action.conflict;
  return {
    local: { bytes: local.size, mtimeMs: local.mtimeMs },
    remote: { bytes: remote.size, mtimeMs: remoteMs },
    newer,
  };
}

export function outcomeEvent(map: DirectoryMap, outcome: Outcome): OutcomeEvent {
  const { verb, rule, key, end, note } = outcome;
  const how =
    outcome.end === "done"
      ? { bytes: outcome.bytes, why: undefined, reported: undefined }
      : { bytes: undefined, why: outcome.why, reported: outcome.reported };
  return { type: "outcome", ...mapMembers(map), verb, rule, ...keyMembers(key), end, ...how, note };
}

export function summaryEvent(map: DirectoryMap, result: MapResult): SummaryEvent {
  const { exitCode, error, totals } = result;
  const { done, requests, traffic, usd } = spentOn(result);
  return {
    type: "summary",
    ...mapMembers(map),
    exitCode,
    error: error?.message,
    hint: error?.hint,
    totals,
    done: { ...done.actions, failed: done.failed },
    requests,
    bytes: traffic,
    listPriceUsd: usd,
    requestsPlanned: totals === undefined ? undefined : requestsToCome(totals),
  };
}
