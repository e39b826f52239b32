/** What the strict server promises, asked through the real SDK. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";

import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";

import { makeCertificate } from "../../support/certificate.ts";
import { TEST_ACCOUNT, type StartedServer } from "../../support/servers/server-kind.ts";
import { strictClient, type StrictClient } from "../../support/strict-client.ts";
import { startStrictServer } from "../../support/strict-server.ts";
import type { Effect } from "../../support/strict-server/fault-rules.ts";
import { tempDir } from "../../support/temp-dir.ts";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const MIB = 1024 ** 2;
const Bucket = "bucket";

let server: StartedServer;
let s3: S3Client;
let control: StrictClient;

function client(endpoint: string, more: S3ClientConfig = {}): S3Client {
  const { region, ...credentials } = TEST_ACCOUNT;
  return new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    expectContinueHeader: false,
    maxAttempts: 1,
    ...more,
  });
}

/** Every test has a key, or a prefix, of its own. */
let count = 0;
function newKey(): string {
  count += 1;
  return `test-${count}`;
}

async function put(Key: string, Body: string | Buffer = "content", more: object = {}) {
  return await s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
}

async function get(Key: string, more: object = {}): Promise<Buffer> {
  const reply = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from((await reply.Body?.transformToByteArray()) ?? []);
}

async function list(Prefix: string, more: object = {}) {
  return await s3.send(new ListObjectsV2Command({ Bucket, Prefix, ...more }));
}

async function listedKeys(prefix: string, more: object = {}): Promise<readonly string[]> {
  const { Contents = [] } = await list(prefix, more);
  return Contents.map(({ Key = "" }) => Key.slice(prefix.length));
}

function refused(status: number, code?: string) {
  return (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
    assert.equal(error.$metadata?.httpStatusCode, status, `${error.name}: ${error.message}`);
    if (code !== undefined) assert.equal(error.name, code);
    return true;
  };
}

function md5(bytes: Buffer | string): Buffer {
  return createHash("md5").update(bytes).digest();
}

before(async () => {
  server = await startStrictServer();
  s3 = client(server.endpoint);
  control = strictClient(server.endpoint);
  await s3.send(new CreateBucketCommand({ Bucket }));
});

beforeEach(async () => await control.clear());

after(async () => {
  s3.destroy();
  await server.stop();
});

describe("the strict server checks who asks", () => {
  test("a wrong secret, an unknown key, another region and no signature are refused", async () => {
    const { accessKeyId, secretAccessKey } = TEST_ACCOUNT;
    const ask = (more: S3ClientConfig) => client(server.endpoint, more).send(new ListBucketsCommand({}));
    const wrong = { accessKeyId, secretAccessKey: "wrong" };
    await assert.rejects(ask({ credentials: wrong }), refused(403, "SignatureDoesNotMatch"));
    const unknown = { accessKeyId: "nobody", secretAccessKey };
    await assert.rejects(ask({ credentials: unknown }), refused(403, "InvalidAccessKeyId"));
    await assert.rejects(ask({ region: "eu-west-1" }), refused(400, "AuthorizationHeaderMalformed"));
    assert.equal((await fetch(`${server.endpoint}/${Bucket}/x`)).status, 403);
  });

  test("a clock that is an hour off is refused", async () => {
    const late = client(server.endpoint, { systemClockOffset: 3_600_000 });
    await assert.rejects(late.send(new ListBucketsCommand({})), refused(403, "RequestTimeTooSkewed"));
  });

  test("signatures over odd names and queries are found right", async () => {
    const key = `${newKey()} é+%&=?#\u{1f600}!*'()~/./..//x`;
    await put(key, "odd");
    assert.equal((await get(key)).toString(), "odd");
    assert.deepEqual(await listedKeys(key), [""]);
  });
});

