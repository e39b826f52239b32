/** Whether an S3 server is ready for work. */

import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";

import { TEST_ACCOUNT, type Account } from "./server-kind.ts";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

export function clientOf(endpoint: string, account: Account = TEST_ACCOUNT): S3Client {
  const { region, accessKeyId, secretAccessKey } = account;
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    expectContinueHeader: false,
    maxAttempts: 5,
  });
}

/** A signed request is answered. Rejects, or says false, where it is not yet. */
export async function answers(endpoint: string): Promise<boolean> {
  const client = clientOf(endpoint);
  try {
    const reply = await client.send(new ListBucketsCommand({}), { abortSignal: AbortSignal.timeout(2_000) });
    return reply.$metadata.httpStatusCode === 200;
  } finally {
    client.destroy();
  }
}
