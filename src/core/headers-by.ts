/** Which headers an object gets by the rules of its map. */

import type { ObjectKey } from "../model/object-key.ts";
import type { HeaderName, HeaderRule } from "../model/object-settings.ts";
import { patternRules } from "./pattern-rules.ts";

export type HeadersFor = (key: ObjectKey) => { readonly [name in HeaderName]?: string };

/** Patterns are made ready once. */
export function headersBy(rules: readonly HeaderRule[]): HeadersFor {
  const ready = rules.map(({ pattern, name, value }) => {
    const matcher = pattern === undefined ? undefined : patternRules(pattern);
    return { name, value, matches: (key: ObjectKey) => matcher === undefined || matcher.ignores(key) };
  });
  return (key) =>
    Object.fromEntries(ready.filter(({ matches }) => matches(key)).map(({ name, value }) => [name, value]));
}
