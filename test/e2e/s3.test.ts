/** Scenarios J: what is special about S3, on a real server. */

import assert from "node:assert/strict";
import { readFileSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { bytesOf } from "../support/content.ts";
import { hashesHere, hashesThere, writeLarge } from "../support/large-content.ts";
import { answerError } from "../support/listing-page.ts";
import { clockOffBy, peakMemoryIn } from "../support/preload.ts";
import { operationOf } from "../support/recording-proxy.ts";
import { assertNothingDone, assertRefused, type Parts, synced } from "../support/scene.ts";
import { assertSettled, at, type Machine, type Remote, scenario } from "../support/world.ts";

const MIB = 1024 * 1024;
const MINUTE = 60_000;

describe("scenarios J", { concurrency: 3 }, () => {
  for (const size of [17 * MIB, 5 * MIB + 1]) {
    test(`194 the same ${size} bytes, uploaded again by a program with other parts: read once at most, never sent (R2, R14, R16)`, () =>
      scenario(async (parts) => {
        const { machine, L, R } = parts;
        L.write("large", bytesOf(size), 1);
        L.write("small", "s", 1);
        await machine.sync();
        await putInParts(R, "large", bytesOf(size), 5 * MIB);

        machine.proxy.log.length = 0;
        // The file takes the time of the object, which to this run is not yet past: the next one looks inside.
        const ran = await machine.runWith(clockOffBy(-MINUTE));
        assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
        assert.ok(bytesAsked(machine, size) <= size);
        await machine.sync();
        utimesSync(L.path("large"), at(2) / 1000, at(2) / 1000);
        await machine.sync();
        assertNothingSent(machine);
        assert.ok(bytesAsked(machine, size) <= size);
        assert.equal(machine.records()["large"]?.etag, (await R.head("large")).ETag?.replaceAll('"', ""));
        assert.equal(machine.backups().length, 0);
        await assertSettled(parts);
      }));
  }

  test("194 the same bytes on both sides, uploaded in other parts, are adopted at the first meeting (R12, R20)", () =>
    scenario(async (parts) => {
      const { machine, L, R } = parts;
      const content = bytesOf(11 * MIB);
      L.write("large", content, 1);
      await putInParts(R, "large", content, 5 * MIB);
      await machine.counting(() => machine.sync());
      assertNothingSent(machine);
      assert.ok(bytesAsked(machine, content.length) <= content.length);
      assert.equal(machine.backups().length, 0);
      await assertSettled(parts);
    }));

  test("196 the same content put again changes nothing, and does not stand in the way of a local edit (R4, R15)", () =>
    scenario(async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["a", "b", "c"]);
      await R.put("a", "a", 9);
      await R.put("b", "b", 9);
      assert.deepEqual(await machine.counting(() => machine.sync()), { ListObjectsV2: 1 });
      L.write("b", "edited", 5);
      await R.put("b", "b", 12);
      await machine.sync();
      assert.equal(await R.read("b"), "edited");
      assert.equal(machine.backups().length, 0);
      await assertSettled(parts);
    }));

  test("197 in a versioned bucket a delete marker is an absence, and a version that is back is new (R3, R10)", () =>
    versioned(async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["a", "b", "c"]);
      await R.remove("a");
      await machine.sync();
      assert.deepEqual(Object.keys(L.files()).toSorted(), ["b", "c"]);
      await assertSettled(parts);

      const [marker] = (await versionsOf(R, "a")).markers;
      await R.client.send(new DeleteObjectCommand({ ...R.at("a"), VersionId: marker?.VersionId }));
      await machine.sync();
      assert.equal(L.read("a"), "a");
      await assertSettled(parts);
    }));

  test("197 in a versioned bucket a deletion leaves one marker, and the version below it (R7)", () =>
    versioned(async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["a", "b", "c"]);
      L.remove("b");
      await machine.sync();
      const { markers, versions } = await versionsOf(R, "b");
      assert.deepEqual(
        markers.map(({ IsLatest }) => IsLatest),
        [true],
      );
      const VersionId = versions[0]?.VersionId;
      const { Body } = await R.client.send(new GetObjectCommand({ ...R.at("b"), VersionId }));
      assert.equal(await Body?.transformToString(), "b");
      await assertSettled(parts);
    }));

  test("203 a run without changes costs one LIST for each thousand keys, and nothing else", () =>
    scenario(async ({ world, machine, L }) => {
      let made = 0;
      for (const count of [999, 1000, 1001, 2001]) {
        while (made < count) L.write(`d${made % 7}/${made++}`, "");
        await machine.sync();
        const lists = Math.ceil(count / 1000);
        const counts = await machine.counting(() => machine.sync());
        assert.deepEqual(Object.keys(counts), ["ListObjectsV2"]);
        // MinIO calls a last page that is full not the last.
        const also = world.server.kind === "minio" && count % 1000 === 0 ? lists + 1 : lists;
        assert.ok(
          [lists, also].includes(counts["ListObjectsV2"] ?? 0),
          `${count}: ${JSON.stringify(counts)}`,
        );
      }
    }));

  test("204 an endpoint with a slash at its end is the same endpoint (S3)", () =>
    scenario(async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["a", "b"]);
      L.write("a", "edited");
      const ran = await machine.runWith({ AWS_ENDPOINT_URL: `${machine.proxy.endpoint}/` });
      assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
      assert.equal(await R.read("a"), "edited");
      await assertSettled(parts);
    }));

  test("204 a bucket with dots in its name is a bucket like any other", () =>
    scenario(
      async (parts) => {
        await synced(parts, ["a", "d/b"]);
        await parts.R.put("c", "remote");
        await parts.machine.sync();
        assert.equal(parts.L.read("c"), "remote");
        await assertSettled(parts);
      },
      undefined,
      "s3-bsync.tests.dots",
    ));

  test("204 a bucket in another region ends the map, and the hint names the region (RM5)", () =>
    scenario(async (parts) => {
      const { machine } = parts;
      await synced(parts, ["a", "b"]);
      parts.L.write("new", "N");
      machine.proxy.instead = (_, response) => {
        response.setHeader("x-amz-bucket-region", "eu-central-1");
        return answerError(response, 301, "PermanentRedirect");
      };
      assertRefused(await assertNothingDone(parts), 1, /in another region/, /hint: --region eu-central-1\n/);
    }));
});

