/** The pages of a listing in the order of the server, one ahead of the reader. */

import { ListObjectsV2Command, type ListObjectsV2CommandInput } from "@aws-sdk/client-s3";
import { keyText } from "../model/object-key.ts";
import { BrokenPage } from "./broken-answer.ts";
import { type Listed, nextToken, pageOf } from "./list-page.ts";
import { takenPage } from "./list-pages-middleware.ts";
import type { Remote } from "./remote.ts";
import { statusOf } from "./sdk-error.ts";

export interface Page {
  readonly objects: readonly Listed[];
  readonly next: string | undefined;
}

/** What a listing needs of the way to the bucket. */
export type Listable = Pick<Remote, "bucket" | "prefix" | "aws" | "send">;

export interface PageOptions {
  readonly recursive: boolean;
  readonly token: string | undefined;
  /** A whole key, as a byte string: the page begins after it. "" is the beginning. */
  readonly after: string;
}

export async function* pages(remote: Remote, recursive: boolean): AsyncGenerator<readonly Listed[]> {
  const fetch = (token: string | undefined): Promise<Page> => {
    const page = listPage(remote, { recursive, token, after: "" });
    page.catch(() => {}); // met by whoever awaits it, if anybody does
    return page;
  };
  for (let coming: Promise<Page> | undefined = fetch(undefined); coming !== undefined;) {
    const { objects, next }: Page = await coming;
    coming = next === undefined ? undefined : fetch(next);
    yield objects;
  }
}

/** One whole page. @throws {BrokenPage} it is none, however often it is asked for */
export function listPage(remote: Listable, { recursive, token, after }: PageOptions): Promise<Page> {
  const { bucket, prefix, aws } = remote;
  const input: ListObjectsV2CommandInput = {
    Bucket: bucket,
    Prefix: keyText(prefix),
    EncodingType: "url",
    ...(recursive ? {} : { Delimiter: "/" }),
    ...(token === undefined ? {} : { ContinuationToken: token }),
    ...(after === "" || token !== undefined ? {} : { StartAfter: keyText(after) }),
    ...(aws ? { OptionalObjectAttributes: ["RestoreStatus"] } : {}),
  };
  const asked = { bucket: hasOtherNames(bucket) ? undefined : bucket, prefix, token };
  return remote.send("list", async (client, options) => {
    const command = new ListObjectsV2Command(input);
    const output = await client.send(command, options).catch((error: unknown) => {
      throw statusOf(error) === 200 ? new BrokenPage("a page of the listing cannot be read") : error;
    });
    const page = takenPage(command.input) ?? pageOf(output);
    const next = nextToken(page, asked);
    const objects = recursive
      ? page.objects
      : page.objects.filter(({ key }) => !key.includes("/", prefix.length));
    return { objects, next };
  });
}

/** An access point answers with the name of the bucket behind it. */
function hasOtherNames(bucket: string): boolean {
  return bucket.startsWith("arn:") || bucket.endsWith("-s3alias");
}
