/** Where the requests about a bucket go. */

import type { S3Client } from "@aws-sdk/client-s3";
import { BsyncError } from "../../model/errors.ts";
import type { Connection } from "./connection.ts";
import type * as Sdk from "./sdk.ts";

export interface BucketUrl {
  /** With its colon. */
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number | undefined;
  /** What stands before the key: ends in "/". */
  readonly path: string;
  /** What requests are signed for. */
  readonly region: string;
  readonly service: string;
}

/** @param sdk knows the addresses of Amazon, and is not asked for any other. @throws {BsyncError} none that this program can speak to */
export async function bucketUrl(
  { endpoint, region }: Connection,
  bucket: string,
  sdk: () => Promise<{
    readonly client: S3Client;
    readonly endpointOf: typeof Sdk.endpointOf;
  }>,
): Promise<BucketUrl> {
  if (endpoint !== undefined) {
    const url = new URL(endpoint);
    return { ...parts(url), path: `${below(url)}${bucket}/`, region, service: "s3" };
  }
  const { client, endpointOf } = await sdk();
  const { url, properties } = await endpointOf(client, bucket);
  const [scheme] = (properties?.["authSchemes"] ?? []) as readonly Scheme[];
  if (scheme !== undefined && scheme.name !== "sigv4") {
    throw new BsyncError(`bucket ${bucket} is of a kind that is not supported`, {
      hint: "a general purpose bucket, or an access point of one",
    });
  }
  const { signingRegion = region, signingName = "s3" } = scheme ?? {};
  return { ...parts(url), path: below(url), region: signingRegion, service: signingName };
}

interface Scheme {
  readonly name: string;
  readonly signingRegion?: string;
  readonly signingName?: string;
}

function parts({ protocol, hostname, port }: URL): Pick<BucketUrl, "protocol" | "hostname" | "port"> {
  return { protocol, hostname, port: port === "" ? undefined : Number(port) };
}

function below({ pathname }: URL): string {
  return pathname.endsWith("/") ? pathname : `${pathname}/`;
}
