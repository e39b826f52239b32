/** Chunks through a stream of Node. */

import type { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

/**
 * What the stream makes of the chunks, at the pace of the reader. When this ends, in whatever way, both are closed.
 * @throws what the chunks or the stream throw
 */
export async function* through(
  chunks: AsyncIterable<Uint8Array>,
  stream: Transform,
): AsyncGenerator<Uint8Array, void, undefined> {
  const fed = pipeline(chunks, stream).catch(() => {}); // the stream ends with the same error, and its reader meets it
  try {
    for await (const made of stream) yield made as Uint8Array;
  } finally {
    stream.destroy();
    await fed;
  }
}