describe("the strict server keeps what it is given", () => {
  test("content, metadata, type and an MD5 as ETag come back", async () => {
    const key = newKey();
    const made = await put(key, "hello", { Metadata: { mtime: "1.5" }, ContentType: "text/plain" });
    assert.equal(made.ETag, `"${md5("hello").toString("hex")}"`);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: key }));
    assert.deepEqual(
      [head.ContentLength, head.ETag, head.ContentType, head.Metadata],
      [5, made.ETag, "text/plain", { mtime: "1.5" }],
    );
    assert.equal(head.LastModified?.getMilliseconds(), 0);
    assert.equal((await get(key)).toString(), "hello");
  });

  test("ranges are cut as asked, and one beyond the end is refused", async () => {
    const key = newKey();
    await put(key, "0123456789");
    assert.equal((await get(key, { Range: "bytes=2-4" })).toString(), "234");
    assert.equal((await get(key, { Range: "bytes=8-99" })).toString(), "89");
    assert.equal((await get(key, { Range: "bytes=-3" })).toString(), "789");
    await assert.rejects(get(key, { Range: "bytes=10-11" }), refused(416, "InvalidRange"));
  });

  test("a key above 1024 bytes, a bucket or key that is not there are refused by their codes", async () => {
    await put("é".repeat(512));
    await assert.rejects(put(`${"é".repeat(512)}x`), refused(400, "KeyTooLongError"));
    await assert.rejects(get("nothing"), refused(404, "NoSuchKey"));
    await assert.rejects(get("nothing", { Bucket: "nowhere" }), refused(404, "NoSuchBucket"));
    await assert.rejects(
      s3.send(new HeadObjectCommand({ Bucket, Key: "nothing" })),
      refused(404, "NotFound"),
    );
  });

  test("a body that is not what its MD5 or checksum says is refused, and nothing is stored", async () => {
    const key = newKey();
    await assert.rejects(
      put(key, "a", { ContentMD5: md5("b").toString("base64") }),
      refused(400, "BadDigest"),
    );
    await assert.rejects(put(key, "a", { ContentMD5: "c2hvcnQ=" }), refused(400, "InvalidDigest"));
    for (const wrong of [
      { ChecksumCRC32: "AAAAAA==" },
      { ChecksumCRC32C: "AAAAAA==" },
      { ChecksumSHA1: Buffer.alloc(20).toString("base64") },
      { ChecksumSHA256: Buffer.alloc(32).toString("base64") },
    ]) {
      await assert.rejects(put(key, "a", wrong), refused(400, "BadDigest"));
    }
    await assert.rejects(get(key), refused(404));
    await put(key, "123456789", { ChecksumCRC32C: "4waSgw==" });
  });

  test("a streamed body with a trailing checksum is unwrapped", async () => {
    const key = newKey();
    const Body = Readable.from([Buffer.from("stre"), Buffer.from("amed")]);
    await s3.send(new PutObjectCommand({ Bucket, Key: key, Body, ContentLength: 8 }));
    assert.equal((await get(key)).toString(), "streamed");
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: key }));
    assert.equal(head.ContentEncoding, undefined);
    const sent = (await control.log()).find(({ operation }) => operation === "PutObject");
    assert.equal(sent?.status, 200);
  });

  test("an archived object can be seen but not read", async () => {
    const key = newKey();
    await put(key, "cold", { StorageClass: "GLACIER" });
    await assert.rejects(get(key), refused(403, "InvalidObjectState"));
    assert.equal((await s3.send(new HeadObjectCommand({ Bucket, Key: key }))).StorageClass, "GLACIER");
    assert.equal((await list(key)).Contents?.[0]?.StorageClass, "GLACIER");
  });

  test("under a key of KMS the ETag is no MD5", async () => {
    const made = await put(newKey(), "secret", { ServerSideEncryption: "aws:kms" });
    assert.match(made.ETag ?? "", /^"[0-9a-f]{32}"$/);
    assert.notEqual(made.ETag, `"${md5("secret").toString("hex")}"`);
  });

  test("a copy takes content and metadata along, and onto itself it must change something", async () => {
    const [from, to] = [newKey(), newKey()];
    await put(from, "copied", { Metadata: { mtime: "7.0" } });
    const copy = { Bucket, CopySource: `${Bucket}/${from}` };
    await s3.send(new CopyObjectCommand({ ...copy, Key: to }));
    assert.equal((await get(to)).toString(), "copied");
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: to }));
    assert.deepEqual(head.Metadata, { mtime: "7.0" });
    await assert.rejects(
      s3.send(new CopyObjectCommand({ ...copy, Key: from })),
      refused(400, "InvalidRequest"),
    );
    const onlyNew = new CopyObjectCommand({ ...copy, Key: to, IfNoneMatch: "*" });
    await assert.rejects(s3.send(onlyNew), refused(412, "PreconditionFailed"));
    const stale = new CopyObjectCommand({ ...copy, Key: to, CopySourceIfMatch: '"0"' });
    await assert.rejects(s3.send(stale), refused(412, "PreconditionFailed"));
  });

  test("tags go with a copy, storage class and redirect do not", async () => {
    const [from, to] = [newKey(), newKey()];
    await put(from, "x", { Tagging: "a=1", StorageClass: "STANDARD_IA", WebsiteRedirectLocation: "/x" });
    await s3.send(new CopyObjectCommand({ Bucket, Key: to, CopySource: `${Bucket}/${from}` }));
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: to }));
    assert.deepEqual(TagSet, [{ Key: "a", Value: "1" }]);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: to }));
    assert.deepEqual([head.StorageClass, head.WebsiteRedirectLocation], [undefined, undefined]);
  });

  test("tags are changed without a new version, and are those of an object that is there", async () => {
    const key = newKey();
    const made = await put(key, "x", { Tagging: "a=1&b=x%20y" });
    const Tagging = { TagSet: [{ Key: "c & d", Value: "<2>" }] };
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: key, Tagging }));
    const told = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: key }));
    assert.deepEqual(told.TagSet, Tagging.TagSet);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: key }));
    assert.equal(head.ETag, made.ETag);
    const absent = new GetObjectTaggingCommand({ Bucket, Key: newKey() });
    await assert.rejects(s3.send(absent), refused(404, "NoSuchKey"));
    await assert.rejects(put(newKey(), "x", { Tagging: "a=1&a=2" }), refused(400, "InvalidTag"));
  });

  test("a part is copied from a range of an object of more than 5 MiB, that lies inside of it", async () => {
    const [small, large, Key] = [newKey(), newKey(), newKey()];
    await put(small, "x".repeat(10));
    await put(large, "y".repeat(5 * MIB + 1));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const copying = (from: string, CopySourceRange: string): Promise<unknown> => {
      const input = { Bucket, Key, UploadId, PartNumber: 1, CopySource: `${Bucket}/${from}` };
      return s3.send(new UploadPartCopyCommand({ ...input, CopySourceRange }));
    };
    await copying(large, "bytes=0-9");
    await assert.rejects(copying(small, "bytes=0-9"), refused(400, "InvalidRequest"));
    await assert.rejects(copying(large, `bytes=0-${5 * MIB + 1}`), refused(400, "InvalidArgument"));
    await assert.rejects(copying(large, "bytes=5-4"), refused(400, "InvalidArgument"));
    await assert.rejects(copying(large, "0-9"), refused(400, "InvalidArgument"));
  });
});

