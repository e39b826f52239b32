/** One pattern, matched as if it stood alone in an ignore file at the root of a map. */

import type { ObjectKey } from "../model/object-key.ts";
import { IgnoreRules } from "./ignore-rules.ts";

/** What it "ignores" is what it matches: a directory that matches matches all below it. */
export function patternRules(pattern: string): IgnoreRules {
  return new IgnoreRules(new Map([["" as ObjectKey, pattern]]), { recursive: false });
}
