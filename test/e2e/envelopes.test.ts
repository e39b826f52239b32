/** Scenarios K: what lies in the bucket of a map with gzip or GPG, and how its content is known. Spec: spec/envelopes.md. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { backupEntries } from "../support/backup-contents.ts";
import { bytesOf } from "../support/content.ts";
import { inodeOf, renameHere, renameThere, traffic, type Traffic } from "../support/renaming.ts";
import {
  ADDRESS,
  assertSealed,
  encodingsThere,
  type Form,
  operations,
  sealedMachine,
  sealedScene,
  type SealedParts,
  stored,
  unsealed,
  writeAll,
} from "../support/sealed.ts";
import { at } from "../support/world.ts";

const PLAIN = {
  empty: "",
  one: "1",
  "sub/día.txt": "said more than once, ".repeat(5_000),
  "random.bin": Buffer.from(bytesOf(300_001)),
};
const NOTHING: Traffic = { put: [], got: [], copied: [], deleted: [] };
const BOTH: Form = { gzip: 9, gpg: ADDRESS };
/** By the word in the metadata. */
const FORMS: Readonly<Record<string, Form>> = { gzip: { gzip: 6 }, "gzip+openpgp": BOTH };
const ALL_FORMS = { ...FORMS, openpgp: { gpg: ADDRESS } };

/** f and two more that keep the guards quiet, in sync. */
async function begin({ machine, L }: SealedParts): Promise<void> {
  writeAll(L, { f: "the content of f", "k/1": "one", "k/2": "two" });
  await machine.sync();
}

/** A second machine that has all of it too. */
async function second({ world, keyring }: SealedParts, form: Form): Promise<SealedParts> {
  const machine = await sealedMachine(world, form, keyring);
  await machine.sync();
  return { world, machine, L: machine.local, R: world.remote, keyring };
}

