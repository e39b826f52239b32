/** What was looked at, a line each, and what to do below it. */

import type { Check } from "../checks/check.ts";
import { countText } from "./amounts.ts";
import { printable } from "./escape.ts";

export function checkText({ about, state, text, hint }: Check): string {
  const line = `${state.padEnd(8)}${about}: ${printable(text)}\n`;
  return hint === undefined ? line : `${line}  hint: ${printable(hint)}\n`;
}

export function sumText(checks: readonly Check[]): string {
  const count = (state: Check["state"]): number => checks.filter((check) => check.state === state).length;
  const parts = (["failure", "warning"] as const).flatMap((state) =>
    count(state) === 0 ? [] : [countText(count(state), state)],
  );
  return `\n${parts.length === 0 ? "all is well" : parts.join(", ")}\n`;
}
