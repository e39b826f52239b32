/** Backups of losers: whole, private, readable by anybody's tools, and kept before anything is given up. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import StreamZip from "node-stream-zip";
import { checkZip } from "../../../src/backup/check-zip.ts";
import { loserZips } from "../../../src/backup/loser-zip.ts";
import { writeZip } from "../../../src/backup/write-zip.ts";
import { Stale } from "../../../src/model/errors.ts";
import { keyOfText, type ObjectKey } from "../../../src/model/object-key.ts";
import type { Loser } from "../../../src/ports/loser-store.ts";
import { chunks } from "../../support/real-tree.ts";
import { tempDir } from "../../support/temp-dir.ts";

const RUN = Date.UTC(2026, 10, 22, 23, 5, 1, 999);
const MAP = {
  root: "/home/ada/photos",
  bucket: "photos",
  prefix: "ada",
  gzip: 0,
  recursive: true,
  gpg: false,
  email: "",
  options: {},
} as const;

function loser(path: string | ObjectKey, size: number): Loser {
  const key = keyOfText(path);
  return {
    map: MAP,
    key,
    side: "local",
    reason: "conflict",
    size,
    mtimeNs: 1_700_000_000_123_456_789n,
    mode: 0o640,
    enveloped: undefined,
  };
}

async function unzipped(path: string): Promise<{ content: Buffer; manifest: Record<string, unknown> }> {
  const zip = new StreamZip.async({ file: path });
  const content = await zip.entryData("content");
  const manifest = JSON.parse((await zip.entryData("manifest.json")).toString()) as Record<string, unknown>;
  await zip.close();
  return { content, manifest };
}

test("a loser is kept with all that is known of it, in a folder named after the run", async () => {
  using temp = tempDir("backup");
  const backups = join(temp.path, "state.d/backups");
  const text = "the version that lost";
  await loserZips(backups, RUN).save(
    loser("trip/día\n1.jpg", text.length),
    chunks("the version ", "that lost"),
  );
  assert.deepEqual(readdirSync(backups), ["2026-11-22T23-05-01Z"]);
  const folder = join(backups, "2026-11-22T23-05-01Z");
  assert.deepEqual(readdirSync(folder), ["0001.zip"]);
  const { content, manifest } = await unzipped(join(folder, "0001.zip"));
  assert.equal(content.toString(), text);
  assert.deepEqual(manifest, {
    version: 2,
    path: "trip/día\n1.jpg",
    map: { root: "/home/ada/photos", bucket: "photos", prefix: "ada" },
    side: "local",
    reason: "conflict",
    mtimeNs: "1700000000123456789",
    mode: "0640",
    size: text.length,
    sha256: createHash("sha256").update(text).digest("hex"),
  });
});

test("another program's unzip finds the archive sound, whatever the content is", async () => {
  using temp = tempDir("backup");
  const store = loserZips(temp.path, RUN);
  const large = randomBytes(3 * 1024 * 1024 + 1);
  for (const content of [Buffer.alloc(0), Buffer.from("x"), large]) {
    await store.save(loser("a", content.length), chunks(content.subarray(0, 1), content.subarray(1)));
  }
  const folder = join(temp.path, "2026-11-22T23-05-01Z");
  const check = "import sys, zipfile\nfor p in sys.argv[1:]: assert zipfile.ZipFile(p).testzip() is None";
  const zips = ["0001.zip", "0002.zip", "0003.zip"];
  assert.deepEqual(readdirSync(folder), zips);
  execFileSync("python3", ["-c", check, ...zips.map((each) => join(folder, each))]);
  assert.deepEqual((await unzipped(join(folder, "0003.zip"))).content, large);
});

test("G24: folders are 0700 and archives 0600, whatever the umask", async () => {
  using temp = tempDir("backup");
  const umask = process.umask(0);
  try {
    await loserZips(join(temp.path, "d/backups"), RUN).save(loser("a", 1), chunks("x"));
  } finally {
    process.umask(umask);
  }
  const modes = [
    "d",
    "d/backups",
    "d/backups/2026-11-22T23-05-01Z",
    "d/backups/2026-11-22T23-05-01Z/0001.zip",
  ];
  assert.deepEqual(
    modes.map((each) => statSync(join(temp.path, each)).mode & 0o777),
    [0o700, 0o700, 0o700, 0o600],
  );
});

test("a run without losers makes no folder; two runs of one second do not share one", async () => {
  using temp = tempDir("backup");
  const [first, second, third] = [1, 2, 3].map(() => loserZips(temp.path, RUN));
  assert.deepEqual(readdirSync(temp.path), []);
  await second?.save(loser("a", 1), chunks("b"));
  await third?.save(loser("a", 1), chunks("c"));
  await first?.save(loser("a", 1), chunks("a"));
  await first?.save(loser("a", 1), chunks("a"));
  const time = "2026-11-22T23-05-01Z";
  assert.deepEqual(readdirSync(temp.path).toSorted(), [time, `${time}-2`, `${time}-3`]);
  assert.deepEqual(readdirSync(join(temp.path, `${time}-3`)), ["0001.zip", "0002.zip"]);
});

test("losers saved side by side each have an archive of their own", async () => {
  using temp = tempDir("backup");
  const store = loserZips(temp.path, RUN);
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => store.save(loser(`f${index}`, 3), chunks(`${index}`))),
  );
  const folder = join(temp.path, "2026-11-22T23-05-01Z");
  const kept = await Promise.all(readdirSync(folder).map(async (each) => unzipped(join(folder, each))));
  const pairs = kept.map(({ content, manifest }) => `${String(manifest["path"])} ${content.toString()}`);
  assert.deepEqual(
    pairs.toSorted(),
    Array.from({ length: 20 }, (_, index) => `f${index} ${index}`).toSorted(),
  );
});

test("a hostile key never becomes a name in the archive; one that is not UTF-8 is kept by its bytes", async () => {
  using temp = tempDir("backup");
  const store = loserZips(temp.path, RUN);
  await store.save({ ...loser("", 1), key: "../\xff" as ObjectKey }, chunks("x"));
  const path = join(temp.path, "2026-11-22T23-05-01Z/0001.zip");
  const zip = new StreamZip.async({ file: path });
  assert.deepEqual(Object.keys(await zip.entries()), ["content", "manifest.json"]);
  await zip.close();
  const { manifest } = await unzipped(path);
  assert.equal(manifest["keyHex"], "2e2e2fff");
});

test("times that a zip cannot hold are in the manifest all the same", async () => {
  using temp = tempDir("backup");
  const store = loserZips(temp.path, RUN);
  for (const mtimeNs of [-(10n ** 20n), 10n ** 30n, 0n])
    await store.save({ ...loser("a", 1), mtimeNs }, chunks("x"));
  const { manifest } = await unzipped(join(temp.path, "2026-11-22T23-05-01Z/0002.zip"));
  assert.equal(manifest["mtimeNs"], String(10n ** 30n));
});

test("where the content breaks off, its own error comes out and nothing is left", async () => {
  using temp = tempDir("backup");
  const store = loserZips(temp.path, RUN);
  let closed = false;
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.alloc(100_000);
      throw new Stale("it changed");
    } finally {
      closed = true;
    }
  };
  await assert.rejects(store.save(loser("a", 1), broken()), { name: "Stale", message: "it changed" });
  assert.equal(closed, true);
  assert.deepEqual(readdirSync(join(temp.path, "2026-11-22T23-05-01Z")), []);
  await store.save(loser("a", 1), chunks("x"));
  assert.deepEqual(readdirSync(join(temp.path, "2026-11-22T23-05-01Z")), ["0002.zip"]);
});

test("L1: where the disk is full the loser is not kept, the error says so, and its source is closed", async (context) => {
  using temp = tempDir("backup");
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", temp.path], { stdio: "ignore" });
  } catch {
    context.skip("no file system can be mounted here");
    return;
  }
  try {
    let closed = false;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.alloc(100_000);
      } finally {
        closed = true;
      }
    };
    const full = {
      name: "PathError",
      message: "cannot be kept in the backup: no space is left on the disk (ENOSPC)",
    };
    await assert.rejects(loserZips(temp.path, RUN).save(loser("a", 1), endless()), full);
    assert.equal(closed, true);
    assert.deepEqual(readdirSync(join(temp.path, "2026-11-22T23-05-01Z")), []);
  } finally {
    execFileSync("umount", [temp.path]);
  }
});

test("a backup folder that cannot be made is a failure of the path", async () => {
  using temp = tempDir("backup");
  writeFileSync(join(temp.path, "file"), "");
  const store = loserZips(join(temp.path, "file/backups"), RUN);
  await assert.rejects(store.save(loser("a", 1), chunks("x")), { name: "PathError" });
});

test("an archive in which any byte is another, or that is cut anywhere, is not taken for whole", async () => {
  using temp = tempDir("backup");
  const path = join(temp.path, "whole.zip");
  const expected = await writeZip(path, loser("a", 5), chunks("12345"), undefined);
  await checkZip(path, expected);
  const whole = readFileSync(path);
  const bad = join(temp.path, "bad.zip");
  mkdirSync(join(temp.path, "empty"));
  const content = whole.indexOf("12345");
  for (let at = content; at < content + 5; at++) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    writeFileSync(bad, flipped);
    await assert.rejects(checkZip(bad, expected), { name: "PathError" }, `byte ${at}`);
  }
  for (let length = 0; length < whole.length; length += 7) {
    writeFileSync(bad, whole.subarray(0, length));
    await assert.rejects(checkZip(bad, expected), { name: "PathError" }, `cut at ${length}`);
  }
  const { content: wanted, manifest } = expected;
  for (const lie of [{ crc32: wanted.crc32 ^ 1 }, { size: 4 }, { sha256: "0".repeat(64) }])
    await assert.rejects(checkZip(path, { content: { ...wanted, ...lie }, manifest }), { name: "PathError" });
  await assert.rejects(checkZip(path, { content: wanted, manifest: `${manifest} ` }), { name: "PathError" });
});
