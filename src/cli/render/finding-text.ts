/** What a verification finds, as lines of text. */

import { type Finding, FINDING_KINDS } from "../../model/finding.ts";
import type { VerifyResult } from "../../ports/verify-reporter.ts";
import { countText } from "./amounts.ts";
import { printable, shownKey } from "./escape.ts";

export function findingText({ key, kind, why }: Finding): string {
  return `  ${kind}: ${shownKey(key)}: ${printable(why)}\n`;
}

/** What a map adds up to; the last of its lines. */
export function findingsText({ findings, error }: VerifyResult): string {
  if (findings === undefined) return `  could not be looked at: ${printable(error?.message ?? "")}\n`;
  const { paths, counts } = findings;
  const found = FINDING_KINDS.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${kind}`);
  return `  ${countText(paths, "name")} compared: ${found.length === 0 ? "all the same" : found.join(", ")}\n`;
}
