/** Scenarios K: machines whose keys are not all there, or not good any more. */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { backupEntries } from "../support/backup-contents.ts";
import { type Keyring, newKeyring } from "../support/keyring.ts";
import { onPath } from "../support/servers/run-command.ts";
import { traffic } from "../support/renaming.ts";
import {
  ADDRESS,
  assertSealed,
  type Form,
  giveKeys,
  keyringOfAda,
  operations,
  plainThere,
  sealedMachine,
  sealedScene,
  type SealedParts,
  sorted,
  stored,
  unsealed,
  writeAll,
} from "../support/sealed.ts";
import { assertRefused } from "../support/scene.ts";
import { type Machine, Remote } from "../support/world.ts";

const BOTH: Form = { gzip: 6, gpg: ADDRESS };

/** Holds only what Ada gives to everybody. */
function publicKeyring(): Keyring {
  const keyring = newKeyring();
  keyring.importFrom(keyringOfAda(), ADDRESS);
  return keyring;
}

interface Pair extends SealedParts {
  /** The one without the secret key. */
  readonly poor: Machine;
  /** Of that machine. */
  readonly P: SealedParts["L"];
}

/** Both machines hold three files in sync, of which the one without the secret key has made one. */
async function pair(parts: SealedParts, publicOnly: Keyring): Promise<Pair> {
  const { world, machine, L } = parts;
  const poor = await sealedMachine(world, BOTH, publicOnly);
  const P = poor.local;
  const all = { f: "the content of f", "k/1": "one", "k/2": "two" };
  writeAll(L, all);
  writeAll(P, all);
  await poor.sync();
  await machine.sync();
  return { ...parts, poor, P };
}

function poorScene(title: string, play: (parts: Pair) => Promise<void>): void {
  sealedScene(title, BOTH, async (parts) => {
    using publicOnly = publicKeyring();
    await play(await pair(parts, publicOnly));
  });
}

