/** Scenarios K: objects that are not what they say, or that nobody has encrypted, do no harm to what is here. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe } from "node:test";
import { gzipSync } from "node:zlib";
import { backupEntries } from "../support/backup-contents.ts";
import { type Keyring, newKeyring } from "../support/keyring.ts";
import {
  ADDRESS,
  assertSealed,
  type Form,
  putStored,
  sealedMachine,
  sealedScene,
  type SealedParts,
  type Stored,
  stored,
  writeAll,
} from "../support/sealed.ts";
import { at, type Ran } from "../support/world.ts";

type Damage = (good: Pick<Stored, "bytes" | "metadata">) => Pick<Stored, "bytes" | "metadata">;

const BOTH: Form = { gzip: 6, gpg: ADDRESS };
/** Large enough that gpg gives some of it out before it has seen the end. */
const LARGE = "the newest content ".repeat(20_000);

function bytesBecome(change: (bytes: Buffer) => Buffer): Damage {
  return ({ bytes, metadata }) => ({ bytes: change(Buffer.from(bytes)), metadata });
}

function metadataBecome(changes: Readonly<Record<string, string>>): Damage {
  return ({ bytes, metadata }) => ({ bytes, metadata: { ...metadata, ...changes } });
}

function flippedAt(part: number): Damage {
  return bytesBecome((bytes) => {
    const place = Math.min(bytes.length - 1, Math.floor(bytes.length * part));
    bytes.writeUInt8((bytes[place] ?? 0) ^ 1, place);
    return bytes;
  });
}

const DAMAGES: Readonly<Record<string, Damage>> = {
  "cut off at the end": bytesBecome((bytes) => bytes.subarray(0, -1)),
  "cut off in the middle": bytesBecome((bytes) => bytes.subarray(0, bytes.length >> 1)),
  "cut off at the beginning": bytesBecome((bytes) => bytes.subarray(0, 9)),
  nothing: bytesBecome(() => Buffer.alloc(0)),
  "flipped in the middle": flippedAt(0.5),
  "flipped at the end": flippedAt(1),
  "no envelope": bytesBecome(() => Buffer.from(LARGE)),
  "another envelope": bytesBecome(() => gzipSync(gzipSync(LARGE))),
  twice: bytesBecome((bytes) => Buffer.concat([bytes, bytes])),
  "another digest": metadataBecome({ "bsync-sha256": createHash("sha256").update("else").digest("hex") }),
  "a larger size": metadataBecome({ "bsync-size": String(LARGE.length + 1) }),
  "a smaller size": metadataBecome({ "bsync-size": String(LARGE.length - 1) }),
  "a size of nothing": metadataBecome({ "bsync-size": "" }),
  "a size beyond all disks": metadataBecome({ "bsync-size": "999999999999999" }),
  "a digest that is none": metadataBecome({ "bsync-sha256": "0" }),
  "an unknown envelope": metadataBecome({ "bsync-encoding": "zstd" }),
};

/** Of which nobody can tell what they hold. */
const UNKNOWN = new Set(["a size of nothing", "a digest that is none", "an unknown envelope"]);

/** Every one of these paths is named, each once, with exit code 3. */
function assertNamed({ code, stdout, stderr }: Ran, names: readonly string[]): void {
  assert.equal(code, 3, stderr);
  assert.equal(stdout, "");
  const lines = stderr.split("\n").filter((line) => line.startsWith("s3-bsync: "));
  assert.equal(lines.length, names.length, stderr);
  for (const name of names)
    assert.ok(
      lines.some((line) => line.includes(`/${name}: `)),
      `${name}: ${stderr}`,
    );
}

async function other({ world, keyring }: SealedParts, form: Form): Promise<SealedParts> {
  const machine = await sealedMachine(world, form, keyring);
  await machine.sync();
  return { world, machine, L: machine.local, R: world.remote, keyring };
}

