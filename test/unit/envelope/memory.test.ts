/** Large content goes through an envelope in memory that does not grow with it. */

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { envelopeOf } from "../../../src/envelope/envelope.ts";
import type { Enveloped } from "../../../src/model/encoding.ts";
import { decryptTools } from "../../support/enveloped.ts";
import { newKeyring, WITHOUT_GPG } from "../../support/keyring.ts";

const SIZE = 200 * 1024 * 1024;
const CHUNK = 1024 * 1024;
/** Mostly what the program itself is; measured are 60 MB. */
const MAX_GROWTH = SIZE / 2;

for (const gzip of [0, 1]) {
  test(`200 MB go into ${gzip === 0 ? "" : "gzip and "}OpenPGP and back`, { skip: WITHOUT_GPG }, async () => {
    using keyring = newKeyring();
    keyring.add("Ada <ada@example.org>");
    using tools = decryptTools(keyring.env);
    const envelope = await envelopeOf({ gzip, gpg: true, email: "ada@example.org" }, tools);
    const file = join(tools.folder, "stored");
    const memory = new Memory();

    const hash = createHash("sha256");
    const out = openSync(file, "wx");
    for await (const chunk of envelope.encode(content(gzip, (plain) => hash.update(plain)))) {
      writeSync(out, chunk);
      memory.look();
    }
    closeSync(out);

    const of = {
      encoding: envelope.encoding as Enveloped["encoding"],
      size: SIZE,
      sha256: hash.digest("hex"),
    };
    let length = 0;
    for await (const chunk of envelope.decode(stored(file), of)) {
      length += chunk.length;
      memory.look();
    }
    assert.equal(length, SIZE);

    assert.ok(memory.growth < MAX_GROWTH, `${Math.round(memory.growth / CHUNK)} MB`);
  });
}

/** What the process holds, above what it held at first. */
class Memory {
  readonly #first = process.memoryUsage.rss();
  growth = 0;

  look(): void {
    this.growth = Math.max(this.growth, process.memoryUsage.rss() - this.#first);
  }
}

/** Without compression nothing of which less could be made; with it, something of which little is left. */
async function* content(gzip: number, see: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  const random = randomBytes(gzip === 0 ? CHUNK : CHUNK / 64);
  for (let at = 0; at < SIZE; at += CHUNK) {
    const chunk = Buffer.alloc(CHUNK, random);
    see(chunk);
    yield chunk;
  }
}

async function* stored(file: string): AsyncGenerator<Uint8Array> {
  const fd = openSync(file, "r");
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const read = readSync(fd, chunk);
      if (read === 0) return;
      yield chunk.subarray(0, read);
    }
  } finally {
    closeSync(fd);
  }
}
