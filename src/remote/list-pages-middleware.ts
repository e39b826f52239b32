/** Takes the pages of listings out of the SDK's hands: its parser is slower, and accepts what is no page. */

import { Readable } from "node:stream";
import type { ListObjectsV2CommandInput, S3Client } from "@aws-sdk/client-s3";
import { BrokenPage } from "./broken-answer.ts";
import { type PageText, readPage } from "./list-page.ts";

/** A thousand of the longest keys, with every byte encoded and much beside them, are an eighth of it. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;

const pages = new WeakMap<object, PageText>();

interface RawResponse {
  readonly statusCode: number;
  body: AsyncIterable<Uint8Array>;
}

export function takeListPages(client: S3Client): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const response = result.response as RawResponse;
      if (context["commandName"] !== "ListObjectsV2Command" || response.statusCode !== 200) return result;
      const body = await whole(response.body);
      const page = readPage(body);
      if (page !== undefined) pages.set(args.input, page);
      response.body = Readable.from([
        page === undefined ? body : Buffer.from("<ListBucketResult></ListBucketResult>"),
      ]);
      return result;
    },
    // Low is next to the wire: before the SDK's own deserializer sees the response.
    { step: "deserialize", priority: "low", name: "takeListPages", override: true },
  );
}

/** @throws {BrokenPage} it does not come to an end */
async function whole(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_PAGE_BYTES) throw new BrokenPage("a page of the listing is longer than any can be");
  }
  return Buffer.concat(chunks);
}

/** The page that answered this input. @returns undefined: its shape is unknown, take what the SDK made of it */
export function takenPage(input: ListObjectsV2CommandInput): PageText | undefined {
  return pages.get(input);
}
