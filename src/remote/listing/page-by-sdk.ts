/** What the SDK's parser makes of a page whose shape ours does not know. */

import { Readable } from "node:stream";
import { HttpResponse } from "@smithy/core/protocols";
import { BrokenPage } from "../wire/broken-answer.ts";
import { pageOf, type PageText } from "./list-page.ts";
import { SILENT } from "../wire/silent.ts";

/** Nothing is asked of anybody. @throws {BrokenPage} it is no page to that one either */
export async function pageBySdk(body: Buffer): Promise<PageText> {
  const { ListObjectsV2Command, S3Client } = await import("../wire/sdk.ts");
  const client = new S3Client({
    region: "none",
    endpoint: "http://none",
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
    maxAttempts: 1,
    logger: SILENT,
    requestHandler: {
      handle: async () => ({
        response: new HttpResponse({ statusCode: 200, headers: {}, body: Readable.from([body]) }),
      }),
    },
  });
  const output = await client.send(new ListObjectsV2Command({ Bucket: "none" })).catch((cause: unknown) => {
    throw new BrokenPage("a page of the listing cannot be read", { cause });
  });
  return pageOf(output);
}
