/** The body of a page of a listing. */

import type { Readable } from "node:stream";
import { BrokenPage } from "./broken-answer.ts";

/** A thousand of the longest keys, with every byte encoded and much beside them, are an eighth of it. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;

/** @throws {BrokenPage} it does not come to an end */
export async function wholePage(body: Readable): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_PAGE_BYTES) throw new BrokenPage("a page of the listing is longer than any can be");
  }
  return Buffer.concat(chunks);
}