describe("scenarios K: damaged and foreign objects", { concurrency: 2 }, () => {
  for (const form of [{ gzip: 6 }, { gpg: ADDRESS }, BOTH]) {
    const kind = Object.keys(form).join(" and ");
    sealedScene(
      `209 ${kind}: what is damaged is named, and neither comes nor overwrites (EN4)`,
      form,
      async (parts) => {
        const { machine, L, R } = parts;
        const tracked = Object.keys(DAMAGES).map((name) => `tracked/${name}`);
        writeAll(L, Object.fromEntries([...tracked, "good", "k"].map((name) => [name, `old ${name}`])));
        await machine.sync();
        const theirs = await other(parts, form);
        for (const name of [...tracked, "good"]) theirs.L.write(name, LARGE, 5);
        await theirs.machine.sync();
        for (const [name, damage] of Object.entries(DAMAGES)) {
          const broken = damage(await stored(R, `tracked/${name}`));
          await putStored(R, `tracked/${name}`, broken);
          await putStored(R, `new/${name}`, broken);
        }
        const broken = [...tracked, ...Object.keys(DAMAGES).map((name) => `new/${name}`)];
        const expected = Object.fromEntries(tracked.map((name) => [name, `old ${name}`]));

        assertNamed(await machine.run(), broken);
        assert.deepEqual({ ...L.files() }, { ...expected, good: LARGE, k: "old k" });
        assertNamed(await machine.run(), broken);

        // Whoever has it whole brings it back; what is broken is kept as it is stored.
        for (const name of broken)
          if (UNKNOWN.has(name.replace("tracked/", "")) || name.startsWith("new/")) await R.remove(name);
        for (const name of tracked) theirs.L.write(name, `whole ${name}`, 6);
        const cut = await stored(R, "tracked/cut off in the middle");
        await theirs.machine.sync("--on-conflict", "local");
        const kept = (await backupEntries(theirs.machine)).map(({ content }) => content);
        assert.ok(kept.includes(cut.bytes.toString("latin1")));
        await machine.sync();
        for (const name of tracked) assert.equal(L.read(name), `whole ${name}`);
        await assertSealed(parts);
      },
    );
  }

  sealedScene("210 an object for another key is named, and does not come (EN4)", BOTH, async (parts) => {
    const { machine, L, R } = parts;
    writeAll(L, { f: "old", "k/1": "one" });
    await machine.sync();
    using strange: Keyring = newKeyring();
    const fingerprint = strange.add("Else <else@example.org>");
    const plain = Buffer.from("for somebody else");
    const metadata = {
      "bsync-encoding": "openpgp",
      "bsync-size": String(plain.length),
      "bsync-sha256": createHash("sha256").update(plain).digest("hex"),
    };
    const bytes = strange.gpg(["--encrypt", "--recipient", fingerprint], plain);
    for (const name of ["f", "new"]) await putStored(R, name, { bytes, metadata });
    const ran = await machine.run();
    assertNamed(ran, ["f", "new"]);
    assert.match(ran.stderr, /it is encrypted to a key that is not here: [0-9A-F]+/);
    assert.deepEqual(L.files(), { f: "old", "k/1": "one" });
    assert.equal(machine.backups().length, 0);
  });

  sealedScene(
    "what another program has encrypted to the same key is read as well (EN3)",
    BOTH,
    async (parts) => {
      const { machine, L, R, keyring } = parts;
      writeAll(L, { k: "k" });
      await machine.sync();
      const plain = Buffer.from(LARGE);
      const metadata = {
        mtime: String(at(1) / 1000),
        "bsync-encoding": "gzip+openpgp",
        "bsync-size": String(plain.length),
        "bsync-sha256": createHash("sha256").update(plain).digest("hex"),
      };
      await putStored(R, "f", {
        bytes: keyring.gpg(["--encrypt", "--recipient", ADDRESS], gzipSync(plain)),
        metadata,
      });
      await machine.sync();
      assert.equal(L.read("f"), LARGE);
      await assertSealed(parts);
    },
  );

  sealedScene(
    "208 an object without envelope stays out of an encrypted map until --accept-plain (EN7)",
    BOTH,
    async (parts) => {
      const { machine, L, R } = parts;
      writeAll(L, { tracked: "old", both: "old", "k/1": "one", "k/2": "two" });
      await machine.sync();
      writeAll(L, { both: "our edit", equal: "the same", differs: "ours" }, 9);
      const plain = {
        tracked: "plain",
        both: "plain too",
        equal: "the same",
        differs: "theirs",
        new: "plain and new",
        ".s3syncignore": "differs\n",
      };
      for (const [name, content] of Object.entries(plain)) await R.put(name, content, 5);
      const before = L.files();

      // What an ignore file says is not known then, and nothing of its directory is touched.
      const blocked = await machine.run();
      assertNamed(blocked, [".s3syncignore"]);
      assert.deepEqual(L.files(), before);
      await R.remove(".s3syncignore");

      const names = ["tracked", "both", "equal", "differs", "new"];
      const ran = await machine.run();
      assertNamed(ran, names);
      assert.match(ran.stderr, /it is not encrypted, and the map is: --accept-plain/);
      assert.deepEqual(L.files(), before);
      for (const name of names) assert.equal(await R.read(name), plain[name as keyof typeof plain]);
      assertNamed(await machine.run(), names);

      await machine.sync("--accept-plain");
      const settled = {
        tracked: "plain",
        both: "our edit",
        equal: "the same",
        differs: "ours",
        new: "plain and new",
      };
      assert.deepEqual(L.files(), { ...settled, "k/1": "one", "k/2": "two" });
      assert.equal((await R.head("new")).Metadata?.["bsync-encoding"], undefined);
      assert.equal((await R.head("differs")).Metadata?.["bsync-encoding"], "gzip+openpgp");
      await assertSealed(parts);
    },
  );
});
