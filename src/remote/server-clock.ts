/** What the server's clock says, as every answer tells it. */

import type { S3Client } from "@aws-sdk/client-s3";

interface RawResponse {
  readonly headers: Readonly<Record<string, string>>;
}

/** @returns how far `now` was ahead of the server's clock at its last answer, in ms; undefined: it has not said */
export function watchClock(client: S3Client, now: () => number): () => number | undefined {
  let aheadMs: number | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const serverMs = Date.parse((result.response as RawResponse).headers["date"] ?? "");
      if (!Number.isNaN(serverMs)) aheadMs = now() - serverMs;
      return result;
    },
    { step: "deserialize", priority: "low", name: "watchClock", override: true },
  );
  return () => aheadMs;
}
