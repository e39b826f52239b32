/** Where the requests about a bucket of Amazon S3 go: just where the SDK would send them. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import fc from "fast-check";
import { type BucketUrl, bucketUrl } from "../../../src/remote/wire/bucket-url.ts";
import { AWS_ENDPOINT, type Connection } from "../../../src/remote/wire/connection.ts";
import { newHandler } from "../../../src/remote/wire/http-handler.ts";
import * as sdk from "../../../src/remote/wire/sdk.ts";

const CONNECTION: Connection = {
  endpoint: undefined,
  region: "eu-central-1",
  profile: undefined,
  caBundle: undefined,
  pathStyle: false,
  requestPayer: false,
};

const VARIABLES = ["AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_FIPS_ENDPOINT"] as const;
const before = new Map<string, string | undefined>();

beforeEach(() => {
  for (const name of VARIABLES) {
    before.set(name, process.env[name]);
    delete process.env[name];
  }
});
afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const withSdk = (connection: Connection) => async () => {
  const client = sdk.sdkClient(
    connection,
    newHandler(connection, { stallMs: 1, atOnce: 1 }, () => {}),
    () => Promise.resolve({ accessKeyId: "a", secretAccessKey: "b" }),
  );
  return { client, endpointOf: sdk.endpointOf };
};
const withoutSdk = (): Promise<never> => Promise.reject(new Error("the SDK was asked"));

/** By the SDK alone: "" where it knows none. */
async function told(connection: Connection, bucket: string): Promise<string> {
  const { client, endpointOf } = await withSdk(connection)();
  try {
    const { url, properties } = await endpointOf(client, bucket);
    const [scheme] = (properties?.["authSchemes"] ?? []) as readonly {
      signingRegion: string;
      name: string;
    }[];
    return [url.href.replace(/\/*$/, "/"), scheme?.name, scheme?.signingRegion].join(" ");
  } catch {
    return "";
  } finally {
    client.destroy();
  }
}

const said = ({ protocol, hostname, path, region, service }: BucketUrl): string =>
  [`${protocol}//${hostname}${path}`, service === "s3" ? "sigv4" : service, region].join(" ");

const REGIONS = (
  "us-east-1 us-west-2 eu-central-1 ap-southeast-7 mx-central-1 il-central-1 us-gov-west-1 cn-north-1 us-iso-east-1 " +
  "eu-isoe-west-1 eusc-de-east-1 aws-global fips-us-east-1 us-east-1-fips mars-north-1 us-east-12 us-east"
).split(" ");

test("RM30: an address of Amazon S3 that is made without the SDK is the SDK's", async () => {
  const odd = fc.array(fc.constantFrom("a", "bucket", "9", "-", ".", "A", "_", "--x-s3", "-s3alias"));
  const name = fc.oneof(
    fc.stringMatching(/^[a-z\d]{1,3}[a-z\d-]{0,61}[a-z\d]$/),
    odd.map((parts) => parts.join("").slice(0, 70)),
  );
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(name, fc.constantFrom(...REGIONS), fc.boolean(), async (bucket, region, pathStyle) => {
      const connection = { ...CONNECTION, region, pathStyle };
      const ours = await bucketUrl(connection, bucket, withoutSdk).catch(() => undefined);
      if (ours === undefined) return; // then it is asked
      plain++;
      assert.equal(said(ours), await told(connection, bucket));
    }),
    { numRuns: 300 },
  );
  assert.ok(plain > 20, `only ${plain} were made`);
});

test("RM30: the address of an ordinary bucket takes no SDK, one with a dual stack, FIPS or another domain does", async () => {
  const url = (connection: Partial<Connection>): Promise<string> =>
    bucketUrl({ ...CONNECTION, ...connection }, "bucket", withoutSdk).then(said);
  assert.equal(await url({}), "https://bucket.s3.eu-central-1.amazonaws.com/ sigv4 eu-central-1");
  assert.equal(
    await url({ pathStyle: true }),
    "https://s3.eu-central-1.amazonaws.com/bucket/ sigv4 eu-central-1",
  );
  assert.equal(
    await url({ endpoint: AWS_ENDPOINT, pathStyle: true }),
    `${AWS_ENDPOINT}/bucket/ sigv4 eu-central-1`,
  );
  await assert.rejects(url({ region: "cn-north-1" }), /the SDK was asked/);
  for (const name of VARIABLES) {
    process.env[name] = "true";
    await assert.rejects(url({}), /the SDK was asked/, name);
    delete process.env[name];
  }
});
