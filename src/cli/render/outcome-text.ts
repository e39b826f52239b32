/** How actions ended, as lines of text. */

import type { Verb } from "../../model/action.ts";
import type { DirectoryMap } from "../../model/map.ts";
import type { Outcome } from "../../model/outcome.ts";
import { bytesText } from "./amounts.ts";
import { printable, shownKey, shownPath } from "./escape.ts";
import { RULE_TEXTS } from "./rule-text.ts";

const DONE: Readonly<Record<Verb, string>> = {
  upload: "uploaded",
  download: "downloaded",
  "copy-remote": "renamed in the bucket",
  "rename-local": "renamed here",
  "set-beside": "kept beside",
  "delete-local": "deleted here",
  "delete-remote": "deleted in the bucket",
  adopt: "recorded",
  forget: "forgotten",
  leave: "left",
};

/** For `--debug`: what was done, and why. */
export function outcomeText(outcome: Outcome): string {
  const isDone = outcome.end === "done";
  const what = isDone
    ? DONE[outcome.verb]
    : outcome.end === "left"
      ? "left"
      : `${outcome.end} ${outcome.verb}`;
  const amount = isDone && outcome.bytes > 0 ? `  ${bytesText(outcome.bytes)}` : "";
  const rule = `${outcome.rule}: ${RULE_TEXTS[outcome.rule]}`;
  const why = [rule, ...(isDone ? [] : [outcome.why]), ...(outcome.note === undefined ? [] : [outcome.note])];
  return `  ${what}  ${shownKey(outcome.key)}${amount}  (${printable(why.join("; "))})\n`;
}

/** What is wrong with a path, for stderr. @returns undefined: nothing that the user must know */
export function problemText({ root }: DirectoryMap, outcome: Outcome): string | undefined {
  const why = problemOf(outcome);
  return why === undefined ? undefined : `s3-bsync: ${shownPath(root, outcome.key)}: ${printable(why)}\n`;
}

function problemOf(outcome: Outcome): string | undefined {
  if (outcome.end === "done") return outcome.verb === "forget" ? outcome.note : undefined;
  if (!outcome.reported) return undefined;
  return outcome.end === "left" ? outcome.why : `${outcome.verb}: ${outcome.why}`;
}
