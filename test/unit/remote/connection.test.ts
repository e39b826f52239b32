/** Which endpoint, region and profile are used: options first, then the environment, then the config files. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { connectionOf } from "../../../src/remote/wire/connection.ts";
import { tempDir } from "../../support/temp-dir.ts";

const CONFIG = `
[default]
region = eu-north-1

[profile own]
endpoint_url = https://own.example
ca_bundle = /etc/own.pem
sdk_ua_app_id = nightly

[profile shared]
services = private

[services private]
s3 =
  endpoint_url = https://private.example:9000
`;

const folder = tempDir("connection");
process.env["AWS_CONFIG_FILE"] = join(folder.path, "config");
process.env["AWS_SHARED_CREDENTIALS_FILE"] = join(folder.path, "credentials");
writeFileSync(join(folder.path, "config"), CONFIG);
after(() => folder.remove());

test("without anything it is Amazon S3, with the region of the default profile", async () => {
  assert.deepEqual(await connectionOf({}, {}), {
    endpoint: undefined,
    region: "eu-north-1",
    profile: undefined,
    caBundle: undefined,
    pathStyle: false,
    requestPayer: false,
    appId: undefined,
  });
});

test("RM30: the application id is the environment's, else the profile's; what cannot stand in a header is none", async () => {
  assert.equal((await connectionOf({ profile: "own" }, {})).appId, "nightly");
  assert.equal((await connectionOf({ profile: "own" }, { AWS_SDK_UA_APP_ID: "backup-1" })).appId, "backup-1");
  assert.equal((await connectionOf({}, { AWS_SDK_UA_APP_ID: "two\nlines" })).appId, undefined);
});

test("the environment goes before the config files, the name for S3 before the general one", async () => {
  const env = {
    AWS_ENDPOINT_URL: "https://any.example",
    AWS_ENDPOINT_URL_S3: "https://s3.example/",
    AWS_DEFAULT_REGION: "r2",
    AWS_CA_BUNDLE: "/etc/ca.pem",
  };
  const { endpoint, region, caBundle, pathStyle } = await connectionOf({}, env);
  assert.deepEqual(
    [endpoint, region, caBundle, pathStyle],
    ["https://s3.example", "r2", "/etc/ca.pem", true],
  );
  assert.equal((await connectionOf({}, { ...env, AWS_REGION: "r1" })).region, "r1");
});

test("options go before the environment", async () => {
  const options = { "endpoint-url": "http://127.0.0.1:9000", region: "r0", "ca-bundle": "/ca" };
  const env = { AWS_ENDPOINT_URL: "https://any.example", AWS_REGION: "r1", AWS_CA_BUNDLE: "/other" };
  const { endpoint, region, caBundle } = await connectionOf(options, env);
  assert.deepEqual([endpoint, region, caBundle], ["http://127.0.0.1:9000", "r0", "/ca"]);
});

test("a profile brings its endpoint, as an option and from the environment, unless that is switched off", async () => {
  assert.equal((await connectionOf({ profile: "own" }, {})).endpoint, "https://own.example");
  assert.equal((await connectionOf({}, { AWS_PROFILE: "own" })).caBundle, "/etc/own.pem");
  assert.equal((await connectionOf({ profile: "shared" }, {})).endpoint, "https://private.example:9000");
  const env = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true", AWS_ENDPOINT_URL: "https://any.example" };
  assert.equal((await connectionOf({ profile: "own" }, env)).endpoint, undefined);
});

test("an endpoint that is no URL is refused, with a hint", async () => {
  await assert.rejects(connectionOf({}, { AWS_ENDPOINT_URL: "localhost:9000" }), {
    name: "BsyncError",
    hint: /--endpoint-url/,
  });
});
