/** Who holds a lock, as its content says. */

import { countOf, textOf } from "./json-file.ts";
import type { ProcessIdentity } from "./process-identity.ts";

/** @returns undefined: no run of ours wrote this */
export function holderOf(text: string): ProcessIdentity | undefined {
  const json = parsed(text);
  const pid = countOf(json, "pid");
  const host = textOf(json, "host");
  if (pid === undefined || host === undefined) return undefined;
  return {
    host,
    pid,
    boot: textOf(json, "boot") ?? "",
    pidSpace: textOf(json, "pidSpace") ?? "",
    start: textOf(json, "start") ?? "",
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
