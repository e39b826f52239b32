/** Errors of the SDK and the network in words. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BsyncError, PathError, Stale } from "../../../src/model/errors.ts";
import { codeOf } from "../../../src/remote/wire/sdk-error.ts";
import { storeError, troubleOf } from "../../../src/remote/wire/store-errors.ts";

const about = { bucket: "b", prefix: "p", endpoint: "https://s3.example", key: undefined };
const aboutKey = { ...about, key: "a" };
const network = (code: string): Error => Object.assign(new Error("one line\nand another"), { code });
const answered = (httpStatusCode: number, name: string, rest: object = {}): Error =>
  Object.assign(new Error("several\nlines"), { name, $metadata: { httpStatusCode }, ...rest });

describe("what ends the map, whatever it was asked about", () => {
  for (const [error, message, hint] of [
    [
      Object.assign(new Error("x"), { name: "CredentialsProviderError" }),
      /no credentials/,
      /AWS_ACCESS_KEY_ID/,
    ],
    [answered(400, "ExpiredToken"), /expired/, /sso login/],
    [answered(403, "InvalidAccessKeyId"), /access key/, /AWS_ACCESS_KEY_ID/],
    [answered(403, "SignatureDoesNotMatch"), /secret key/, /AWS_SECRET_ACCESS_KEY/],
    [answered(403, "RequestTimeTooSkewed"), /clock/, /clock/],
    [answered(404, "NoSuchBucket"), /no bucket b/, /--endpoint-url/],
    [answered(301, "PermanentRedirect"), /another region/, /--region/],
    [
      answered(400, "AuthorizationHeaderMalformed", { Region: "eu-west-1" }),
      /region/,
      /^--region eu-west-1$/,
    ],
    [network("ECONNREFUSED"), /cannot be reached/, /--endpoint-url/],
    [network("ENOTFOUND"), /cannot be reached/, /network/],
    [network("SELF_SIGNED_CERT_IN_CHAIN"), /cannot be trusted/, /--ca-bundle/],
  ] as const) {
    test(`${message}`, () => {
      for (const errand of [about, aboutKey]) {
        const told = storeError(error, errand);
        assert.ok(told instanceof BsyncError);
        assert.match(told.message, message);
        assert.match(told.hint ?? "", hint);
        assert.doesNotMatch(`${told.message}${told.hint}`, /\n/);
      }
    });
  }
});

describe("what concerns one object", () => {
  test("a denied object is one path; a denied listing ends the map", () => {
    const denied = answered(403, "AccessDenied");
    assert.ok(storeError(denied, aboutKey) instanceof PathError);
    assert.match((storeError(denied, about) as BsyncError).hint ?? "", /s3:ListBucket/);
  });

  test("an archived object says so", () => {
    assert.match((storeError(answered(403, "InvalidObjectState"), aboutKey) as Error).message, /archived/);
  });

  test("a condition that does not hold is stale", () => {
    assert.ok(storeError(answered(412, "PreconditionFailed"), aboutKey) instanceof Stale);
  });

  test("a server that keeps failing is one path; for a listing it ends the map", () => {
    const error = answered(503, "SlowDown");
    assert.equal((storeError(error, aboutKey) as Error).message, "the server answers SlowDown (503)");
    assert.equal(
      (storeError(error, about) as Error).message,
      "cannot list s3://b/p: the server answers SlowDown (503)",
    );
    assert.ok(storeError(network("ECONNRESET"), aboutKey) instanceof PathError);
    assert.ok(storeError(network("ECONNRESET"), about) instanceof BsyncError);
  });
});

test("our own errors, and bugs, come back as they are", () => {
  for (const error of [new PathError("x"), new Stale("x"), new BsyncError("x"), new TypeError("x")]) {
    assert.equal(storeError(error, aboutKey), error);
  }
});

describe("which part of the way to the bucket an error is about (LK10)", () => {
  for (const [error, part] of [
    [network("ECONNREFUSED"), "endpoint"],
    [network("SELF_SIGNED_CERT_IN_CHAIN"), "endpoint"],
    [network("ECONNRESET"), "endpoint"],
    [answered(403, "RequestTimeTooSkewed"), "clock"],
    [answered(403, "InvalidAccessKeyId"), "credentials"],
    [Object.assign(new Error("x"), { name: "CredentialsProviderError" }), "credentials"],
    [answered(301, "PermanentRedirect"), "region"],
    [answered(404, "NoSuchBucket"), "bucket"],
    [answered(403, "AccessDenied"), "listing"],
    [answered(500, "InternalError"), "listing"],
  ] as const) {
    test(`${codeOf(error)} is about the ${part} (LK10)`, () => {
      assert.equal(troubleOf(error, about)?.of, part);
    });
  }

  test("a bug is about none (LK10)", () => assert.equal(troubleOf(new TypeError("x"), about), undefined));
});
