/** The SDK's client as this program uses it: silent, one attempt a request. Loaded when something rare is asked. */

import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getEndpointFromInstructions } from "@smithy/core/endpoints";
import type { AwsCredentialIdentityProvider, EndpointV2 } from "@smithy/types";
import type { Connection } from "./connection.ts";
import type { Handler } from "./http-handler.ts";
import { SILENT } from "./silent.ts";

export {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetBucketVersioningCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";

export function sdkClient(
  { endpoint, region, profile, pathStyle, requestPayer, appId }: Connection,
  requestHandler: Handler,
  credentials: AwsCredentialIdentityProvider,
): S3Client {
  const client = new S3Client({
    region,
    credentials,
    forcePathStyle: pathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    // Other servers stumble over checksum headers.
    requestChecksumCalculation: endpoint === undefined ? "WHEN_SUPPORTED" : "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: 1,
    cacheMiddleware: true,
    expectContinueHeader: false,
    requestHandler,
    logger: SILENT,
    customUserAgent: "s3-bsync",
    ...(appId === undefined ? {} : { userAgentAppId: appId }),
  });
  if (requestPayer) payForRequests(client);
  return client;
}

/** Where a bucket of Amazon S3 is, and how it is signed for there. */
export function endpointOf(client: S3Client, bucket: string): Promise<EndpointV2> {
  return getEndpointFromInstructions({ Bucket: bucket, Key: "key" }, HeadObjectCommand, { ...client.config });
}

/** Not every command of the SDK has a word for it. */
function payForRequests(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers["x-amz-request-payer"] = "requester";
      return next(args);
    },
    { step: "build", name: "payForRequests", override: true },
  );
}
