/** The pages of a listing in the order of the server, one ahead of the reader. */

import { keyText } from "../../model/object-key.ts";
import type { Listing } from "../wire/api.ts";
import { type Listed, nextToken, readPage } from "./list-page.ts";
import { pageBySdk } from "./page-by-sdk.ts";
import type { Remote } from "../remote.ts";

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

/**
 * @param stops is asked at a page that is not the last, with its last key, whether another way goes on from there
 * @returns that key
 */
export async function* pages(
  remote: Remote,
  recursive: boolean,
  stops = (_last: string): boolean => false,
): AsyncGenerator<readonly Listed[], string | undefined> {
  const fetch = (token: string | undefined): Promise<Page> => {
    const page = listPage(remote, { recursive, token, after: "" });
    page.catch(() => {}); // met by whoever awaits it, if anybody does
    return page;
  };
  for (let coming: Promise<Page> | undefined = fetch(undefined); coming !== undefined;) {
    const { objects, next }: Page = await coming;
    const last = next === undefined ? undefined : objects.at(-1)?.key;
    if (last !== undefined && stops(last)) {
      yield objects;
      return last;
    }
    coming = next === undefined ? undefined : fetch(next);
    yield objects;
  }
  return undefined;
}

/** One whole page. @throws {BrokenPage} it is none, however often it is asked for */
export function listPage(remote: Listable, { recursive, token, after }: PageOptions): Promise<Page> {
  const { bucket, prefix, aws } = remote;
  const listing: Listing = {
    Prefix: keyText(prefix),
    ...(recursive ? {} : { Delimiter: "/" }),
    ...(token === undefined ? {} : { ContinuationToken: token }),
    ...(after === "" || token !== undefined ? {} : { StartAfter: keyText(after) }),
    ...(aws ? { OptionalObjectAttributes: ["RestoreStatus"] } : {}),
  };
  const asked = { bucket: hasOtherNames(bucket) ? undefined : bucket, prefix, token };
  return remote.send("list", async (api, options) => {
    const body = await api.list(listing, options);
    const page = readPage(body) ?? (await pageBySdk(body));
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
