/** Chunks joined to larger ones. */

/** @returns chunks of at least so many bytes, but for the last */
export async function* joined(
  chunks: AsyncIterable<Uint8Array>,
  least: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length < least) continue;
    yield Buffer.concat(parts, length);
    parts = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(parts, length);
}
