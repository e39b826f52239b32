/** How far our clock is from the server's, as its answers tell. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { HttpResponse } from "@smithy/core/protocols";
import { watchClock } from "../../../src/remote/server-clock.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

/** A client whose server answers with this header. */
function clientOf(answer: { date: string | undefined; statusCode: number }): S3Client {
  return new S3Client({
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
    requestHandler: {
      handle: async () => {
        const { date, statusCode } = answer;
        const headers: Record<string, string> = date === undefined ? {} : { date };
        return { response: new HttpResponse({ statusCode, headers }) };
      },
    },
  });
}

test("S22: the clock is compared with the Date of each answer, errors too; what is no date says nothing", async () => {
  const answer: { date: string | undefined; statusCode: number } = { date: undefined, statusCode: 200 };
  const client = clientOf(answer);
  const aheadMs = watchClock(client, () => NOW);
  const ask = async (date: string | undefined, statusCode = 200): Promise<number | undefined> => {
    Object.assign(answer, { date, statusCode });
    await client.send(new HeadBucketCommand({ Bucket: "b" })).catch(() => undefined);
    return aheadMs();
  };
  assert.equal(await ask(undefined), undefined);
  assert.equal(await ask("yesterday, or so"), undefined);
  assert.equal(await ask("Sun, 22 Nov 2026 11:59:00 GMT"), 60_000);
  assert.equal(await ask(undefined), 60_000);
  assert.equal(await ask("Tue, 24 Nov 2026 12:00:00 GMT", 403), -48 * 3_600_000);
});
