/** Values of options about unattended runs, checked. */

import { UsageError } from "../../model/errors.ts";
import { oneOf } from "./values.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

export const REPORT_POLICIES = ["always", "changes"] as const;
export type ReportPolicy = (typeof REPORT_POLICIES)[number];

/** What `--service` does about the job. */
export const JOB_ACTS = ["install", "remove", "status"] as const;

/** @throws {UsageError} */
export function reportPolicy(text: string): ReportPolicy {
  return oneOf("--report", text, REPORT_POLICIES);
}

/** @throws {UsageError} */
export function seconds(
  word: string,
  text: string | undefined,
  { least, byDefault }: { readonly least: number; readonly byDefault: number },
): number {
  if (text === undefined) return byDefault;
  const amount = Number(text);
  if (/^\d{1,5}(?:\.\d{1,3})?$/.test(text) && amount >= least && amount <= DAY_MS / 1000) return amount;
  throw new UsageError(`${word} ${text}: not a number of seconds from ${least} to ${DAY_MS / 1000}`);
}

/** In ms; Infinity for `never`. @throws {UsageError} */
export function staleAfterMs(text = "7"): number {
  if (text === "never") return Infinity;
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new UsageError(`--stale-after ${text}: not a number of days, or never`);
  return Number(text) * DAY_MS;
}
