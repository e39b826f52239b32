/** Times and digests in metadata, in the forms of all the tools that write them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { contentTypeOf, md5Of, mtimeOf, writtenMetadata } from "../../../src/remote/reading/metadata.ts";

const MODIFIED = new Date(1_500_000_000_000);
const time = (metadata: Record<string, string>): bigint => mtimeOf(metadata, MODIFIED);

test("a time is written in seconds with nine decimals, before 1970 with a sign", () => {
  assert.deepEqual(writtenMetadata(1_700_000_000_000_000_001n), { mtime: "1700000000.000000001" });
  assert.deepEqual(writtenMetadata(-500_000_000n), { mtime: "-0.500000000" });
  assert.deepEqual(writtenMetadata(0n), { mtime: "0.000000000" });
});

test("any time comes back to the nanosecond", () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 20n), 10n ** 20n), (ns) => {
      assert.equal(time(writtenMetadata(ns)), ns);
    }),
  );
});

for (const [what, metadata, ns] of [
  ["rclone, without trailing zeros", { mtime: "1600000000.5" }, 1_600_000_000_500_000_000n],
  ["whole seconds", { mtime: "1600000000" }, 1_600_000_000_000_000_000n],
  ["DataSync, ns", { "file-mtime": "1600000000123456789ns" }, 1_600_000_000_123_456_789n],
  ["DataSync, ms", { "file-mtime": "1600000000123" }, 1_600_000_000_123_000_000n],
  ["s3cmd", { "s3cmd-attrs": "atime:1/ctime:2/mtime:1600000000/mode:33188" }, 1_600_000_000_000_000_000n],
  ["Google", { "goog-reserved-file-mtime": "1600000000" }, 1_600_000_000_000_000_000n],
  ["the first of several", { "file-mtime": "1ns", mtime: "2" }, 2_000_000_000n],
  ["no number", { mtime: "yesterday", "file-mtime": "" }, 1_500_000_000_000_000_000n],
  ["an endless number", { mtime: "9".repeat(400) }, 1_500_000_000_000_000_000n],
  ["nothing", {}, 1_500_000_000_000_000_000n],
] as const) {
  test(`RM19: the time is read from ${what}`, () => assert.equal(time(metadata), ns));
}

test("a digest is written in base64, and read in that and in hex", () => {
  const md5 = "900150983cd24fb0d6963f7d28e17f72";
  const { md5chksum } = writtenMetadata(0n, md5);
  assert.equal(md5chksum, "kAFQmDzST7DWlj99KOF/cg==");
  assert.equal(md5Of({ md5chksum }), md5);
  assert.equal(md5Of({ md5chksum: md5.toUpperCase() }), md5);
  assert.equal(md5Of({ md5chksum: "short" }), undefined);
  assert.equal(md5Of(undefined), undefined);
});

test("the content type follows the name", () => {
  assert.equal(contentTypeOf("a/b.html"), "text/html");
  assert.equal(contentTypeOf("photo.JPG"), "image/jpeg");
  assert.equal(contentTypeOf("none"), "application/octet-stream");
  assert.equal(contentTypeOf("dir.html/none"), "application/octet-stream");
});
