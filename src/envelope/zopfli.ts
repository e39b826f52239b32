/** gzip by Zopfli: a few percent smaller than the best of zlib, a hundred times slower; on threads of its own. */

import { gzipped } from "./gzip.ts";
import { ZopfliThreads } from "./zopfli-threads.ts";

/** Larger content, which would take minutes, is compressed by zlib at level 9: Zopfli makes 0.2 to 0.4 MB a second. */
export const ZOPFLI_MAX_BYTES = 8 * 1024 * 1024;

/** Passes over the content, by level. More than these gain next to nothing. */
const PASSES: Readonly<Record<number, number>> = { 10: 5, 11: 15 };

const threads = new ZopfliThreads();

/** The same bytes for the same content, however it is cut. @param level 10 or 11 */
export async function* zopflied(
  plain: AsyncIterable<Uint8Array>,
  level: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = plain[Symbol.asyncIterator]();
  try {
    const head: Uint8Array[] = [];
    let length = 0;
    while (length <= ZOPFLI_MAX_BYTES) {
      const next = await source.next();
      if (next.done === true) {
        yield await threads.gzip(Buffer.concat(head, length), PASSES[level] ?? 0);
        return;
      }
      head.push(next.value);
      length += next.value.length;
    }
    yield* gzipped(headAndRest(head, source), 9);
  } finally {
    await source.return?.();
  }
}

/** Lets go of the head as it goes. */
async function* headAndRest(
  head: Uint8Array[],
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let chunk = head.shift(); chunk !== undefined; chunk = head.shift()) yield chunk;
  yield* { [Symbol.asyncIterator]: () => source };
}
