/** Where the requests about a bucket go. */

import type { S3Client } from "@aws-sdk/client-s3";
import {
  loadConfig,
  NODE_USE_DUALSTACK_ENDPOINT_CONFIG_OPTIONS,
  NODE_USE_FIPS_ENDPOINT_CONFIG_OPTIONS,
} from "@smithy/core/config";
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

/** @param sdk knows all addresses of Amazon, and is asked for those that are not plain: it takes long to load. @throws {BsyncError} none that this program can speak to */
export async function bucketUrl(
  connection: Connection,
  bucket: string,
  sdk: () => Promise<{
    readonly client: S3Client;
    readonly endpointOf: typeof Sdk.endpointOf;
  }>,
): Promise<BucketUrl> {
  const { endpoint, region } = connection;
  if (endpoint !== undefined) {
    const url = new URL(endpoint);
    return { ...parts(url), path: `${below(url)}${bucket}/`, region, service: "s3" };
  }
  if (await isPlain(connection, bucket)) return plainUrl(connection, bucket);
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

/** Of the partition `aws`; others have domains of their own. */
const REGION = /^(?:us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d$/;
/** A label of a host name; `--` and `-s3alias` mark what is no ordinary bucket. */
const BUCKET = /^(?!.*--)(?!.*-s3alias$)[a-z\d][a-z\d-]{1,61}[a-z\d]$/;

async function isPlain({ region, profile }: Connection, bucket: string): Promise<boolean> {
  if (!REGION.test(region) || !BUCKET.test(bucket)) return false;
  const of = profile === undefined ? {} : { profile };
  const isDualStack = await loadConfig(NODE_USE_DUALSTACK_ENDPOINT_CONFIG_OPTIONS, of)();
  const isFips = await loadConfig(NODE_USE_FIPS_ENDPOINT_CONFIG_OPTIONS, of)();
  return isDualStack !== true && isFips !== true;
}

function plainUrl({ region, pathStyle }: Connection, bucket: string): BucketUrl {
  const host = `s3.${region}.amazonaws.com`;
  const [hostname, path] = pathStyle ? [host, `/${bucket}/`] : [`${bucket}.${host}`, "/"];
  return { protocol: "https:", hostname, port: undefined, path, region, service: "s3" };
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
