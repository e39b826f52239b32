import assert from "node:assert/strict";
import { test } from "node:test";
import { listPriceUsd } from "../../../src/core/list-price.ts";
import { AWS_ENDPOINT } from "../../../src/remote/wire/connection.ts";

const THOUSANDS = { list: 1_000, head: 2_000, get: 3_000, put: 4_000, delete: 1e9 };

test("SE3: requests have Amazon's list price, and a deletion is free", () => {
  assert.equal(listPriceUsd(AWS_ENDPOINT, THOUSANDS)?.toFixed(6), "0.027000");
  assert.equal(listPriceUsd("https://s3.eu-west-1.amazonaws.com", THOUSANDS)?.toFixed(6), "0.027000");
});

test("SE3: at an endpoint that is not Amazon's, nothing is known of prices", () => {
  for (const endpoint of [
    undefined,
    "http://127.0.0.1:9000",
    "https://amazonaws.com.example",
    "https://notamazonaws.com",
    "https://example/s3.amazonaws.com",
  ])
    assert.equal(listPriceUsd(endpoint, THOUSANDS), undefined, String(endpoint));
});
