/** A listing in ranges that are fetched side by side. Only for servers that list in byte order. */

import { inOrder } from "../../core/in-order.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { Listed } from "./list-page.ts";
import { listPage, type Page } from "./list-pages.ts";
import type { Remote } from "../remote.ts";

/** Ranges ahead of the reader. Whoever reads is slower than so many. */
const AHEAD = 8;

interface Range {
  readonly after: string;
  /** The last key that belongs to it; undefined: all that follow. */
  readonly until: string | undefined;
}

/** Pages that a range may hold. What grew beyond them since the cuts were made is read page by page. */
const PAGES_HELD = 16;

/** What a range holds, and where to go on if that is not all. */
interface Fetched {
  readonly range: Range;
  readonly objects: readonly Listed[];
  readonly next: string | undefined;
}

/**
 * Each range costs one page more at most.
 * @param splitAt ascending keys relative to the prefix
 * @param from a whole key: only what comes after it
 */
export async function* ranges(
  remote: Remote,
  splitAt: readonly ObjectKey[],
  from = "",
): AsyncGenerator<readonly Listed[]> {
  const cuts = splitAt.map((key) => remote.prefix + key).filter((key) => key > from);
  const all = [...cuts, undefined].map((until, at): Range => ({ after: cuts[at - 1] ?? from, until }));
  const begin = (range: Range): Promise<Fetched> => fetchPages(remote, range, undefined, PAGES_HELD);
  for await (let fetched of inOrder(all, begin, { concurrency: AHEAD, window: AHEAD })) {
    yield fetched.objects;
    while (fetched.next !== undefined) {
      fetched = await fetchPages(remote, fetched.range, fetched.next, 1);
      yield fetched.objects;
    }
  }
}

async function fetchPages(
  remote: Remote,
  range: Range,
  from: string | undefined,
  most: number,
): Promise<Fetched> {
  const { after, until } = range;
  const objects: Listed[] = [];
  let token = from;
  for (let pages = 0; pages < most; pages++) {
    const page: Page = await listPage(remote, { recursive: true, token, after });
    for (const listed of page.objects) {
      if (until !== undefined && listed.key > until) return { range, objects, next: undefined };
      objects.push(listed);
    }
    if (page.next === undefined || objects.at(-1)?.key === until) return { range, objects, next: undefined };
    token = page.next;
  }
  return { range, objects, next: token };
}
