/** Decryption by gpg: what becomes of messages, keys and machines that are not as they should be. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmodSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { decrypter } from "../../../src/envelope/decrypt.ts";
import { envelopeOf } from "../../../src/envelope/envelope.ts";
import { errorIn } from "../../../src/envelope/gpg-verdict.ts";
import { BsyncError, PathError } from "../../../src/model/errors.ts";
import { Unreadable, type UnreadableReason } from "../../../src/ports/envelope.ts";
import { collected, decryptTools, pieces, Source } from "../../support/enveloped.ts";
import { type Keyring, newKeyring, WITHOUT_GPG } from "../../support/keyring.ts";

type Tools = Parameters<typeof decryptTools>[1];
const PLAIN = randomBytes(300_000);

describe("decryption", { skip: WITHOUT_GPG }, () => {
  let keyring: Keyring;
  before(() => {
    keyring = newKeyring();
    keyring.add("Ada <ada@example.org>");
    keyring.add("Locked <locked@example.org>", { passphrase: "correct horse" });
    keyring.add("Bob <bob@example.org>");
  });
  after(() => keyring[Symbol.dispose]());

  const made = (name: string, ...more: readonly string[]): Buffer =>
    keyring.gpg(["--encrypt", ...more, "--recipient", name], PLAIN);

  async function decrypted(
    stored: Uint8Array | Source,
    { env = keyring.env, limit = PLAIN.length, ...more }: Tools & { limit?: number } = {},
  ): Promise<Buffer> {
    using tools = decryptTools(env, more);
    const source = stored instanceof Source ? stored : new Source(pieces(stored, 65_536));
    return await collected(decrypter(tools)(source, limit));
  }

  const refused = async (what: Promise<Buffer>, reason: UnreadableReason, message: RegExp): Promise<void> => {
    await assert.rejects(what, (error) => {
      assert.ok(error instanceof Unreadable, String(error));
      assert.deepEqual([error.reason, message.test(error.message)], [reason, true], error.message);
      return true;
    });
  };

  test("reads what gpg has made: compressed, armored, for several keys", async () => {
    for (const stored of [
      made("ada@example.org"),
      made("ada@example.org", "--compress-level", "0"),
      made("ada@example.org", "--armor"),
      made("ada@example.org", "--recipient", "bob@example.org"),
    ]) {
      assert.ok((await decrypted(stored)).equals(PLAIN));
    }
  });

  test("says that the secret key is not here, and reads no more than it needs for that", async () => {
    using other = newKeyring();
    other.add("Eve <eve@example.org>");
    const stored = Buffer.concat([
      made("ada@example.org", "--compress-level", "0"),
      Buffer.alloc(50_000_000),
    ]);
    let given = 0;
    const source = new Source(
      (function* () {
        for (const piece of pieces(stored, 65_536)) {
          given += piece.length;
          yield piece;
        }
      })(),
    );
    await refused(decrypted(source, { env: other.env }), "no-secret-key", /not here: [0-9A-F]{16}$/);
    assert.ok(given < 40_000_000, `${given} bytes`);
    assert.equal(source.closed, true);
  });

  test("reads what is for a key of this machine and for another's", async () => {
    using other = newKeyring();
    const eve = other.add("Eve <eve@example.org>");
    keyring.importFrom(other, eve);
    const stored = made("eve@example.org", "--recipient", "ada@example.org");
    assert.ok((await decrypted(stored)).equals(PLAIN));
    assert.ok((await decrypted(stored, { env: other.env })).equals(PLAIN));
  });

  test("says of a short message that is cut off anywhere that it is damaged", async () => {
    using tools = decryptTools(keyring.env);
    const envelope = await envelopeOf({ gzip: 6, gpg: true, email: "ada@example.org" }, tools);
    const stored = await collected(envelope.encode(new Source([PLAIN.subarray(0, 1000)])));
    for (const length of [0, 1, 9, 50, 94, 100, 300, stored.length - 21, stored.length - 1])
      await refused(decrypted(stored.subarray(0, length)), "damaged", /not a whole message/);
  });

  test("says that the key is locked where nobody can be asked for its passphrase", async () => {
    const stored = made("locked@example.org");
    keyring.endAgent();
    await refused(decrypted(stored), "locked", /passphrase/);
  });

  test("reads with a key that the agent has unlocked", async () => {
    const stored = made("locked@example.org");
    const unlock = ["--pinentry-mode", "loopback", "--passphrase", "correct horse", "--decrypt"];
    keyring.gpg(unlock, stored);
    assert.ok((await decrypted(stored)).equals(PLAIN));
  });

  test("waits for a passphrase only so long, and only once in a run", async () => {
    using waiting = newKeyring();
    const program = join(waiting.path, "hangs");
    writeFileSync(program, "#!/bin/sh\nexec cat 3>&1 >/dev/null\n");
    chmodSync(program, 0o700);
    waiting.configure("gpg-agent.conf", `pinentry-program ${program}`);
    const ada = waiting.add("Ada <ada@example.org>", { passphrase: "correct horse" });
    waiting.endAgent();
    const stored = waiting.gpg(["--encrypt", "--recipient", ada], PLAIN);
    using tools = decryptTools(waiting.env, { mayAsk: true, patienceMs: 700 });
    const decrypt = decrypter(tools);
    await refused(collected(decrypt(new Source([stored]), 1e6)), "locked", /in vain/);
    const again = new Source([stored]);
    await refused(collected(decrypt(again, 1e6)), "locked", /in vain/);
    assert.equal(again.closed, false, "it was not even begun");
  });

  test("says that the key is locked, not that it is not here, where there is no agent", async () => {
    using deaf = newKeyring();
    deaf.importFrom(keyring);
    deaf.endAgent();
    deaf.configure("gpg.conf", "agent-program /bin/false");
    await refused(decrypted(made("ada@example.org"), { env: deaf.env }), "locked", /agent cannot be reached/);
  });

  test("gives nothing of a message that is followed by another, or by anything else", async () => {
    const stored = made("ada@example.org", "--compress-level", "0");
    await refused(
      decrypted(Buffer.concat([stored, stored]), { limit: 1e6 }),
      "damaged",
      /not a whole message/,
    );
    await refused(decrypted(Buffer.concat([stored, Buffer.from("hello")])), "damaged", /not a whole message/);
  });

  test("gives nothing of a message that nobody encrypted", async () => {
    await refused(
      decrypted(keyring.gpg(["--store"], PLAIN), { limit: 1e6 }),
      "damaged",
      /not a whole message/,
    );
    await refused(decrypted(PLAIN), "damaged", /not a whole message/);
    await refused(decrypted(Buffer.alloc(0)), "damaged", /not a whole message/);
  });

  test("gives nothing of a message without a modification detection code", async () => {
    const stored = made("ada@example.org", "--rfc2440", "--disable-mdc", "--cipher-algo", "3DES");
    await refused(decrypted(stored), "damaged", /not a whole message/);
  });

  test("lets nothing out that is longer than it may be, however small its message is", async () => {
    const stored = keyring.gpg(["--encrypt", "--recipient", "ada@example.org"], Buffer.alloc(50_000_000));
    assert.ok(stored.length < 100_000);
    await refused(decrypted(stored, { limit: 1000 }), "damaged", /longer than it says/);
    await refused(decrypted(stored, { limit: 0 }), "damaged", /longer than it says/);
  });

  test("does not call a message damaged because the disk is full", async () => {
    const openNameless = (): number => openSync("/dev/full", "r+");
    await assert.rejects(decrypted(made("ada@example.org"), { openNameless }), (error) => {
      assert.ok(error instanceof PathError && !(error instanceof Unreadable), String(error));
      assert.match(error.message, /cannot be kept.*No space left/);
      return true;
    });
  });

  test("gives out no byte before the whole message is proved", async () => {
    const stored = made("ada@example.org", "--compress-level", "0");
    stored[stored.length - 1] = (stored.at(-1) ?? 0) ^ 1;
    using tools = decryptTools(keyring.env);
    let given = 0;
    await assert.rejects(async () => {
      for await (const chunk of decrypter(tools)(new Source([stored]), 1e6)) given += chunk.length;
    }, Unreadable);
    assert.equal(given, 0);
  });

  test("leaves no file behind, and none open", async () => {
    const open = (): number => readdirSync("/proc/self/fd").length;
    const stored = made("ada@example.org");
    await decrypted(stored);
    const atFirst = open();
    for (const each of [stored, stored.subarray(0, 1000)]) {
      using tools = decryptTools(keyring.env);
      await collected(decrypter(tools)(new Source([each]), 1e6)).catch(() => {});
      assert.deepEqual(readdirSync(tools.folder), []);
    }
    assert.equal(open(), atFirst);
  });

  test("says where gpg is missing what to do", async () => {
    await assert.rejects(decrypted(made("ada@example.org"), { env: { PATH: "/nowhere" } }), (error) => {
      assert.ok(error instanceof BsyncError);
      assert.match(error.message, /^gpg is not installed$/);
      return true;
    });
  });
});

test("gpg that is ended by a signal says nothing of the message", () => {
  const status = ["BEGIN_DECRYPTION", "PLAINTEXT 62 0 "];
  const error = errorIn({ status, exitCode: null, stderr: "" });
  assert.ok(error instanceof PathError && !(error instanceof Unreadable));
});

test("neither good words nor a good exit code are enough alone", () => {
  const good = ["DECRYPTION_OKAY", "GOODMDC"];
  assert.equal(errorIn({ status: good, exitCode: 0, stderr: "" }), undefined);
  for (const status of [
    [],
    ["DECRYPTION_OKAY"],
    ["GOODMDC"],
    [...good, "DECRYPTION_FAILED"],
    [...good, "BADMDC"],
  ]) {
    assert.ok(errorIn({ status, exitCode: 0, stderr: "" }) instanceof PathError, status.join());
  }
  assert.ok(errorIn({ status: good, exitCode: 2, stderr: "" }) instanceof Unreadable);
});
