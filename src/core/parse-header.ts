/** `[PATTERN: ]NAME: VALUE` as a rule about the headers of new objects, and back. */

import { HEADER_NAMES, type HeaderName, type HeaderRule } from "../model/object-settings.ts";
import { patternRules } from "./pattern-rules.ts";

/** The name is the first of the known ones that stands at the beginning or behind a colon and a space. */
const FORM = new RegExp(String.raw`^(?:(.*?): +)??(${HEADER_NAMES.join("|")}) *:(.*)$`, "i");

/** Printable ASCII: anything else is changed on its way, or refused. */
const VALUE = /^[ -~]+$/;
const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?:0[1-9]|[12]\d|3[01]) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d GMT$/;

const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^x-amz-(?:acl|grant-)/i, "ACLs are never sent; who may read is said by the policy of the bucket"],
  [/^content-encoding/i, "whoever decodes it on the way would change the content; --gzip compresses"],
  [/^x-amz-meta-/i, "the metadata of objects are what the program itself says of the content"],
  [/^x-amz-storage-class/i, "that is --storage-class"],
  [/^x-amz-server-side-encryption/i, "that is --sse"],
  [/^x-amz-request-payer/i, "that is --request-payer"],
];

/** @returns why it is none, where it is none */
export function parseHeader(text: string): HeaderRule | { readonly fault: string } {
  const [, pattern, spelled = "", rest = ""] = FORM.exec(text) ?? [];
  const name = HEADER_NAMES.find((each) => each.toLowerCase() === spelled.toLowerCase());
  if (name === undefined) return { fault: faultOf(text) };
  const value = rest.trim();
  const fault = valueFault(name, value) ?? (pattern === undefined ? undefined : patternFault(pattern));
  return fault === undefined ? { pattern, name, value } : { fault };
}

/** @returns what `parseHeader` makes the same rule of */
export function headerText({ pattern, name, value }: HeaderRule): string {
  return `${pattern === undefined ? "" : `${pattern}: `}${name}: ${value}`;
}

function faultOf(text: string): string {
  const parts = text.split(/: +/);
  const refused = REFUSED.find(([form]) => parts.some((part) => form.test(part)));
  return refused === undefined ? `names none of ${HEADER_NAMES.join(", ")}` : refused[1];
}

function valueFault(name: HeaderName, value: string): string | undefined {
  if (!VALUE.test(value)) return "its value is not printable ASCII, or empty";
  const isDate = name !== "Expires" || HTTP_DATE.test(value);
  return isDate ? undefined : "not a date such as Thu, 01 Jan 2026 00:00:00 GMT";
}

function patternFault(pattern: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- a rule is one line
  if (/[\x00-\x1f\x7f]/.test(pattern)) return "a pattern with a control character";
  if (pattern.startsWith("!")) return "a pattern that begins with ! matches nothing by itself";
  const rules = patternRules(pattern);
  if (rules.refused.size > 0) return "a pattern that would take too long to match";
  return rules.empty ? "what stands before the name is no pattern" : undefined;
}