describe("scenarios K: a machine without the secret key", { concurrency: 2 }, () => {
  sealedScene(
    "says so when the map is made, and not where the key is (EN6)",
    BOTH,
    async ({ world, machine }) => {
      using publicOnly = publicKeyring();
      const poor = await world.machine();
      giveKeys(poor, publicOnly);
      const make = ["--init", "--dir", poor.local.root, poor.destination, "--gpg", ADDRESS];
      const made = await poor.run(...make);
      assert.equal(made.code, 0, made.stderr);
      assert.match(made.stdout, /The secret key is not on this machine: /);
      giveKeys(poor, keyringOfAda());
      assert.doesNotMatch((await poor.run(...make)).stdout, /secret key/);
      assert.equal(machine.backups().length, 0);
    },
  );

  poorScene("uploads, adopts, renames and deletes as any other (EN6)", async (parts) => {
    const { machine, L, R, keyring, poor, P } = parts;
    writeAll(P, { f: "edited", new: "new" }, 5);
    await poor.sync();
    await machine.sync();
    assert.deepEqual([L.read("f"), L.read("new")], ["edited", "new"]);
    P.write("renamed", P.read("new"), 5);
    P.remove("new");
    assert.deepEqual((await traffic(poor)).copied, ["renamed"]);
    P.remove("k/1");
    await poor.sync();
    await machine.sync();
    assert.deepEqual(sorted(L.files()), { f: "edited", "k/2": "two", renamed: "new" });
    assert.deepEqual(await plainThere(R, keyring), sorted(P.files()));
    await assertSealed(parts);
    assert.deepEqual(await operations(poor), ["ListObjectsV2"]);
  });

  poorScene(
    "leaves what others have stored as it is, at exit code 0, and names it at --debug (EN6)",
    async (parts) => {
      const { machine, L, poor, P } = parts;
      writeAll(L, { f: "edited", new: "new" }, 5);
      await machine.sync();
      P.write("own", "own", 5);
      const [here, records] = [P.files(), poor.records()];
      await poor.sync();
      assert.deepEqual(P.files(), here);
      const { own: _, ...others } = poor.records();
      assert.deepEqual(others, records);
      const said = await poor.run("--debug");
      assert.equal(said.code, 0, said.stderr);
      for (const name of ["f", "new"])
        assert.match(said.stdout, new RegExp(`${name} .*its secret key is not on this machine`));
      assert.equal(poor.backups().length, 0);

      giveKeys(poor, keyringOfAda());
      await poor.sync();
      assert.deepEqual(sorted(P.files()), {
        f: "edited",
        "k/1": "one",
        "k/2": "two",
        new: "new",
        own: "own",
      });
    },
  );

  poorScene(
    "carries a deletion over, and keeps the file encrypted (EN6, R3)",
    async ({ machine, L, poor, P, keyring }) => {
      L.remove("f");
      await machine.sync();
      await poor.sync();
      assert.deepEqual(Object.keys(P.files()).toSorted(), ["k/1", "k/2"]);
      const kept = await backupEntries(poor);
      assert.ok(kept.every(({ content }) => !content.includes("the content of f")));
      const content = kept.find(({ name }) => name === "content")?.content ?? "";
      assert.equal(keyring.gpg(["--decrypt"], Buffer.from(content, "latin1")).toString(), "the content of f");
    },
  );

  for (const policy of ["newer", "both"]) {
    poorScene(
      `keeps a loser that it cannot read as it is stored, with --on-conflict ${policy} (EN6, R18)`,
      async (parts) => {
        const { machine, L, R, poor, P, keyring } = parts;
        L.write("f", "their edit", 5);
        await machine.sync();
        const theirs = await stored(R, "f");
        P.write("f", "our edit", 9);
        await poor.sync("--on-conflict", policy);
        assert.equal(unsealed(await stored(R, "f"), keyring).toString(), "our edit");
        const kept = await backupEntries(poor);
        assert.ok(kept.some(({ content }) => Buffer.from(content, "latin1").equals(theirs.bytes)));

        giveKeys(poor, keyring);
        const back = await poor.run("--restore-backup", "latest", "--to", join(poor.home, "back"));
        assert.equal(back.code, 0, back.stderr);
        assert.equal(readFileSync(join(poor.home, "back", "f"), "utf8"), "their edit");
        await machine.sync();
        await assertSealed(parts);
      },
    );
  }

  poorScene("leaves a conflict alone that the other side wins (EN6)", async ({ machine, L, R, poor, P }) => {
    L.write("f", "their edit", 9);
    await machine.sync();
    const { etag } = await stored(R, "f");
    P.write("f", "our edit", 5);
    await poor.sync();
    assert.equal(P.read("f"), "our edit");
    assert.equal((await stored(R, "f")).etag, etag);
    assert.equal(poor.backups().length, 0);
  });

  poorScene(
    "stops at a directory whose rules it cannot read, and says so (EN6)",
    async ({ machine, L, poor, P }) => {
      L.write(".s3syncignore", "*.tmp\n", 5);
      await machine.sync();
      writeAll(P, { "new.tmp": "1", new: "2" }, 6);
      const ran = await poor.run();
      assert.equal(ran.code, 3);
      assert.match(ran.stderr, /^s3-bsync: \S+\/\.s3syncignore: [^\n]+secret key is not on this machine\n$/);
      giveKeys(poor, keyringOfAda());
      await poor.sync();
      await machine.sync();
      assert.deepEqual([L.files()["new"], L.files()["new.tmp"]], ["2", undefined]);
    },
  );
});

interface Aged {
  /** Fills a keyring whose key is good, and one with the same key as it is later. */
  readonly fill: (good: Keyring, bad: Keyring) => void;
  readonly says: RegExp;
}

const AGED: Readonly<Record<string, Aged>> = {
  "has expired": {
    fill: (good, bad) => {
      const fingerprint = bad.add(`Ada <${ADDRESS}>`, { madeAt: "20200101T000000", expires: "1y" });
      good.gpg(["--import"], bad.gpg(["--export-secret-keys", fingerprint]));
      good.gpg(["--quick-set-expire", fingerprint, "0"]);
      good.gpg(["--quick-set-expire", fingerprint, "0", "*"]);
    },
    says: /has expired/,
  },
  "is revoked": {
    fill: (good, bad) => {
      const fingerprint = good.add(`Ada <${ADDRESS}>`);
      bad.add("Else <else@example.org>"); // the certificate needs a keyring that has begun
      bad.importFrom(good, fingerprint);
      const certificate = readFileSync(join(good.path, "openpgp-revocs.d", `${fingerprint}.rev`), "utf8");
      bad.gpg(["--import"], Buffer.from(certificate.replace(/^:-----/m, "-----")));
    },
    says: /is revoked/,
  },
  "is gone": {
    fill: (good) => void good.add(`Ada <${ADDRESS}>`),
    says: /no GPG key of ada@example\.org is in the keyring/,
  },
};

