/** A listing in ranges that are fetched side by side. Only for servers that list in byte order. */

import { inOrder } from "../core/in-order.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { Listed } from "./list-page.ts";
import { listPage, type Page } from "./list-pages.ts";
import type { Remote } from "./remote.ts";

/** Ranges ahead of the reader. Whoever reads is slower than so many. */
const AHEAD = 8;

interface Range {
  readonly after: string;
  /** The last key that belongs to it; undefined: all that follow. */
  readonly until: string | undefined;
}

/** `splitAt`: ascending keys relative to the prefix. Each range costs one page more at most. */
export function ranges(remote: Remote, splitAt: readonly ObjectKey[]): AsyncIterable<readonly Listed[]> {
  const cuts = splitAt.map((key) => remote.prefix + key);
  const all = [...cuts, undefined].map((until, at): Range => ({ after: cuts[at - 1] ?? "", until }));
  return inOrder(all, (range) => rangeOf(remote, range), { concurrency: AHEAD, window: AHEAD });
}

async function rangeOf(remote: Remote, { after, until }: Range): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  let token: string | undefined;
  do {
    const { objects, next }: Page = await listPage(remote, { recursive: true, token, after });
    for (const listed of objects) {
      if (until !== undefined && listed.key > until) return found;
      found.push(listed);
    }
    if (found.at(-1)?.key === until) return found;
    token = next;
  } while (token !== undefined);
  return found;
}
