/** The key of a map: one, good, and told what is wrong with it if it is not. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { findRecipient } from "../../../src/envelope/recipient.ts";
import { BsyncError } from "../../../src/model/errors.ts";
import { type Keyring, newKeyring, WITHOUT_GPG } from "../../support/keyring.ts";

const UNLOCKED = ["--passphrase", "", "--pinentry-mode", "loopback"];
const LONG_AGO = { madeAt: "20200101T000000", expires: "1y" };

describe("the key of a map", { skip: WITHOUT_GPG }, () => {
  let keyring: Keyring;
  const key: Record<string, string> = {};
  before(() => {
    keyring = newKeyring();
    key["ada"] = keyring.add("Ada <ada@example.org>");
    key["bare"] = keyring.add("bare@example.org");
    key["noEncryption"] = keyring.add("Signs only <signs@example.org>", { kind: "sign" });
    key["expired"] = keyring.add("Old <old@example.org>", LONG_AGO);
    key["revoked"] = keyring.add("Gone <gone@example.org>");
    revoke(keyring, key["revoked"]);
    key["first"] = keyring.add("Twin <twin@example.org>");
    key["second"] = keyring.add("Twin again <twin@example.org>");
    key["renewedOld"] = keyring.add("Renewed <renewed@example.org>", LONG_AGO);
    key["renewed"] = keyring.add("Renewed again <renewed@example.org>");
  });
  after(() => keyring[Symbol.dispose]());

  const refused = async (name: string, message: RegExp, hint: RegExp): Promise<void> => {
    await assert.rejects(findRecipient(name, keyring.env), (error) => {
      assert.ok(error instanceof BsyncError, String(error));
      assert.match(error.message, message);
      assert.match(error.hint ?? "", hint);
      return true;
    });
  };

  test("is found by the address of a user id, in any case, and by fingerprint and long id", async () => {
    const ada = key["ada"] ?? "";
    for (const name of [
      "ada@example.org",
      "ADA@Example.org",
      ada,
      ada.toLowerCase(),
      `0x${ada}`,
      ada.slice(-16),
    ]) {
      const found = await findRecipient(name, keyring.env);
      assert.deepEqual([found.fingerprint, found.name, found.canDecrypt], [ada, name, true]);
    }
    assert.equal((await findRecipient("bare@example.org", keyring.env)).fingerprint, key["bare"]);
  });

  test("is none where no user id has exactly this address", async () => {
    for (const name of ["da@example.org", "ada@example.or", "nobody@example.org", "0".repeat(40)]) {
      await refused(name, /^no GPG key of .+ is in the keyring$/, /gpg --import/);
    }
  });

  test("is refused where several have the address, by the fingerprints to choose from", async () => {
    await refused("twin@example.org", new RegExp(`${key["first"]}, ${key["second"]}`), /--gpg [0-9A-F]{40}$/);
    assert.equal((await findRecipient(key["second"] ?? "", keyring.env)).fingerprint, key["second"]);
  });

  test("is the good one where the others have expired", async () => {
    assert.equal((await findRecipient("renewed@example.org", keyring.env)).fingerprint, key["renewed"]);
  });

  test("is refused when it has expired, is revoked, or has no encryption subkey", async () => {
    await refused("old@example.org", /has expired$/, new RegExp(`--quick-set-expire ${key["expired"]}`));
    await refused("gone@example.org", /is revoked$/, /another key/);
    await refused("signs@example.org", /has no encryption subkey$/, /--quick-add-key/);
    await refused(key["revoked"] ?? "", /is revoked$/, /another key/);
  });

  test("is refused when only its encryption subkey has expired or is revoked", async () => {
    const past = LONG_AGO.madeAt;
    const add = (name: string, expires: string): string => {
      const fingerprint = keyring.add(name, { kind: "sign", madeAt: past });
      keyring.gpg([
        "--faked-system-time",
        past,
        ...UNLOCKED,
        "--quick-add-key",
        fingerprint,
        "cv25519",
        "encr",
        expires,
      ]);
      return fingerprint;
    };
    add("Sub <sub@example.org>", "1y");
    const revoked = add("Sub gone <sub-gone@example.org>", "never");
    keyring.gpg(
      [...UNLOCKED, "--command-fd", "0", "--edit-key", revoked],
      Buffer.from("key 1\nrevkey\ny\n0\n\ny\nsave\n"),
    );
    await refused("sub-gone@example.org", /encryption subkey that is revoked$/, /--quick-add-key/);
    await refused("sub@example.org", /encryption subkey that has expired$/, /--quick-set-expire/);
  });

  test("has an address no longer when its user id is revoked", async () => {
    const fingerprint = keyring.add("Moved <moved@example.org>");
    keyring.gpg([...UNLOCKED, "--quick-add-uid", fingerprint, "Moved <here@example.org>"]);
    keyring.gpg([...UNLOCKED, "--quick-revoke-uid", fingerprint, "Moved <moved@example.org>"]);
    await refused("moved@example.org", /has this address no longer$/, /another key/);
    assert.equal((await findRecipient("here@example.org", keyring.env)).fingerprint, fingerprint);
  });

  test("needs no secret part on this machine, and it is known that there is none", async () => {
    using publicOnly = newKeyring();
    publicOnly.importFrom(keyring, key["ada"] ?? "");
    assert.equal((await findRecipient("ada@example.org", publicOnly.env)).canDecrypt, false);
  });

  test("is not taken for one without a secret part because the agent cannot be reached", async () => {
    using deaf = newKeyring();
    deaf.importFrom(keyring, key["ada"] ?? "");
    deaf.endAgent();
    deaf.configure("gpg.conf", "agent-program /bin/false");
    assert.equal((await findRecipient("ada@example.org", deaf.env)).canDecrypt, true);
  });

  test("is looked for with gpg, and it is said so where there is none", async () => {
    await assert.rejects(findRecipient("ada@example.org", { PATH: "/nowhere" }), (error) => {
      assert.ok(error instanceof BsyncError);
      assert.equal(error.message, "gpg is not installed");
      assert.match(error.hint ?? "", /install GnuPG/);
      return true;
    });
  });
});

/** By the certificate that gpg lays down with every key. */
function revoke(keyring: Keyring, fingerprint: string): void {
  const path = join(keyring.path, "openpgp-revocs.d", `${fingerprint}.rev`);
  keyring.gpg(["--import"], Buffer.from(readFileSync(path, "utf8").replace(/^:-----/m, "-----")));
}
