/** The content of an open file, in pieces. */

import type { OpenFile } from "../../ports/file-tree.ts";

const CHUNK_BYTES = 1024 * 1024;

export async function* chunksOf(file: OpenFile): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < file.file.size; at += CHUNK_BYTES) {
    yield await file.read(at, Math.min(CHUNK_BYTES, file.file.size - at));
  }
}
