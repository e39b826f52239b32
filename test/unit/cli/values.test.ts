/** Values of options, destinations and roots: what is taken and what is refused. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { absolutePath } from "../../../src/cli/values/absolute-path.ts";
import { parseDestination } from "../../../src/cli/values/destination.ts";
import { checkRoot, tidyPath } from "../../../src/cli/values/root.ts";
import {
  backupPolicy,
  byteRate,
  byteSize,
  conflictPolicy,
  count,
  directionWord,
  endpointUrl,
  gpgRecipient,
  gzipLevel,
  keptDays,
  limit,
} from "../../../src/cli/values/values.ts";
import { UsageError } from "../../../src/model/errors.ts";

test("--gzip takes 0 to 11 and nothing else", () => {
  for (let level = 0; level <= 11; level++) assert.equal(gzipLevel(String(level)), level);
  assert.equal(gzipLevel(undefined), 0);
  for (const text of ["12", "-1", "1.5", "1e1", "0x3", "x", " 3", "", "NaN", "100"]) {
    assert.throws(() => gzipLevel(text), UsageError, text);
  }
});

test("--gpg takes an address or a fingerprint", () => {
  for (const text of ["ann@example.org", "0123456789abcdef", "0x0123456789ABCDEF"])
    assert.equal(gpgRecipient(text), text);
  for (const text of ["ann", "@", "ann@", "a b@c", "abc123", "<ann@example.org>"]) {
    assert.throws(() => gpgRecipient(text), UsageError, text);
  }
});

test("--on-conflict, --backup and --direction take their words, and no other", () => {
  assert.equal(directionWord("down"), "down");
  assert.throws(() => directionWord("left"), new UsageError("--direction left: not both, up, down"));
  for (const text of ["newer", "local", "remote", "both", "ask"] as const)
    assert.equal(conflictPolicy(text), text);
  for (const text of ["older", "none", "Local", ""])
    assert.throws(() => conflictPolicy(text), UsageError, text);
  for (const text of ["losers", "all", "none"] as const) assert.equal(backupPolicy(text), text);
  for (const text of ["loser", "ALL", "newer", ""]) assert.throws(() => backupPolicy(text), UsageError, text);
});

test("--keep-backups takes a number of days or all, --backup-size bytes in steps of 1,024", () => {
  assert.equal(keptDays(undefined), undefined);
  assert.equal(keptDays("0"), 0);
  assert.equal(keptDays("365"), 365);
  assert.equal(keptDays("all"), Infinity);
  for (const text of ["-1", "1.5", "30d", "123456", ""])
    assert.throws(() => keptDays(text), UsageError, text);
  assert.equal(byteSize("--backup-size", undefined), undefined);
  assert.equal(byteSize("--backup-size", "0"), 0);
  assert.equal(byteSize("--backup-size", "4095"), 4095);
  assert.equal(byteSize("--backup-size", "2K"), 2048);
  assert.equal(byteSize("--backup-size", "1.5M"), 1.5 * 2 ** 20);
  assert.equal(byteSize("--backup-size", "10GiB"), 10 * 2 ** 30);
  assert.equal(byteSize("--backup-size", "1T"), 2 ** 40);
  for (const text of ["x", "-1", "1k", "1 G", "1GB", "1.", ".5G", "iB", ""])
    assert.throws(() => byteSize("--backup-size", text), UsageError, text);
});

test("CL24: --bwlimit is a size a second, from 16K", () => {
  assert.equal(byteRate("--bwlimit", undefined), undefined);
  assert.equal(byteRate("--bwlimit", "16K"), 16 * 1024);
  assert.equal(byteRate("--bwlimit", "1.5M"), 1.5 * 2 ** 20);
  for (const text of ["0", "16383", "15.9K", "1MB", "1M/s", "fast", ""])
    assert.throws(() => byteRate("--bwlimit", text), UsageError, text);
});

test("CL24: --concurrency is a number from 1 to 256", () => {
  const limits = { min: 1, max: 256 };
  assert.equal(count("--concurrency", undefined, limits), undefined);
  for (const number of [1, 64, 256]) assert.equal(count("--concurrency", String(number), limits), number);
  for (const text of ["0", "257", "-1", "1.5", "1e2", "0x9", " 3", "", "all", "99999999999"])
    assert.throws(() => count("--concurrency", text, limits), UsageError, text);
});

test("--max-delete takes a number, a percentage or all, and replaces both halves of the default", () => {
  const byDefault = { files: 10, share: 0.5 };
  assert.equal(limit("--max-delete", undefined, byDefault), byDefault);
  assert.deepEqual(limit("--max-delete", "0", byDefault), { files: 0, share: 0 });
  assert.deepEqual(limit("--max-delete", "120", byDefault), { files: 120, share: 0 });
  assert.deepEqual(limit("--max-delete", "20%", byDefault), { files: 0, share: 0.2 });
  assert.deepEqual(limit("--max-delete", "all", byDefault), { files: Infinity, share: 1 });
  for (const text of ["x", "-1", "101%", "1.5", "%", "20 %", "ALL", "9999999999999999"]) {
    assert.throws(() => limit("--max-delete", text, byDefault), UsageError, text);
  }
});

test("--endpoint-url takes http and https, and no credentials", () => {
  for (const text of ["http://127.0.0.1:9000", "https://s3.example.org/base"])
    assert.equal(endpointUrl(text), text);
  for (const text of ["127.0.0.1:9000", "ftp://x", "s3://b", "http://", "http://u:p@x", "https://x/?a=b"]) {
    assert.throws(
      () => endpointUrl(text),
      (error) => error instanceof UsageError && !error.message.includes("u:p"),
      text,
    );
  }
});

test("CL8: an S3 destination is a bucket and a prefix, whose final slash is dropped", () => {
  const cases = [
    ["s3://bucket", "bucket", ""],
    ["s3://bucket/", "bucket", ""],
    ["s3://my.bucket-1/a", "my.bucket-1", "a"],
    ["s3://bucket/a/b c/", "bucket", "a/b c"],
    ["s3://bucket/Grüße", "bucket", "Grüße"],
    ["s3://bucket/...", "bucket", "..."],
    [`s3://bucket/${"é".repeat(512)}`, "bucket", "é".repeat(512)],
  ] as const;
  for (const [text, bucket, prefix] of cases) assert.deepEqual(parseDestination(text), { bucket, prefix });
});

test("CL8: a bucket name that S3 would refuse or keeps for itself, and a prefix that cannot be a path, are usage errors", () => {
  for (const text of [
    "bucket/prefix",
    "/data",
    "S3://bucket",
    "s3:/bucket",
    "s3://",
    "s3:///a",
    "s3://ab",
    `s3://${"a".repeat(64)}`,
    "s3://Bucket",
    "s3://my_bucket",
    "s3://-bucket",
    "s3://bucket-",
    "s3://a..b",
    "s3://192.168.0.1",
    "s3://xn--abc",
    "s3://sthree-abc",
    "s3://abc-s3alias",
    "s3://abc--ol-s3",
    "s3://abc.mrap",
    "s3://abc--use1-az4--x-s3",
    "s3://abc--table-s3",
    "s3://bucket//",
    "s3://bucket//a",
    "s3://bucket/a//b",
    "s3://bucket/a//",
    "s3://bucket/./a",
    "s3://bucket/a/..",
    "s3://bucket/a\nb",
    `s3://bucket/${"é".repeat(513)}`,
  ]) {
    assert.throws(() => parseDestination(text), UsageError, text);
  }
});

const DIRECTORIES: Readonly<Record<string, string>> = {
  "/": "/",
  "/data": "/data",
  "/data/./docs": "/data/docs",
  "/data/docs": "/data/docs",
  "/home": "/home",
  "/home/ann": "/home/ann",
  "/home/bob": "/home/bob",
  "/home/ann/docs": "/home/ann/docs",
  "/link-home": "/home/bob",
  "/link-root": "/",
  "/root": "/root",
  "/Users/eve": "/Users/eve",
  "/srv/me": "/srv/me",
  "/link-me": "/srv/me",
};
const plain = {
  home: "/link-me",
  cwd: () => "/srv",
  force: false,
  realPath: (path: string) => DIRECTORIES[path],
};

test("CL7: a root is an absolute, existing directory; double and final slashes are dropped", () => {
  assert.equal(checkRoot("/data", plain), "/data");
  assert.equal(checkRoot("//data//docs/", plain), "/data/docs");
  assert.equal(checkRoot("/home/ann/docs", plain), "/home/ann/docs");
  assert.equal(tidyPath("/"), "/");
  assert.throws(() => checkRoot("data", plain), {
    message: "--dir data: not an absolute path",
    hint: "write /srv/data",
  });
  assert.throws(() => checkRoot("~/docs", plain), { hint: "write /link-me/docs" });
  assert.throws(() => checkRoot("s3://bucket/docs", plain), {
    message: "--dir s3://bucket/docs: the directory comes first",
    hint: "--dir PATH s3://BUCKET/PREFIX",
  });
  assert.throws(() => checkRoot("/nope", plain), { message: "--dir /nope: no directory is there" });
  assert.throws(() => checkRoot("/data/./docs", plain), { hint: "write /data/docs" });
});

test("CL7: /, home directories of this and other users, and links to them need --force", () => {
  for (const path of [
    "/",
    "/link-root",
    "/home",
    "/home/ann",
    "/home/bob",
    "/link-home",
    "/root",
    "/Users/eve",
    "/srv/me",
    "/link-me",
  ]) {
    assert.throws(
      () => checkRoot(path, plain),
      (error) => error instanceof UsageError && /--force/.test(error.hint ?? ""),
      path,
    );
    assert.equal(checkRoot(path, { ...plain, force: true }), path);
  }
});

test("--file expands ~ and is made absolute", () => {
  const world = { home: "/home/ann", cwd: () => "/somewhere" };
  assert.equal(absolutePath("~/.state.s3sync", world), "/home/ann/.state.s3sync");
  assert.equal(absolutePath("x/../y", world), "/somewhere/y");
  assert.equal(absolutePath("/z", world), "/z");
  assert.equal(absolutePath("~bob/x", world), "/somewhere/~bob/x");
  assert.throws(() => absolutePath("~/x", { ...world, home: undefined }), UsageError);
});
