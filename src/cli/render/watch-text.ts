/** Why a watching process runs, as text. */

import type { Why } from "../../core/watch-pace.ts";
import { shown } from "./escape.ts";

/** @param path where the last change was seen */
export function whyText(why: Why, path: string | undefined): string {
  return `watch: runs: ${why === "changed" && path !== undefined ? `${shown(path)} changed` : WORDS[why]}\n`;
}

const WORDS: Readonly<Record<Why, string>> = {
  start: "it begins",
  changed: "something changed",
  poll: "time to look at S3",
  locked: "another run held the lock",
  retry: "the last run failed",
};

export function nextText(atMs: number, nowMs: number): string {
  return `watch: next run in ${Math.max(0, Math.round((atMs - nowMs) / 1000))} seconds, or when something changes\n`;
}
