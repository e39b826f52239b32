/** Metadata of any content: a time that a file can have, a digest that can be one, an envelope that is known, or nothing (G18, G25). */

import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { directory } from "../../src/local/directory.ts";
import { PathError } from "../../src/model/errors.ts";
import { keyOfText } from "../../src/model/object-key.ts";
import {
  envelopedOf,
  md5Of,
  type Metadata,
  mtimeOf,
  writtenMetadata,
} from "../../src/remote/reading/metadata.ts";
import { type Draw, fuzz } from "../support/fuzz.ts";
import { chunks } from "../support/real-tree.ts";
import { tempDir } from "../support/temp-dir.ts";

const dir = tempDir("fuzz-metadata");
after(() => dir.remove());
const root = join(dir.path, "root");
mkdirSync(root);
const tree = directory(root, { keyPrefix: "", hidden: [] });

const NAMES = [
  "mtime",
  "file-mtime",
  "s3cmd-attrs",
  "goog-reserved-file-mtime",
  "md5chksum",
  "bsync-encoding",
  "bsync-size",
  "bsync-sha256",
  "__proto__",
];
const VALUES = [
  "NaN",
  "1e400",
  "Infinity",
  "-1",
  "-0",
  "0",
  "0x10",
  "1.",
  ".5",
  "1.5",
  "1700000000.123456789",
  "-62135596800",
  "253402300800",
  "8589934592",
  "999999999999",
  "-999999999999.999999999",
  "999999999999999999999ns",
  "-999999999999999999999",
  "1700000000000",
  "١٢٣",
  "１２３",
  "é",
  "\u001b[31m",
  "mtime:1e9/x",
  "uid:0/mtime:-1/gid:0",
  "mtime:99999999999999",
  "gzip",
  "openpgp",
  "gzip+openpgp",
  "zstd",
  "",
  " gzip",
  "GZIP",
  "0123456789abcdef0123456789abcdef",
  "ASNFZ4mrze8BI0VniavN7w==",
  "AAAA",
  "a".repeat(64),
  "f".repeat(63),
  "9".repeat(16),
  "constructor",
];

fuzz(
  "G18, G25: whatever metadata says, a file gets a time that it can have, and never another content",
  { met: ["a time", "no time of its own", "an envelope", "refused"] },
  async (draw) => {
    const metadata = hostile(draw);
    const listed = draw.of([
      undefined,
      new Date(NaN),
      new Date(0),
      new Date(8.64e15),
      new Date(1_700_000_000_000),
    ]);
    const mtimeNs = mtimeOf(
      metadata,
      listed !== undefined && Number.isNaN(listed.getTime()) ? undefined : listed,
    );
    const md5 = md5Of(metadata);
    assert.ok(md5 === undefined || /^[0-9a-f]{32}$/.test(md5));
    await place(mtimeNs);
    return said(metadata, mtimeNs);
  },
);

/** As a download does. */
async function place(mtimeNs: bigint): Promise<void> {
  const key = keyOfText("file");
  const replaces = tree.observe(key);
  assert.ok(replaces === undefined || "size" in replaces);
  const staged = await tree.stage(key, chunks("content"), { mtimeNs, replaces, announce: async () => {} });
  const { mtimeMs } = await staged.commit();
  assert.ok(Number.isFinite(mtimeMs) && mtimeMs === statSync(join(root, "file")).mtimeMs);
  assert.equal(
    mtimeOf(writtenMetadata(mtimeNs), undefined),
    mtimeNs < LIMIT && mtimeNs > -LIMIT ? mtimeNs : 0n,
  );
}

/** Twelve digits of seconds. */
const LIMIT = 10n ** 21n;

function said(metadata: Metadata, mtimeNs: bigint): string {
  try {
    const enveloped = envelopedOf(metadata);
    if (enveloped === undefined) return mtimeNs > 0n ? "a time" : "no time of its own";
    assert.ok(Number.isSafeInteger(enveloped.size) && /^[0-9a-f]{64}$/.test(enveloped.sha256));
    return "an envelope";
  } catch (error) {
    assert.ok(error instanceof PathError, String(error));
    return "refused";
  }
}

function hostile(draw: Draw): Metadata {
  const made: Record<string, string> = {};
  for (const name of draw.some(4, () => draw.of(NAMES))) {
    Object.defineProperty(made, name, {
      value: draw.below(4) > 0 ? draw.of(VALUES) : draw.bytes(20).toString("latin1"),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  if (draw.below(8) > 0) return made;
  return {
    ...made,
    "bsync-encoding": draw.of(["gzip", "openpgp", "gzip+openpgp"]),
    "bsync-size": "3",
    "bsync-sha256": "a".repeat(64),
  };
}
