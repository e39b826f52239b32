/** Reads pages of a listing: as they come, with our parser, or through the SDK's client. `page.ts ours|sdk PAGES` */

import { Readable } from "node:stream";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { type PageText, pageOf, readPage } from "../../../src/remote/listing/list-page.ts";
import { pageOfListing } from "../listing-page.ts";
import { wholePage } from "../../../src/remote/wire/whole-page.ts";
import { ownFigures } from "./own-figures.ts";

const [whose = "", pages = ""] = process.argv.slice(2);
const body = Buffer.from(pageOfListing("prefix/", { from: 0, count: 1_000_000, most: 1000, coded: true }));
const client = new S3Client({
  region: "us-east-1",
  credentials: { accessKeyId: "nobody", secretAccessKey: "nothing" },
  cacheMiddleware: true,
  requestHandler: {
    handle: async () => ({
      response: {
        statusCode: 200,
        headers: { "content-type": "application/xml" },
        body: Readable.from([body]),
      },
    }),
  },
});

const readers: Readonly<Record<string, () => Promise<PageText | undefined>>> = {
  ours: async () => readPage(await wholePage(Readable.from([body]))),
  sdk: async () => {
    const command = new ListObjectsV2Command({ Bucket: "bucket", Prefix: "prefix/", EncodingType: "url" });
    return pageOf(await client.send(command));
  },
};

await ownFigures(async () => {
  for (let at = 0; at < Number(pages); at++) {
    const page = await readers[whose]?.();
    if (page?.objects.length !== 1000) throw new Error(`${page?.objects.length} objects on a page of 1000`);
  }
});
