/** What follows from the answer to a question. */

import type { Action, Conflict } from "../model/action.ts";
import type { Encoding } from "../model/encoding.ts";
import type { ConflictPolicy } from "../model/conflict-policy.ts";
import { agreed, recordedTime } from "../model/observation.ts";
import type {
  EqualAnswer,
  IsEncoded,
  IsEqual,
  IsRecorded,
  Question,
  RecordedAnswer,
} from "../model/question.ts";
import { looksRecorded } from "./classify.ts";
import { compareTimes } from "./compare-times.ts";
import { decide } from "./decide.ts";
import { act, ARCHIVED } from "./to-action.ts";

/** A touch is no edit: a file that is proved to be the recorded content is unchanged in every rule. */
export function answerRecorded(
  question: IsRecorded,
  { answer, content }: RecordedAnswer,
): Action | Question | undefined {
  const { key, local, remote, base, touched } = question;
  const change = remote === undefined ? "deleted" : remote.etag === base.etag ? "unchanged" : "modified";
  // Racy, but as it was recorded: where nothing can prove more, and it is about to go, its bytes are kept.
  const looksKnown = !touched || (change !== "unchanged" && looksRecorded(local, base));
  const known = answer === "yes" || (answer === "unprovable" && looksKnown);
  const decision = decide({
    tracked: true,
    local: known ? "unchanged" : "modified",
    remote: change,
    touched: false,
  });
  if (!known) {
    return act(key, decision, question, looksRecorded(local, base) ? { belied: base } : {});
  }
  if (decision.verdict === "keep") {
    const record = agreed(local, base.etag);
    return record.mtimeMs === base.mtimeMs ? undefined : { verb: "adopt", key, rule: decision.rule, record };
  }
  // Where the record cannot prove what the file holds, its bytes are kept.
  const action = act(key, decision, question, answer === "unprovable" ? { saves: "unproved" } : {});
  return action?.verb === "delete-local" ? { ...action, content } : action;
}

/** What lies in another envelope than the map's is uploaded anew. */
export function answerEncoding(
  { key, rule, local, remote }: IsEncoded,
  found: Encoding,
  wanted: Encoding,
): Action | undefined {
  if (found === wanted) return undefined;
  const note = `stored anew ${wanted === "" ? "as it is" : `as ${wanted}`}`;
  return { verb: "upload", key, rule, local, replaces: remote, note };
}

/** Equal content is adopted. Different content is a conflict: the newer side wins, a tie goes to S3. */
export function answerEqual(question: IsEqual, answer: EqualAnswer, policy: ConflictPolicy): Action {
  const { key, rule, local, remote } = question;
  const belied = question.belied === undefined ? {} : { belied: question.belied };
  if (answer.equal === "unreadable")
    return { verb: "leave", key, rule: "RU", why: ARCHIVED, reported: true, ...belied };
  if (answer.equal) return { verb: "adopt", key, rule, record: agreed(local, remote.etag) };
  const order = compareTimes(answer.localNs, answer.remoteNs);
  const newer = order > 0 ? "local" : order < 0 ? "remote" : undefined;
  const remoteMs = Number(answer.remoteNs / 1_000_000n);
  return settleConflict({ key, rule, local, remote, remoteMs, newer, ...belied }, policy);
}

/** @returns with `ask`, what waits; with `both`, as with `newer`: who keeps the loser gives it a name */
export function settleConflict(conflict: Conflict, policy: ConflictPolicy): Action {
  const { key, rule, local, remote, newer } = conflict;
  const belied = conflict.belied === undefined ? {} : { belied: conflict.belied };
  if (policy === "ask") return { verb: "leave", key, rule, why: WAITS, reported: true, conflict, ...belied };
  const localWins = policy === "local" || (policy !== "remote" && newer === "local");
  const note = `conflict: ${localWins ? "local" : "S3"} wins, ${reasonOf(policy, newer)}`;
  return localWins
    ? { verb: "upload", key, rule, local, replaces: remote, saves: "conflict", note, ...belied }
    : { verb: "download", key, rule, remote, replaces: local, saves: "conflict", note, ...belied };
}

const WAITS = "both sides changed; which one is right? --on-conflict newer|local|remote|both";

/** Whether an archived object counts as equal: its bytes cannot be compared, its size and time can. */
export function equalByFacts({ local, remote }: IsEqual, remoteNs: bigint): boolean {
  return (
    local.size === remote.size && recordedTime(local.mtimeMs) === recordedTime(Number(remoteNs / 1_000_000n))
  );
}

function reasonOf(policy: ConflictPolicy, newer: Conflict["newer"]): string {
  if (policy === "local" || policy === "remote") return `as --on-conflict ${policy} says`;
  return newer === undefined ? "both are equally old" : "it is newer";
}
