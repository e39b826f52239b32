/** A planned action as a line of text. */

import type { Action, Verb } from "../../model/action.ts";
import { bytesText } from "./amounts.ts";
import { printable, shownKey } from "./escape.ts";
import { RULE_TEXTS } from "./rule-text.ts";

const VERB_WIDTH = "delete-remote".length;

/** `  upload         a/b.txt  12 B  (R11: new here)` */
export function actionText(action: Action): string {
  const size = sizeOf(action);
  const amount = size === undefined ? "" : `  ${bytesText(size)}`;
  return `  ${action.verb.padEnd(VERB_WIDTH)}  ${shownKey(action.key)}${amount}  (${reasonOf(action)})\n`;
}

/** Bytes that the action moves or removes. */
export function sizeOf(action: Action): number | undefined {
  switch (action.verb) {
    case "upload":
    case "delete-local":
      return action.local.size;
    case "download":
    case "delete-remote":
      return action.remote.size;
    case "copy-remote":
    case "rename-local":
      return action.from.size;
    case "set-beside":
      return action.loser.version.size;
    default:
      return undefined;
  }
}

function reasonOf(action: Action): string {
  const rule = `${action.rule}: ${RULE_TEXTS[action.rule]}`;
  const why = action.verb === "leave" ? [action.why] : [];
  const note = action.note === undefined ? [] : [action.note];
  const saves =
    "saves" in action && action.saves !== undefined ? [`${SAVED[action.verb]} is backed up first`] : [];
  return printable([rule, ...why, ...note, ...saves].join("; "));
}

/** The version that an action would overwrite or delete. */
const SAVED: Readonly<Partial<Record<Verb, string>>> = {
  upload: "the version in the bucket",
  download: "the version here",
  "delete-local": "the version here",
  "delete-remote": "the version in the bucket",
};