describe("the strict server honours conditions as AWS documents them", () => {
  test("PUT If-None-Match: * makes only what is not there", async () => {
    const key = newKey();
    await put(key, "first", { IfNoneMatch: "*" });
    await assert.rejects(put(key, "second", { IfNoneMatch: "*" }), refused(412, "PreconditionFailed"));
    await assert.rejects(put(key, "x", { IfNoneMatch: '"abc"' }), refused(501, "NotImplemented"));
    assert.equal((await get(key)).toString(), "first");
  });

  test("PUT If-Match replaces only that ETag, and is 404 where nothing is", async () => {
    const key = newKey();
    const { ETag: IfMatch } = await put(key, "first");
    await put(key, "second", { IfMatch });
    await assert.rejects(put(key, "third", { IfMatch }), refused(412, "PreconditionFailed"));
    await assert.rejects(put(newKey(), "x", { IfMatch }), refused(404, "NoSuchKey"));
  });

  test("DELETE If-Match removes only that ETag, and is 404 where nothing is", async () => {
    const key = newKey();
    const remove = (IfMatch: string | undefined) =>
      s3.send(new DeleteObjectCommand({ Bucket, Key: key, IfMatch }));
    const { ETag } = await put(key);
    await assert.rejects(remove('"0"'), refused(412, "PreconditionFailed"));
    await remove(ETag);
    await assert.rejects(remove(ETag), refused(404, "NoSuchKey"));
    assert.equal((await remove(undefined)).$metadata.httpStatusCode, 204);
  });

  test("DeleteObjects judges each object's ETag by itself", async () => {
    const [one, two] = [newKey(), newKey()];
    const { ETag } = await put(one);
    await put(two);
    const Objects = [one, two].map((Key, index) => ({ Key, ETag: index === 0 ? (ETag ?? "") : '"0"' }));
    const reply = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    assert.deepEqual(
      [reply.Deleted?.map(({ Key }) => Key), reply.Errors?.map(({ Key, Code }) => [Key, Code])],
      [[one], [[two, "PreconditionFailed"]]],
    );
  });

  test("GET and HEAD judge If-Match and If-None-Match", async () => {
    const key = newKey();
    const { ETag } = await put(key);
    await assert.rejects(get(key, { IfMatch: '"0"' }), refused(412, "PreconditionFailed"));
    await assert.rejects(get(key, { IfNoneMatch: ETag }), refused(304));
    await assert.rejects(s3.send(new HeadObjectCommand({ Bucket, Key: key, IfMatch: '"0"' })), refused(412));
  });
});

