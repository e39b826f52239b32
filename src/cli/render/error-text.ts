/** Errors as text: what and where, then what to do. */

import { BsyncError } from "../../model/errors.ts";
import { printable } from "./escape.ts";

/** One line an error, and its hint below it. Anything but a `BsyncError` is a bug of this program. */
export function errorText(error: unknown, { stack }: { readonly stack: boolean }): string {
  const trace = stack && error instanceof Error ? framesOf(error) : "";
  if (error instanceof BsyncError) return problemLines([error.message], error.hint) + trace;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const hint = stack
    ? "this is a bug: please report it with these lines"
    : "this is a bug: run again with --debug, and please report what that prints";
  return problemLines([`unexpected ${what}`], hint) + trace;
}

/** Where it was thrown, a line a call. What stands before them is the message once more, as it is. */
function framesOf({ stack = "" }: Error): string {
  const frames = stack.split("\n").filter((line) => line.startsWith("    at "));
  return frames.map((frame) => `${printable(frame)}\n`).join("");
}

export function problemLines(problems: readonly string[], hint: string | undefined): string {
  const lines = problems.map((problem) => `s3-bsync: ${printable(problem)}\n`).join("");
  return hint === undefined ? lines : `${lines}  hint: ${printable(hint)}\n`;
}
