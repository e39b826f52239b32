/** OpenPGP messages of ours, read by gpg itself. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { generateKey } from "openpgp";
import { encrypted } from "../../../src/envelope/encrypt.ts";
import { gzipped } from "../../../src/envelope/gzip.ts";
import { findRecipient } from "../../../src/envelope/recipient.ts";
import { collected, pieces, Source } from "../../support/enveloped.ts";
import { type Keyring, newKeyring, WITHOUT_GPG } from "../../support/keyring.ts";

describe("encryption", { skip: WITHOUT_GPG }, () => {
  let keyring: Keyring;
  before(() => {
    keyring = newKeyring();
    keyring.add("Ada <ada@example.org>");
    keyring.add("Rosa <rosa@example.org>", { kind: "default" });
  });
  after(() => keyring[Symbol.dispose]());

  const message = async (plain: Uint8Array, name: string, piece = 65_536): Promise<Buffer> =>
    collected(encrypted(new Source(pieces(plain, piece)), await findRecipient(name, keyring.env)));

  test("gpg --decrypt reads it, for keys of either kind, in whatever pieces it came", async () => {
    for (const [name, size, piece] of [
      ["ada@example.org", 0, 1],
      ["ada@example.org", 1, 1],
      ["ada@example.org", 3_000_001, 1000],
      ["rosa@example.org", 3_000_000, 3_000_000],
    ] as const) {
      const plain = randomBytes(size);
      assert.ok(
        keyring.gpg(["--decrypt"], await message(plain, name, piece)).equals(plain),
        `${name} ${size}`,
      );
    }
  });

  test("gpg --decrypt, then gunzip, read what was compressed first", async () => {
    const plain = Buffer.alloc(300_000, "words and words ");
    const recipient = await findRecipient("ada@example.org", keyring.env);
    const stored = await collected(encrypted(gzipped(new Source([plain]), 6), recipient));
    assert.ok(stored.length < 5000);
    assert.ok(execFileSync("gunzip", ["-c"], { input: keyring.gpg(["--decrypt"], stored) }).equals(plain));
  });

  test("the same content is another message each time, and says nothing of its name", async () => {
    const plain = Buffer.from("content");
    const stored = await message(plain, "ada@example.org");
    assert.ok(!stored.equals(await message(plain, "ada@example.org")));
    assert.match(keyring.gpg(["--list-packets"], stored).toString(), /name="",\s+raw data/);
  });

  test("is of the form that every gpg reads, also for a key that asks for a newer one", async () => {
    const { publicKey } = await generateKey({
      userIDs: [{ email: "new@example.org" }],
      type: "rsa",
      rsaBits: 2048,
      config: { aeadProtect: true },
    });
    keyring.gpg(["--import"], Buffer.from(publicKey));
    const packets = (stored: Buffer): string[] => packetTags(stored);
    assert.deepEqual(packets(await message(randomBytes(1000), "new@example.org")), [
      "1 version 3",
      "18 version 1",
    ]);
    assert.deepEqual(packets(await message(randomBytes(1000), "ada@example.org")), [
      "1 version 3",
      "18 version 1",
    ]);
  });
});

/** Tags and versions of the packets of a message: each header is of the new form, the last may come in portions. */
function packetTags(message: Buffer): string[] {
  const tags: string[] = [];
  for (let at = 0; at < message.length;) {
    const tag = (message[at] ?? 0) & 0x3f;
    const first = message[at + 1] ?? 0;
    const [length, header] =
      first < 192
        ? [first, 2]
        : first < 224
          ? [((first - 192) << 8) + (message[at + 2] ?? 0) + 192, 3]
          : first === 255
            ? [message.readUInt32BE(at + 2), 6]
            : [message.length, 2];
    tags.push(`${tag} version ${message[at + header]}`);
    at += header + length;
  }
  return tags;
}
