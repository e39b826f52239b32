/** Plain content, held against what was written down of it when it was stored. */

import { createHash } from "node:crypto";
import type { Enveloped } from "../model/encoding.ts";
import { damaged } from "../ports/envelope.ts";

/** Passes chunks on, never more than are due. @throws {Unreadable} at the first byte too many, or at the end */
export async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  { size, sha256 }: Pick<Enveloped, "size" | "sha256">,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash("sha256");
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > size) throw damaged("it is longer than it says");
    hash.update(chunk);
    yield chunk;
  }
  if (length < size) throw damaged("it is shorter than it says");
  if (hash.digest("hex") !== sha256) throw damaged("its SHA-256 is another than it says");
}
