/** One thing that a sync needs, and whether it is well. */

import type { BsyncError } from "../../model/errors.ts";

export interface Check {
  /** What was looked at, in a word or two. */
  readonly about: string;
  /** `warning`: a sync works, but not as well as it could. */
  readonly state: "ok" | "warning" | "failure";
  readonly text: string;
  /** What to do. */
  readonly hint?: string | undefined;
}

export function ok(about: string, text: string): Check {
  return { about, state: "ok", text };
}

export function warning(about: string, text: string, hint: string): Check {
  return { about, state: "warning", text, hint };
}

export function failure(about: string, text: string, hint: string | undefined): Check {
  return { about, state: "failure", text, hint };
}

export function failed(about: string, { message, hint }: BsyncError): Check {
  return failure(about, message, hint);
}