describe("scenarios J: large content", () => {
  const sizes = [0, 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 16 * MIB, 16 * MIB + 1, 80 * MIB];
  test("198 content of no byte, of one, and of parts that are full or not, there and back (R10, R11, R14, RM12, RM16)", () =>
    scenario(async ({ world, machine, L, R }) => {
      for (const size of sizes) L.write(`of ${size}`, bytesOf(size), 1);
      const hashes = await hashesHere(L);
      await machine.sync();
      assert.deepEqual(await hashesThere(R), hashes);
      const parts = machine.proxy.log.filter((request) => operationOf(request) === "UploadPart");
      assert.equal(parts.filter(({ key }) => key.endsWith(`/of ${80 * MIB}`)).length, 10);
      assert.equal(parts.filter(({ key }) => key.endsWith(`/of ${16 * MIB + 1}`)).length, 3);
      assert.equal(parts.length, 13, "16 MiB is one request");

      const other = await world.machine();
      await other.init();
      await other.sync();
      assert.deepEqual(await hashesHere(other.local), hashes);
      for (const size of sizes) utimesSync(L.path(`of ${size}`), at(9) / 1000, at(9) / 1000);
      await machine.counting(() => machine.sync());
      assertNothingSent(machine);
      for (const one of [machine, other]) await assertNoop(one, Object.keys(hashes));
      for (const size of sizes) await R.remove(`of ${size}`);
    }));

  test("198 300 MiB go there and back in less than 400 MB of memory (RM1, RM12, RM16)", () =>
    scenario(async ({ world, machine, R }) => {
      const other = await world.machine();
      const hash = writeLarge(machine.local.path("huge"), 300 * MIB);
      await other.init();
      for (const one of [machine, other]) {
        const peak = join(one.home, "peak");
        const ran = await one.runWith(peakMemoryIn(peak));
        assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
        const bytes = Number(readFileSync(peak, "utf8")) * 1024;
        assert.ok(bytes > 0 && bytes < 400e6, `${Math.round(bytes / 1e6)} MB`);
        rmSync(peak);
      }
      assert.deepEqual(await hashesHere(other.local), { huge: hash });
      for (const one of [machine, other]) await assertNoop(one, ["huge"]);
      await R.remove("huge");
    }));
});

/** As another program would, with parts of its own size. */
async function putInParts(R: Remote, name: string, content: Uint8Array, partBytes: number): Promise<void> {
  const { UploadId } = await R.client.send(new CreateMultipartUploadCommand(R.at(name)));
  const Parts: CompletedPart[] = [];
  for (let from = 0; from < content.length; from += partBytes) {
    const PartNumber = from / partBytes + 1;
    const Body = content.subarray(from, from + partBytes);
    const part = { ...R.at(name), UploadId, PartNumber, Body };
    const { ETag } = await R.client.send(new UploadPartCommand(part));
    Parts.push({ PartNumber, ETag });
  }
  await R.client.send(
    new CompleteMultipartUploadCommand({ ...R.at(name), UploadId, MultipartUpload: { Parts } }),
  );
}

function assertNothingSent({ proxy }: Machine): void {
  const sent = proxy.log.filter(({ method }) => method !== "GET" && method !== "HEAD");
  assert.deepEqual(sent.map(operationOf), []);
}

/** Of the content of the only object that was read. */
function bytesAsked({ proxy }: Machine, size: number): number {
  const gets = proxy.log.filter((request) => operationOf(request) === "GetObject");
  return gets
    .map(({ headers }) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(String(headers["range"] ?? "")) ?? [];
      return from === undefined ? size : Number(to) - Number(from) + 1;
    })
    .reduce((all, bytes) => all + bytes, 0);
}

/** For content that `assertSettled` would have to hold. */
async function assertNoop(machine: Machine, names: readonly string[]): Promise<void> {
  const records = machine.records();
  assert.deepEqual(Object.keys(records), names.toSorted());
  assert.deepEqual(await machine.counting(() => machine.sync()), { ListObjectsV2: 1 });
  assert.deepEqual(machine.records(), records);
}

function versioned(play: (parts: Parts) => Promise<void>): Promise<void> {
  return scenario(
    async (parts) => {
      const VersioningConfiguration = { Status: "Enabled" } as const;
      const Bucket = parts.R.bucket;
      await parts.R.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      await play(parts);
    },
    undefined,
    "s3-bsync-tests-versioned",
  );
}

async function versionsOf({ client, ...R }: Remote, name: string) {
  const Prefix = `${R.prefix}/${name}`;
  const found = await client.send(new ListObjectVersionsCommand({ Bucket: R.bucket, Prefix }));
  return { markers: found.DeleteMarkers ?? [], versions: found.Versions ?? [] };
}