describe("scenarios K: content in envelopes", { concurrency: 2 }, () => {
  for (const [encoding, form] of Object.entries(ALL_FORMS)) {
    sealedScene(
      `206 ${encoding}: all sizes go there and to another machine (EN1, EN2, EN3, EN10)`,
      form,
      async (parts) => {
        const { machine, L, R, keyring } = parts;
        writeAll(L, PLAIN);
        await machine.sync();
        for (const [name, content] of Object.entries(PLAIN)) {
          const plain = Buffer.from(content);
          const object = await stored(R, name);
          assert.deepEqual(object.metadata, {
            mtime: `${at(1) / 1000}.000000000`,
            "bsync-encoding": encoding,
            "bsync-size": String(plain.length),
            "bsync-sha256": createHash("sha256").update(plain).digest("hex"),
          });
          assert.equal(object.contentEncoding, undefined);
          assert.ok(name !== "sub/día.txt" || !object.bytes.includes("said more than once, said"), name);
          assert.ok(unsealed(object, keyring).equals(plain), name);
        }
        await assertSealed(parts);

        const other = await second(parts, form);
        assert.deepEqual(other.L.files(), L.files());
        assert.equal(statSync(other.L.path("one")).mtimeMs, at(1));
        await assertSealed(other);
      },
    );
  }

  sealedScene(
    "206 the built command compresses with Zopfli, smaller than zlib (EN2)",
    { gzip: 11 },
    async (parts) => {
      const { machine, L, R, keyring } = parts;
      const text = Array.from({ length: 3_000 }, (_, i) => `${i * i} squares, ${i % 7} of seven\n`).join("");
      writeAll(L, { text, tiny: "t" });
      await machine.sync();
      const best = (await stored(R, "text")).bytes.length;
      await assertSealed(parts);
      assert.equal(unsealed(await stored(R, "text"), keyring).toString(), text);
      await machine.init("--gzip", "9");
      await machine.sync();
      L.write("again", text, 1);
      await machine.sync();
      assert.ok(best < (await stored(R, "again")).bytes.length);
    },
  );

  sealedScene(
    "206 compressed alone, equal content is stored as equal bytes (EN2)",
    { gzip: 6 },
    async (parts) => {
      const { machine, L, R } = parts;
      writeAll(L, { a: "the same content", k: "k" });
      L.write("b", "the same content", 2);
      await machine.sync();
      assert.deepEqual((await stored(R, "a")).bytes, (await stored(R, "b")).bytes);
      await assertSealed(parts);
    },
  );

  for (const [encoding, form] of Object.entries(FORMS)) {
    sealedScene(
      `206 ${encoding}: a touch costs a look and no transfer; an edit is sent, and comes (EN5)`,
      form,
      async (parts) => {
        const { machine, L, R } = parts;
        await begin(parts);
        const other = await second(parts, form);
        const { etag } = await stored(R, "f");
        utimesSync(L.path("f"), at(5) / 1000, at(5) / 1000);
        assert.deepEqual(await operations(machine), ["HeadObject", "ListObjectsV2"]);
        assert.equal((await stored(R, "f")).etag, etag);
        assert.deepEqual(await operations(machine), ["ListObjectsV2"]);

        L.write("f", "another content", 6);
        assert.deepEqual((await traffic(machine)).put, ["f"]);
        assert.deepEqual((await traffic(other.machine)).got, ["f"]);
        assert.equal(other.L.read("f"), "another content");
        assert.equal(statSync(other.L.path("f")).mtimeMs, at(6));
        await assertSealed(parts);
        await assertSealed(other);
      },
    );
  }

  for (const [winner, here, there] of [
    ["local", 9, 5],
    ["S3", 5, 9],
  ] as const) {
    sealedScene(
      `215 a conflict goes by the times of the plain content: ${winner} wins (EN5)`,
      BOTH,
      async (parts) => {
        const { machine, L, R, keyring } = parts;
        await begin(parts);
        const other = await second(parts, BOTH);
        other.L.write("f", "their edit", there);
        await other.machine.sync(); // so that its LastModified is later than either
        L.write("f", "our edit", here);
        await machine.sync();
        const [won, lost] = winner === "local" ? ["our edit", "their edit"] : ["their edit", "our edit"];
        assert.equal(L.read("f"), won);
        assert.equal(unsealed(await stored(R, "f"), keyring).toString(), won);
        assert.equal(machine.backups().length, 1);
        const kept = await backupEntries(machine);
        assert.ok(kept.every(({ content }) => !content.includes(lost)));
        const to = join(machine.home, "back");
        const back = await machine.run("--restore-backup", "latest", "--to", to);
        assert.equal(back.code, 0, back.stderr);
        assert.equal(L.read("../back/f"), lost);
        await assertSealed(parts);
      },
    );
  }

  for (const [encoding, form] of Object.entries(FORMS)) {
    sealedScene(
      `206 ${encoding}: equal content on both sides is adopted without a transfer (EN5)`,
      form,
      async (parts) => {
        const { machine, L, world, keyring } = parts;
        await begin(parts);
        const other = await sealedMachine(world, form, keyring);
        for (const [name, content] of Object.entries(L.files())) other.local.write(name, content, 3);
        assert.deepEqual(await operations(other), ["HeadObject", "ListObjectsV2"]);
        assert.deepEqual(await operations(machine), ["ListObjectsV2"]);
        await assertSealed({ ...parts, machine: other, L: other.local });
      },
    );
  }

  for (const [encoding, form] of Object.entries(FORMS)) {
    sealedScene(
      `214 ${encoding}: a renamed file is copied in the bucket, not stored anew (EN5)`,
      form,
      async (parts) => {
        const { machine, L, R } = parts;
        await begin(parts);
        const before = await stored(R, "f");
        renameHere(L, "f", "d/g");
        assert.deepEqual(await traffic(machine), { ...NOTHING, copied: ["d/g"], deleted: ["f"] });
        const after = await stored(R, "d/g");
        assert.deepEqual(after.bytes, before.bytes);
        assert.deepEqual(after.metadata, before.metadata);
        assert.equal(machine.backups().length, 0);
        await assertSealed(parts);
      },
    );

    sealedScene(
      `214 ${encoding}: a renamed object is a renamed file, and nothing is fetched (EN5)`,
      form,
      async (parts) => {
        const { machine, L, R } = parts;
        await begin(parts);
        const inode = inodeOf(L, "f");
        await renameThere(R, "f", "d/g");
        assert.deepEqual(await traffic(machine), NOTHING);
        assert.equal(inodeOf(L, "d/g"), inode);
        assert.equal(machine.backups().length, 0);
        await assertSealed(parts);
      },
    );
  }

  for (const [encoding, form] of Object.entries(FORMS)) {
    const sealed = form.gpg === undefined ? "" : " encrypted";
    sealedScene(
      `${encoding}: a file that is deleted there goes by way of the${sealed} backup (EN5, R3)`,
      form,
      async (parts) => {
        const { machine, L, R } = parts;
        await begin(parts);
        await R.remove("f");
        await machine.sync();
        assert.deepEqual(Object.keys(L.files()).toSorted(), ["k/1", "k/2"]);
        const kept = await backupEntries(machine);
        const holds = kept.some(({ content }) => content.includes("the content of f"));
        assert.equal(holds, form.gpg === undefined);
        const to = join(machine.home, "back");
        const back = await machine.run("--restore-backup", "latest", "--to", to);
        assert.equal(back.code, 0, back.stderr);
        assert.equal(L.read("../back/f"), "the content of f");
        assert.equal(statSync(join(to, "f")).mtimeMs, at(1));
        await assertSealed(parts);
      },
    );
  }

  for (const [encoding, form] of Object.entries(FORMS)) {
    sealedScene(
      `${encoding}: a file that holds what is stored is not what is in it (EN5)`,
      form,
      async (parts) => {
        const { machine, L, R, keyring } = parts;
        await begin(parts);
        const object = await stored(R, "f");
        L.write("f", object.bytes, 7);
        await machine.sync();
        const again = await stored(R, "f");
        assert.notEqual(again.etag, object.etag);
        assert.deepEqual(unsealed(again, keyring), object.bytes);

        const other = await sealedMachine(parts.world, form, keyring);
        other.local.write("k/1", (await stored(R, "k/1")).bytes, 0);
        await other.sync();
        assert.equal(other.local.read("k/1"), "one");
        assert.equal(other.backups().length, 1);
        await assertSealed(parts);
      },
    );
  }

  sealedScene("a dry run says what would come, and changes nothing", BOTH, async (parts) => {
    const { machine, L } = parts;
    await begin(parts);
    const other = await second(parts, BOTH);
    other.L.write("f", "another content", 5);
    other.L.write("new", "new", 5);
    await other.machine.sync();
    const [here, records] = [L.files(), machine.records()];
    const ran = await machine.run("--dryrun");
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /download +f /);
    assert.match(ran.stdout, /download +new /);
    assert.deepEqual(L.files(), here);
    assert.deepEqual(machine.records(), records);
    const status = await machine.run("--status");
    assert.equal(status.code, 3, status.stderr);
    await machine.sync();
    assert.deepEqual(L.files(), other.L.files());
    assert.equal((await machine.run("--status")).code, 0);
  });

  sealedScene(
    "208 in a map with gzip an object without an envelope comes as it is (EN1)",
    { gzip: 6 },
    async (parts) => {
      const { machine, L, R } = parts;
      await begin(parts);
      await R.put("new", "as it is", 2);
      await R.put("f", "as it is too", 2);
      await machine.sync();
      assert.deepEqual([L.read("new"), L.read("f")], ["as it is", "as it is too"]);
      assert.deepEqual(await encodingsThere(R), { f: "", "k/1": "gzip", "k/2": "gzip", new: "" });
      await assertSealed(parts);
    },
  );
});
