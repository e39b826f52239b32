/** Scenarios A: what changed on which side, through the built command on a real server. */

import assert from "node:assert/strict";
import { statSync, utimesSync } from "node:fs";
import { describe } from "node:test";
import { F_IS_A, startingFrom } from "../support/scene.ts";
import { CopyObjectCommand } from "@aws-sdk/client-s3";
import { assertSettled, at } from "../support/world.ts";

const synced = startingFrom(F_IS_A);

describe("scenarios A", { concurrency: 3 }, () => {
  synced("1 a new local file is uploaded (R11)", async (parts) => {
    parts.L.write("new", "N");
    await parts.machine.sync();
    assert.equal(await parts.R.read("new"), "N");
    await assertSettled(parts);
  });

  synced("2 a new object is downloaded (R10)", async (parts) => {
    await parts.R.put("new/deep", "N");
    await parts.machine.sync();
    assert.equal(parts.L.read("new/deep"), "N");
    await assertSettled(parts);
  });

  synced("3 a local edit is uploaded (R4)", async (parts) => {
    parts.L.write("f", "B");
    await parts.machine.sync();
    assert.equal(await parts.R.read("f"), "B");
    await assertSettled(parts);
  });

  synced("4 a remote edit is downloaded (R2)", async (parts) => {
    await parts.R.put("f", "B");
    await parts.machine.sync();
    assert.equal(parts.L.read("f"), "B");
    await assertSettled(parts);
  });

  synced("5 a local deletion deletes the object (R7)", async (parts) => {
    parts.L.remove("f");
    await parts.machine.sync();
    assert.deepEqual(Object.keys(await parts.R.files()), ["k/1", "k/2"]);
    await assertSettled(parts);
  });

  synced(
    "6 a remote deletion deletes the file, after HEADs said that it is gone and the bucket is not (R3, R18, X6)",
    async (parts) => {
      await parts.R.remove("f");
      const counts = await parts.machine.counting(() => parts.machine.sync());
      assert.deepEqual(counts, { ListObjectsV2: 1, HeadObject: 1, HeadBucket: 1 });
      assert.deepEqual(Object.keys(parts.L.files()), ["k/1", "k/2"]);
      await assertSettled(parts);
    },
  );

  synced("7 deleted on both sides: the record goes, with no request but the listing (R9)", async (parts) => {
    parts.L.remove("f");
    await parts.R.remove("f");
    assert.deepEqual(await parts.machine.counting(() => parts.machine.sync()), { ListObjectsV2: 1 });
    await assertSettled(parts);
  });

  synced(
    "8 edited on both sides, S3 newer: S3 wins, the local version is kept (R5, R22, R23, S12)",
    async (parts) => {
      parts.L.write("f", "local", 5);
      await parts.R.put("f", "remote", 9);
      await parts.machine.sync();
      assert.equal(parts.L.read("f"), "remote");
      assert.equal(parts.machine.backups().length, 1);
      await assertSettled(parts);
    },
  );

  synced(
    "9 edited on both sides, local newer: local wins, the remote version is kept (R5, R22, R23)",
    async (parts) => {
      parts.L.write("f", "local", 9);
      await parts.R.put("f", "remote", 5);
      await parts.machine.sync();
      assert.equal(await parts.R.read("f"), "local");
      assert.equal(parts.machine.backups().length, 1);
      await assertSettled(parts);
    },
  );

  synced("10 edited to the same on both sides: no transfer, whatever the times (R5, R20)", async (parts) => {
    parts.L.write("f", "same", 5);
    await parts.R.put("f", "same", 9);
    const counts = await parts.machine.counting(() => parts.machine.sync());
    assert.deepEqual(counts, { ListObjectsV2: 1 });
    assert.equal(parts.machine.backups().length, 0);
    await assertSettled(parts);
  });

  synced("11 deleted locally, edited remotely: the edit comes back (R8)", async (parts) => {
    parts.L.remove("f");
    await parts.R.put("f", "B");
    await parts.machine.sync();
    assert.equal(parts.L.read("f"), "B");
    await assertSettled(parts);
  });

  synced("11 deleted remotely, edited locally: the edit comes back (R6)", async (parts) => {
    parts.L.write("f", "B");
    await parts.R.remove("f");
    await parts.machine.sync();
    assert.equal(await parts.R.read("f"), "B");
    await assertSettled(parts);
  });

  synced(
    "13 new and equal on both sides is adopted, and a later deletion is one (R12, R20)",
    async (parts) => {
      parts.L.write("n", "same", 5);
      await parts.R.put("n", "same", 9);
      assert.deepEqual(await parts.machine.counting(() => parts.machine.sync()), { ListObjectsV2: 1 });
      parts.L.remove("n");
      await parts.machine.sync();
      assert.equal((await parts.R.names()).includes("n"), false);
      await assertSettled(parts);
    },
  );

  synced(
    "14 new and different on both sides: the newer wins, the other is kept (R12, R22)",
    async (parts) => {
      parts.L.write("n", "local", 9);
      await parts.R.put("n", "remote", 5);
      await parts.machine.sync();
      assert.equal(await parts.R.read("n"), "local");
      assert.equal(parts.machine.backups().length, 1);
      await assertSettled(parts);
    },
  );

  synced("15 a directory made on both sides with different children is united", async (parts) => {
    parts.L.write("d/l", "1");
    await parts.R.put("d/r", "2");
    await parts.machine.sync();
    assert.deepEqual(Object.keys(parts.L.files()).toSorted(), ["d/l", "d/r", "f", "k/1", "k/2"]);
    await assertSettled(parts);
  });

  synced(
    "16 a directory deleted locally comes back with what is new in it remotely, and with nothing else",
    async (parts) => {
      parts.L.remove("k");
      await parts.R.put("k/new", "3");
      await parts.machine.sync();
      assert.deepEqual(Object.keys(parts.L.files()).toSorted(), ["f", "k/new"]);
      await assertSettled(parts);
    },
  );

  synced(
    "19 a touch is no edit: no upload, the record takes the new time, and it is not hashed again (R14)",
    async (parts) => {
      utimesSync(parts.L.path("f"), at(9) / 1000, at(9) / 1000);
      assert.deepEqual(await parts.machine.counting(() => parts.machine.sync()), { ListObjectsV2: 1 });
      assert.equal(parts.machine.records()["f"]?.mtimeMs, at(9));
      await assertSettled(parts);
    },
  );

  synced("20, 21 an object copied onto itself, with other metadata, is unchanged (R15)", async (parts) => {
    const { Bucket, Key } = parts.R.at("f");
    await parts.R.client.send(
      new CopyObjectCommand({
        Bucket,
        Key,
        CopySource: `${Bucket}/${Key}`,
        MetadataDirective: "REPLACE",
        Metadata: { other: "1" },
      }),
    );
    const before = statSync(parts.L.path("f")).ino;
    assert.deepEqual(await parts.machine.counting(() => parts.machine.sync()), { ListObjectsV2: 1 });
    assert.equal(statSync(parts.L.path("f")).ino, before);
    parts.L.write("f", "B");
    await parts.machine.sync();
    assert.match((await parts.R.head("f")).Metadata?.["mtime"] ?? "", /^\d+\.\d{9}$/);
    await assertSettled(parts);
  });

  for (const [from, to] of [
    ["", "B"],
    ["A", ""],
  ] as const) {
    synced(`24 an edit from ${from.length} to ${to.length} bytes goes both ways`, async (parts) => {
      parts.L.write("l", from, 2);
      parts.L.write("r", from, 2);
      await parts.machine.sync();
      parts.L.write("l", to);
      await parts.R.put("r", to);
      await parts.machine.sync();
      assert.deepEqual([await parts.R.read("l"), parts.L.read("r")], [to, to]);
      await assertSettled(parts);
    });
  }
});
