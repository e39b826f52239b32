/** A page of ListObjectsV2 over empty objects with the names that trees of the benchmark have. */

import { nameOf } from "./tree.ts";
import { EMPTY_ETAG } from "./written-state.ts";

export interface Wanted {
  /** Of the first object. */
  readonly from: number;
  /** In the whole bucket. */
  readonly count: number;
  readonly most: number;
  /** Keys are URL-encoded; these names are the same either way. */
  readonly coded: boolean;
}

export function pageOfListing(prefix: string, { from, count, most, coded }: Wanted): string {
  const to = Math.min(count, from + most);
  const objects: string[] = [];
  for (let index = from; index < to; index++)
    objects.push(
      `<Contents><Key>${prefix}${nameOf(index)}</Key><LastModified>2026-06-01T00:00:00.000Z</LastModified>` +
        `<ETag>&quot;${EMPTY_ETAG}&quot;</ETag><Size>0</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    );
  const more = to < count;
  const frame = [
    `<Prefix>${prefix}</Prefix><KeyCount>${to - from}</KeyCount><MaxKeys>${most}</MaxKeys>`,
    coded ? "<EncodingType>url</EncodingType>" : "",
    `<IsTruncated>${more}</IsTruncated>`,
    more ? `<NextContinuationToken>${prefix}${nameOf(to - 1)}</NextContinuationToken>` : "",
  ];
  const xmlns = "http://s3.amazonaws.com/doc/2006-03-01/";
  return [
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="${xmlns}">`,
    ...frame,
    ...objects,
    "</ListBucketResult>",
  ].join("");
}
