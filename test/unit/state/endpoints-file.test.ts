/** What is remembered of endpoints. */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type EndpointFacts, NO_FACTS } from "../../../src/model/pair.ts";
import { EndpointsFile } from "../../../src/state/endpoints-file.ts";
import { tempDir } from "../../support/temp-dir.ts";

const DAY = 24 * 60 * 60 * 1000;
const NOW = 1_700_000_000_000;
const facts: EndpointFacts = {
  order: "bytes",
  conditionalPut: "honoured",
  conditionalDelete: "ignored",
  rewrites: "\\",
  md5Etags: "yes",
  seenMs: NOW,
};

test("what was learnt of an endpoint and a bucket is known to the next run, and of no other one", () => {
  using dir = tempDir("endpoints");
  const file = new EndpointsFile(dir.path, NOW);
  const memory = file.memory("https://a", "b");
  assert.deepEqual(memory.facts, NO_FACTS);
  memory.learn({ order: "bytes" });
  memory.learn(facts);
  assert.deepEqual(memory.facts, facts);
  assert.deepEqual(readdirSync(dir.path), [], "nothing is kept before it is saved: a dry run never does");
  file.save();
  const next = new EndpointsFile(dir.path, NOW + DAY);
  assert.deepEqual(next.memory("https://a", "b").facts, facts);
  assert.deepEqual(next.memory("https://a", "c").facts, NO_FACTS);
});

test("verdicts on conditions are untold again after thirty days; the rest stays", () => {
  using dir = tempDir("endpoints");
  const file = new EndpointsFile(dir.path, NOW);
  file.memory("https://a", "b").learn(facts);
  file.save();
  assert.deepEqual(new EndpointsFile(dir.path, NOW + 30 * DAY).memory("https://a", "b").facts, facts);
  assert.deepEqual(new EndpointsFile(dir.path, NOW + 30 * DAY + 1).memory("https://a", "b").facts, {
    ...facts,
    conditionalPut: "untold",
    conditionalDelete: "untold",
    seenMs: 0,
  });
});

test("a damaged file, or a value that is none, says nothing", () => {
  using dir = tempDir("endpoints");
  mkdirSync(join(dir.path, "x"));
  const odd = {
    endpoint: "https://a",
    bucket: "b",
    order: "sideways",
    conditionalPut: 7,
    rewrites: [],
    seenMs: NOW,
  };
  const texts = ["{", '{"endpoints":{}}', JSON.stringify({ endpoints: [odd, null, { endpoint: 1 }] })];
  for (const text of texts) {
    writeFileSync(join(dir.path, "endpoints.json"), text);
    const { facts: found } = new EndpointsFile(dir.path, NOW).memory("https://a", "b");
    assert.deepEqual({ ...found, seenMs: 0 }, NO_FACTS, text);
  }
});