/** A folder of programs that has no gpg. */
async function pathWithoutGpg(machine: Machine): Promise<string> {
  const folder = join(machine.home, "programs");
  mkdirSync(folder);
  for (const name of ["env", "sh"]) symlinkSync(await onPath(name), join(folder, name));
  return folder;
}

/** The map fails, and nothing is done in it; the plain map beside it goes on. */
async function assertFailsAlone(
  { world, machine, L, R }: SealedParts,
  spoil: () => Promise<void> | void,
  ...said: readonly RegExp[]
): Promise<void> {
  const Q = new Remote(world.server, `plain-${world.prefix}`, R.bucket);
  try {
    const beside = join(machine.home, "beside");
    mkdirSync(beside);
    const made = await machine.run("--init", "--dir", beside, `s3://${Q.bucket}/${Q.prefix}`);
    assert.equal(made.code, 0, made.stderr);
    writeAll(L, { f: "secret", "k/1": "one" });
    await machine.sync();
    const before = await R.files();
    writeAll(L, { f: "a new secret", new: "another secret" }, 5);
    machine.local.write("../beside/p", "plain", 5);
    await spoil();
    const ran = await machine.run();
    assertRefused(ran, 1, ...said);
    assert.deepEqual(await R.files(), before);
    assert.deepEqual(await Q.files(), { p: "plain" });
  } finally {
    Q.client.destroy();
  }
}

describe("scenarios K: a key that is good no longer", { concurrency: 2 }, () => {
  for (const [what, { fill, says }] of Object.entries(AGED)) {
    sealedScene(
      `210 where the key ${what} the map fails, nothing goes in plain, and other maps go on (EN3)`,
      {},
      async (parts) => {
        const { machine, L, R } = parts;
        using good = newKeyring();
        using bad = newKeyring();
        fill(good, bad);
        giveKeys(machine, good);
        await machine.init("--gpg", ADDRESS);
        await assertFailsAlone(parts, () => giveKeys(machine, bad), says);
        const again = await machine.run("--init", "--dir", L.root, machine.destination, "--gpg", ADDRESS);
        assertRefused(again, 1, says);
        giveKeys(machine, good);
        await machine.sync();
        assert.deepEqual(await plainThere(R, good), sorted(L.files()));
      },
    );
  }

  sealedScene(
    "210 where gpg is not installed the map fails, and other maps go on (EN3)",
    BOTH,
    async (parts) => {
      const { machine, L, R, keyring } = parts;
      const folder = await pathWithoutGpg(machine);
      const spoil = (): void => giveKeys(machine, keyring, { PATH: folder });
      await assertFailsAlone(parts, spoil, /gpg is not installed/, /install GnuPG/);
      giveKeys(machine, keyring);
      await machine.sync();
      assert.deepEqual(await plainThere(R, keyring), sorted(L.files()));
    },
  );

  sealedScene(
    "210 where a key is locked and nobody is there, files go up and nothing comes (EN4)",
    {},
    async (parts) => {
      const { world, machine, L } = parts;
      using locked = newKeyring();
      locked.add(`Ada <${ADDRESS}>`, { passphrase: "correct horse" });
      giveKeys(machine, locked);
      await machine.init("--gpg", ADDRESS);
      writeAll(L, { f: "secret", "k/1": "one" });
      await machine.sync();
      locked.endAgent();
      const other = await sealedMachine(world, { gpg: ADDRESS }, locked);
      other.local.write("new", "new", 5);
      const ran = await other.run();
      assert.equal(ran.code, 3);
      assert.match(ran.stderr, /\/f: [^\n]*its secret key is locked/);
      assert.deepEqual(Object.keys(other.local.files()), ["new"]);
      assert.deepEqual(await parts.R.names(), ["f", "k/1", "new"]);

      const unlock = ["--pinentry-mode", "loopback", "--passphrase", "correct horse", "--decrypt"];
      locked.gpg(unlock, (await stored(parts.R, "f")).bytes);
      await other.sync();
      assert.deepEqual(sorted(other.local.files()), { f: "secret", "k/1": "one", new: "new" });
    },
  );
});