describe("the strict server lists as S3 does", () => {
  test("in the order of UTF-8 bytes", async () => {
    const prefix = `${newKey()}/`;
    const names = ["a", "a-b", "a.txt", "a/x", "z", "é", "\uff5e", "\u{1f600}"];
    for (const name of names.toReversed()) await put(prefix + name);
    assert.deepEqual(await listedKeys(prefix), names);
  });

  test("page by page, each key once, with start-after and a delimiter", async () => {
    const prefix = `${newKey()}/`;
    for (const name of ["a", "b/1", "b/2", "c", "d/1"]) await put(prefix + name);
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await list(prefix, { MaxKeys: 2, Delimiter: "/", ContinuationToken: token });
      assert.equal(page.IsTruncated, page.NextContinuationToken !== undefined);
      seen.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
      seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix = "" }) => Prefix));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    assert.deepEqual(
      seen.map((key) => key.slice(prefix.length)),
      ["a", "b/", "c", "d/"],
    );
    assert.deepEqual(await listedKeys(prefix, { StartAfter: `${prefix}b/1` }), ["b/2", "c", "d/1"]);
  });

  test("with keys encoded where that is asked for", async () => {
    const prefix = `${newKey()}/`;
    await put(`${prefix}a b+\u0001é`);
    const page = await list(prefix, { EncodingType: "url" });
    assert.equal(page.EncodingType, "url");
    assert.equal(page.Contents?.[0]?.Key, `${prefix}a%20b%2B%01%C3%A9`);
  });
});

