/** What follows from the answer to a question. */

import type { Action } from "../model/action.ts";
import type { ConflictPolicy } from "../model/conflict-policy.ts";
import { agreed, recordedTime } from "../model/observation.ts";
import type { EqualAnswer, IsEqual, IsRecorded, Question, RecordedAnswer } from "../model/question.ts";
import { looksRecorded } from "./classify.ts";
import { compareTimes } from "./compare-times.ts";
import { decide } from "./decide.ts";
import { act, ARCHIVED } from "./to-action.ts";

/** A touch is no edit: a file that is proved to be the recorded content is unchanged in every rule. */
export function answerRecorded(question: IsRecorded, answer: RecordedAnswer): Action | Question | undefined {
  const { key, local, remote, base, touched } = question;
  const change = remote === undefined ? "deleted" : remote.etag === base.etag ? "unchanged" : "modified";
  const known = answer === "yes" || (answer === "unprovable" && !touched);
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
  return act(key, decision, question, answer === "unprovable" ? { saves: "unproved" } : {});
}

/** Equal content is adopted. Different content is a conflict: the newer side wins, a tie goes to S3. */
export function answerEqual(question: IsEqual, answer: EqualAnswer, policy: ConflictPolicy): Action {
  const { key, rule, local, remote } = question;
  const belied = question.belied === undefined ? {} : { belied: question.belied };
  if (answer.equal === "unreadable")
    return { verb: "leave", key, rule: "RU", why: ARCHIVED, reported: true, ...belied };
  if (answer.equal) return { verb: "adopt", key, rule, record: agreed(local, remote.etag) };
  const order = compareTimes(answer.localNs, answer.remoteNs);
  const localWins = policy === "local" || (policy === "newer" && order > 0);
  const note = `conflict: ${localWins ? "local" : "S3"} wins, ${reasonOf(policy, order)}; the other goes into the backup`;
  return localWins
    ? { verb: "upload", key, rule, local, replaces: remote, saves: "conflict", note, ...belied }
    : { verb: "download", key, rule, remote, replaces: local, saves: "conflict", note, ...belied };
}

/** Whether an archived object counts as equal: its bytes cannot be compared, its size and time can. */
export function equalByFacts({ local, remote }: IsEqual, remoteNs: bigint): boolean {
  return (
    local.size === remote.size && recordedTime(local.mtimeMs) === recordedTime(Number(remoteNs / 1_000_000n))
  );
}

function reasonOf(policy: ConflictPolicy, order: number): string {
  if (policy !== "newer") return `as --on-conflict ${policy} says`;
  return order === 0 ? "both are equally old" : "it is newer";
}
