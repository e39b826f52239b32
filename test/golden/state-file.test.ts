/** The vectors of spec/vectors/state-file against the codec. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { StateFormatError } from "../../src/model/errors.ts";
import { keyText } from "../../src/model/object-key.ts";
import { decodeState, directoryMap, encodeState } from "../support/state-bytes.ts";

const VECTORS = join(import.meta.dirname, "../../spec/vectors/state-file");

interface Valid {
  readonly version: 1 | 2;
  readonly canonical: boolean;
}

for (const name of namesIn("valid")) {
  const { canonical, ...expected } = jsonOf("valid", name) as Valid;
  test(`SF1 valid/${name} is read as its JSON says`, () => {
    assert.deepEqual(asText(decodeState(bytesOf("valid", name))), expected);
  });
  if (!canonical) continue;
  test(`SF2 valid/${name} is what the writer makes of it`, () => {
    assert.deepEqual(encodeState(decodeState(bytesOf("valid", name)) as never), bytesOf("valid", name));
  });
}

for (const name of namesIn("invalid")) {
  test(`SF3 invalid/${name} is refused with offset, field, expected and found`, () => {
    assert.throws(
      () => decodeState(bytesOf("invalid", name)),
      (error) => {
        assert.ok(error instanceof StateFormatError);
        const { offset, field, expected, found } = error;
        assert.deepEqual({ offset, field, expected, found }, jsonOf("invalid", name));
        return true;
      },
    );
  });
}

test("SF4 a newer version is refused with the hint that a newer s3-bsync wrote it", () => {
  assert.throws(() => decodeState(bytesOf("invalid", "version-3")), {
    name: "StateFormatError",
    hint: /a newer s3-bsync wrote it.*left as it is/,
  });
});

test("SF3 a file without the signature is called what it is: not a state file of s3-bsync", () => {
  assert.throws(() => decodeState(bytesOf("invalid", "not-ours")), {
    message: "not a state file of s3-bsync",
    hint: /left as it is.*--file.*--init --recover/,
  });
});

test("SF1 the example of the specification is a state file", () => {
  const page = readFileSync(join(VECTORS, "../../state-file.md"), "utf8");
  const dump = page.slice(page.indexOf("## An example")).match(/```\n(.*?)```/s)?.[1] ?? "";
  const bytes = dump.split("\n").map((line) => /^(?:[0-9A-F]{2} ?)*/.exec(line)?.[0] ?? "");
  assert.deepEqual(asText(decodeState(Buffer.from(bytes.join("").replaceAll(" ", ""), "hex"))), {
    version: 1,
    syncedMs: Date.UTC(2023, 10, 14, 22, 13, 20),
    ascending: true,
    buckets: [
      {
        name: "pics",
        maps: [directoryMap({ root: "/srv/p", bucket: "pics", prefix: "2023" })],
        records: [
          { key: "2023/a", size: 5, mtimeMs: 1_699_999_999_123, etag: "5d41402abc4b2a76b9719d911017c592" },
        ],
      },
    ],
  });
});

function namesIn(kind: string): readonly string[] {
  const files = readdirSync(join(VECTORS, kind)).filter((file) => file.endsWith(".hex"));
  assert.ok(files.length > 0);
  return files.map((file) => file.slice(0, -".hex".length));
}

function jsonOf(kind: string, name: string): unknown {
  return JSON.parse(readFileSync(join(VECTORS, kind, `${name}.json`), "utf8"));
}

function bytesOf(kind: string, name: string): Buffer {
  const text = readFileSync(join(VECTORS, kind, `${name}.hex`), "utf8");
  const hex = text.replaceAll(/#.*/g, "").replaceAll(/\s/g, "");
  assert.match(hex, /^(?:[0-9A-F]{2})*$/);
  return Buffer.from(hex, "hex");
}

/** Keys as text, as the vectors have them. */
function asText(state: ReturnType<typeof decodeState>): unknown {
  const buckets = state.buckets.map((bucket) => ({
    ...bucket,
    records: bucket.records.map((record) => ({ ...record, key: keyText(record.key) })),
  }));
  return { ...state, buckets };
}