describe("the strict server puts parts together", () => {
  async function begin(Key: string, more: object = {}): Promise<string> {
    const begun = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
    return begun.UploadId ?? "";
  }

  async function upload(Key: string, UploadId: string, sizes: readonly number[]) {
    const parts = [];
    for (const [index, size] of sizes.entries()) {
      const part = { Bucket, Key, UploadId, PartNumber: index + 1, Body: Buffer.alloc(size, index) };
      const { ETag } = await s3.send(new UploadPartCommand(part));
      parts.push({ PartNumber: index + 1, ETag: ETag ?? "" });
    }
    return parts;
  }

  test("with the ETag of AWS and the metadata of the beginning", async () => {
    const key = newKey();
    const id = await begin(key, { Metadata: { mtime: "3.0" } });
    const Parts = await upload(key, id, [5 * MIB, 10]);
    const whole = Buffer.concat([Buffer.alloc(5 * MIB, 0), Buffer.alloc(10, 1)]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(whole));
    const complete = {
      Bucket,
      Key: key,
      UploadId: id,
      MultipartUpload: { Parts },
      MpuObjectSize: whole.length,
    };
    const full = { ChecksumType: "FULL_OBJECT", ChecksumCRC32: sum.toString("base64") } as const;
    const done = await s3.send(new CompleteMultipartUploadCommand({ ...complete, ...full }));

    const digests = Buffer.concat([md5(Buffer.alloc(5 * MIB, 0)), md5(Buffer.alloc(10, 1))]);
    assert.equal(done.ETag, `"${md5(digests).toString("hex")}-2"`);
    assert.deepEqual(await get(key), whole);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: key, PartNumber: 1 }));
    assert.deepEqual([head.ContentLength, head.PartsCount, head.Metadata], [5 * MIB, 2, { mtime: "3.0" }]);
    const again = new CompleteMultipartUploadCommand(complete);
    await assert.rejects(s3.send(again), refused(404, "NoSuchUpload"));
  });

  test("but not parts that are too small, out of order or unknown, nor against its condition", async () => {
    const key = newKey();
    const id = await begin(key);
    const parts = await upload(key, id, [10, 5 * MIB]);
    const complete = (Parts: typeof parts, more: object = {}) =>
      s3.send(
        new CompleteMultipartUploadCommand({
          Bucket,
          Key: key,
          UploadId: id,
          MultipartUpload: { Parts },
          ...more,
        }),
      );
    await assert.rejects(complete(parts), refused(400, "EntityTooSmall"));
    await assert.rejects(complete(parts.toReversed()), refused(400, "InvalidPartOrder"));
    await assert.rejects(complete([{ PartNumber: 7, ETag: '"0"' }]), refused(400, "InvalidPart"));
    await put(key, "there already");
    await assert.rejects(complete(parts.slice(1), { IfNoneMatch: "*" }), refused(412, "PreconditionFailed"));
    await complete(parts.slice(1));
    assert.equal((await get(key)).length, 5 * MIB);
  });

  test("and dates them from the beginning: with versions, what was put meanwhile stays the current one", async () => {
    const key = newKey();
    const where = { Bucket: "dated", Key: key };
    await s3.send(new CreateBucketCommand(where));
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await s3.send(new PutBucketVersioningCommand({ ...where, VersioningConfiguration }));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(where));
    const { ETag } = await s3.send(
      new UploadPartCommand({ ...where, UploadId, PartNumber: 1, Body: "parts" }),
    );
    await put(key, "meanwhile", where);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await s3.send(new CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload }));
    assert.equal((await get(key, where)).toString(), "meanwhile");
  });
});

test("a bucket with versions keeps what is overwritten and deleted", async () => {
  const versioned = { Bucket: "versioned" };
  await s3.send(new CreateBucketCommand(versioned));
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await s3.send(new PutBucketVersioningCommand({ ...versioned, VersioningConfiguration }));
  const first = await put("k", "one", versioned);
  await put("k", "two", versioned);
  const gone = await s3.send(new DeleteObjectCommand({ ...versioned, Key: "k" }));
  assert.equal(gone.DeleteMarker, true);
  await assert.rejects(get("k", versioned), refused(404, "NoSuchKey"));
  assert.equal((await get("k", { ...versioned, VersionId: first.VersionId })).toString(), "one");
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand(versioned));
  assert.deepEqual([Versions.length, DeleteMarkers.length], [2, 1]);
  await s3.send(new DeleteObjectCommand({ ...versioned, Key: "k", VersionId: gone.VersionId }));
  assert.equal((await get("k", versioned)).toString(), "two");
});

