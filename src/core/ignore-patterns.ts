/** The text of one ignore file as patterns that hold from the top of the tree. */

import { keyOfText } from "../model/object-key.ts";

const BYTE_ORDER_MARK = "\uFEFF";
const LONE_SURROGATE = /\p{Surrogate}/gu; // has no bytes in UTF-8

/**
 * @param dir where the file lies: "" or ending in "/"
 * @returns byte strings, as keys are
 */
export function ignorePatterns(text: string, dir: string): readonly string[] {
  const whole = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const lines = keyOfText(whole.replaceAll(LONE_SURROGATE, "\uFFFD")).split("\n");
  return lines.map((line) => fromTop(patternOf(line), dir)).filter((pattern) => pattern !== "");
}

/** A line without its end and without final spaces, or "" where it is no pattern. */
function patternOf(line: string): string {
  const whole = line.endsWith("\r") ? line.slice(0, -1) : line;
  if (whole.startsWith("#")) return "";
  return whole.slice(0, endOfPattern(whole));
}

/** Final spaces do not count, but for one that a backslash makes a character of the name. */
function endOfPattern(line: string): number {
  let end = line.length;
  while (line[end - 1] === " ") end--;
  let backslashes = 0;
  while (line[end - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1 && end < line.length ? end + 1 : end;
}

/** The same pattern, put below its directory: at any depth, or just there if it holds a "/" before its end. */
function fromTop(pattern: string, dir: string): string {
  const not = pattern.startsWith("!") ? "!" : "";
  const name = pattern.slice(not.length);
  if (name === "" || name === "/") return "";
  if (dir === "") return pattern;
  const anchored = name.slice(0, -1).includes("/");
  const below = `/${escaped(dir)}`;
  return not + below + (anchored ? name.replace(/^\//, "") : `**/${name}`);
}

function escaped(dir: string): string {
  return dir.replace(/[\\*?[\]]/g, "\\$&");
}