describe("the strict server does wrong what it is asked to", () => {
  const arm = (operation: string, effect: Effect) => control.faults([{ operation, effect }]);

  test("it cuts before acting, and after", async () => {
    const [untouched, landed] = [newKey(), newKey()];
    await control.faults([
      { key: untouched, effect: { kind: "cut-before" } },
      { key: landed, effect: { kind: "cut-after" } },
    ]);
    await assert.rejects(put(untouched));
    await assert.rejects(put(landed));
    await assert.rejects(get(untouched), refused(404));
    assert.equal((await get(landed)).toString(), "content");
  });

  test("it answers the nth match, and as many as asked, with an error", async () => {
    const key = newKey();
    const effect: Effect = { kind: "answer", status: 503, code: "SlowDown" };
    await control.faults([{ operation: "PutObject", key, nth: 2, times: 2, effect }]);
    await put(key);
    await assert.rejects(put(key), refused(503, "SlowDown"));
    await assert.rejects(put(key), refused(503, "SlowDown"));
    await put(key);
  });

  test("it sends half a body, a short one, a false one, or nothing for a while", async () => {
    const key = newKey();
    await put(key, "0123456789");
    await arm("GetObject", { kind: "half-body" });
    await assert.rejects(get(key));
    await arm("GetObject", { kind: "short-body" });
    await assert.rejects(get(key), /checksum/i);
    await arm("GetObject", { kind: "flip-bit" });
    await assert.rejects(get(key), /checksum/i);
    for (const kind of ["stall-headers", "stall-body"] as const) {
      await arm("GetObject", { kind, ms: 50 });
      const begun = performance.now();
      assert.equal((await get(key)).toString(), "0123456789");
      assert.ok(performance.now() - begun > 45);
    }
    await arm("GetObject", { kind: "stall-headers" });
    const endless = new GetObjectCommand({ Bucket, Key: key });
    await assert.rejects(s3.send(endless, { abortSignal: AbortSignal.timeout(50) }), {
      name: /Abort|Timeout/,
    });
    assert.equal((await get(key)).toString(), "0123456789");
  });

  test("it holds a request until it is told to go on", async () => {
    const key = newKey();
    await control.faults([{ operation: "PutObject", key, effect: { kind: "hold" } }]);
    const held = put(key, "late");
    await control.held();
    await put(key, "early");
    await control.release();
    await held;
    assert.equal((await get(key)).toString(), "late");
  });

  test("it completes an upload with an error in a 200", async () => {
    const key = newKey();
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: key }));
    const part = { Bucket, Key: key, UploadId, PartNumber: 1, Body: "x" };
    const { ETag } = await s3.send(new UploadPartCommand(part));
    await arm("CompleteMultipartUpload", { kind: "error-in-200", code: "InternalError" });
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const complete = new CompleteMultipartUploadCommand({ Bucket, Key: key, UploadId, MultipartUpload });
    await assert.rejects(s3.send(complete), { name: "InternalError" });
    await assert.rejects(get(key), refused(404));
  });

  test("its listings lie", async () => {
    const prefix = `${newKey()}/`;
    for (const name of ["a", "b", "c"]) await put(prefix + name);
    const lie = async (kind: Extract<Effect, { kind: "listing" }>["lie"], more: object = {}) => {
      await arm("ListObjectsV2", { kind: "listing", lie: kind });
      return await list(prefix, more);
    };
    const keys = (page: Awaited<ReturnType<typeof lie>>) =>
      page.Contents?.map(({ Key = "" }) => Key.at(-1)) ?? [];
    assert.equal((await lie("empty-body")).IsTruncated, undefined);
    await assert.rejects(lie("cut-xml"));
    assert.equal((await lie("html-body").catch(() => undefined))?.Contents, undefined);
    assert.deepEqual(keys(await lie("no-keys")), []);
    assert.deepEqual(keys(await lie("drop-keys")), ["a", "c"]);
    assert.deepEqual(keys(await lie("swap-keys")), ["b", "a", "c"]);
    assert.deepEqual(keys(await lie("repeat-key")), ["a", "a", "b", "c"]);
    assert.equal((await lie("foreign-key")).Contents?.length, 4);
    assert.equal((await lie("no-is-truncated")).IsTruncated, undefined);
    const tokenless = await lie("no-token", { MaxKeys: 2 });
    assert.deepEqual([tokenless.IsTruncated, tokenless.NextContinuationToken], [true, undefined]);
    const ContinuationToken = (await list(prefix, { MaxKeys: 1 })).NextContinuationToken;
    const stuck = await lie("same-token", { MaxKeys: 1, ContinuationToken });
    assert.deepEqual([stuck.IsTruncated, stuck.NextContinuationToken], [true, ContinuationToken]);
    assert.deepEqual(await listedKeys(prefix), ["a", "b", "c"]);
  });

  test("it lists in tree order, and still every key once", async () => {
    const prefix = `${newKey()}/`;
    const names = ["a", "a/x", "a-b", "a.txt"];
    for (const name of names) await put(prefix + name);
    await control.modes({ order: "tree" });
    assert.deepEqual(await listedKeys(prefix), names);
    const first = await list(prefix, { MaxKeys: 2 });
    assert.deepEqual(
      await listedKeys(prefix, { ContinuationToken: first.NextContinuationToken }),
      names.slice(2),
    );
  });

  test("it ignores or refuses conditions, of writes and of deletions separately", async () => {
    const key = newKey();
    await put(key);
    await control.modes({ putConditions: "ignored", deleteConditions: "refused" });
    await put(key, "over", { IfNoneMatch: "*" });
    const remove = new DeleteObjectCommand({ Bucket, Key: key, IfMatch: '"0"' });
    await assert.rejects(s3.send(remove), refused(501, "NotImplemented"));
    await control.modes({ putConditions: "refused", deleteConditions: "ignored" });
    await assert.rejects(put(key, "x", { IfNoneMatch: "*" }), refused(501, "NotImplemented"));
    await s3.send(remove);
    await assert.rejects(get(key), refused(404));
  });

  test("it stores names under other names, and gives ETags that are no MD5", async () => {
    const prefix = `${newKey()}/`;
    await control.modes({ rewrite: { from: "\\", to: "/" }, etags: "text" });
    const { ETag } = await put(`${prefix}a\\b`, "x");
    assert.doesNotMatch(ETag ?? "", /^"[0-9a-f]{32}"$/);
    assert.deepEqual(await listedKeys(prefix), ["a/b"]);
    assert.deepEqual(await listedKeys(`${prefix}a\\`), []);
  });

  test("its log names every request, in order, with conditions and faults", async () => {
    const key = newKey();
    await put(key, "x", { IfNoneMatch: "*" });
    await control.faults([
      { operation: "GetObject", effect: { kind: "answer", status: 403, code: "AccessDenied" } },
    ]);
    await assert.rejects(get(key), refused(403, "AccessDenied"));
    const log = await control.log();
    assert.deepEqual(
      log.map((entry) => [entry.operation, entry.bucket, entry.key, entry.status, entry.fault]),
      [
        ["PutObject", Bucket, key, 200, undefined],
        ["GetObject", Bucket, key, 403, "answer"],
      ],
    );
    assert.deepEqual(log[0]?.conditions, { ifNoneMatch: "*" });
    await control.clear();
    assert.deepEqual(await control.log(), []);
  });
});

test("over HTTPS it is trusted by who trusts its authority, and by nobody else", async () => {
  using folder = tempDir("certificate");
  const certificate = await makeCertificate(folder.path);
  const secure = await startStrictServer(process.execPath, certificate);
  try {
    const ask = (agent: Agent) =>
      client(secure.endpoint, { requestHandler: { httpsAgent: agent } }).send(new ListBucketsCommand({}));
    await assert.rejects(ask(new Agent()), /certificate|self.signed|issuer/i);
    const trusting = await ask(new Agent({ ca: readFileSync(certificate.caFile) }));
    assert.equal(trusting.$metadata.httpStatusCode, 200);
  } finally {
    await secure.stop();
  }
});
