/** Journals and the notes beside the state, of any content: what they say is checked field by field (G25). */

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { crc32 } from "node:zlib";
import { nameFault } from "../../src/core/usable-names.ts";
import { BsyncError } from "../../src/model/errors.ts";
import { BackupDays } from "../../src/state/backup-days.ts";
import { EndpointsFile } from "../../src/state/endpoints-file.ts";
import { LeftoverFile } from "../../src/state/leftover-file.ts";
import { readPairs, writePairs } from "../../src/state/pairs-file.ts";
import { assertUnpolluted, type Draw, fuzz, mutated, mutatedJson } from "../support/fuzz.ts";
import { directoryMap } from "../support/state-bytes.ts";
import { tempDir } from "../support/temp-dir.ts";

const dir = tempDir("fuzz-notes");
after(() => dir.remove());
mkdirSync(dir.path, { recursive: true });

const etag = "00112233445566778899aabbccddeeff";
const file = { key: "a/b", size: 3, mtimeMs: 1.5, ctimeMs: 2, ino: 7 };
const object = { size: 3, etag, modifiedS: 1 };
const etags = { single: etag, multipart: `${etag}-2` };
const setAside = `.s3-bsync-${etag}`;
const LINES: readonly object[] = [
  { journal: 1, map: directoryMap({ options: { "endpoint-url": "http://x" } }), state: "9:abc", is: "begun" },
  { state: "9:def", is: "recorded" },
  { is: "other" },
  {
    intent: {
      does: "put-object",
      key: "a",
      size: 1,
      mtimeMs: 2,
      etags,
      sha256: etag,
      replaces: object,
      uploadId: "u",
    },
  },
  { intent: { does: "copy-object", key: "a", from: { key: "b", ...object }, local: file } },
  { intent: { does: "delete-object", key: "a", object } },
  { intent: { does: "set-aside", key: "a/b", name: setAside } },
  { intent: { does: "place-file", key: "a/b", file, etag, replaces: file } },
  { intent: { does: "delete-file", key: "a/b", file } },
  { intent: { does: "rename-file", key: "a/c", file, etag } },
  { settled: "a", edit: { key: "a", record: { size: 3, mtimeMs: 2, etag } } },
  { settled: "a", edit: {} },
  { settled: "a" },
];

fuzz(
  "G25: a journal of any content gives entries that are whole, or none",
  { met: ["entries", "nothing"] },
  (draw) => {
    const path = join(dir.path, "journal");
    const text = Buffer.from(
      draw
        .some(8, () => draw.of(LINES))
        .map((line) => lineOf(line, draw))
        .join(""),
      "latin1",
    );
    const whole = lineOf(LINES[0] ?? {}, undefined);
    const start = draw.below(4) > 0 ? Buffer.concat([Buffer.from(whole, "latin1"), text]) : text;
    writeFileSync(path, draw.below(3) === 0 ? mutated(start, text, draw) : start);
    return journalOf(path);
  },
);

function journalOf(path: string): string {
  let entries = 0;
  try {
    const journal = LeftoverFile.at(path, undefined);
    assert.ok(journal !== undefined && ["begun", "recorded", "other"].includes(journal.state));
    for (const entry of journal.entries()) {
      entries++;
      const keys = "intent" in entry ? [entry.intent.key] : [entry.settled];
      for (const key of keys) assert.equal(nameFault(key, key.length), undefined);
      assertPlain(entry);
    }
  } catch (error) {
    assert.ok(error instanceof BsyncError, String(error));
    return "refused";
  }
  assertUnpolluted();
  return entries > 0 ? "entries" : "nothing";
}

/** A line with a good checksum, whatever it says. */
function lineOf(value: object, draw: Draw | undefined): string {
  const text = draw === undefined ? JSON.stringify(value) : hostile(value, draw);
  const json = Buffer.from(text).toString("latin1");
  const crc = crc32(Buffer.from(json, "latin1")).toString(16).padStart(8, "0");
  return `${crc} ${json}\n`;
}

function hostile(value: object, draw: Draw): string {
  const text = draw.below(3) > 0 ? mutatedJson(value, draw) : JSON.stringify(value);
  const name = JSON.stringify(
    draw.of([
      "../x",
      "/etc/passwd",
      "a/../../x",
      "",
      ".",
      "a/",
      setAside,
      "a\0b",
      "é\ud800",
      "x".repeat(300),
    ]),
  );
  return draw.below(3) > 0 ? text : text.replace(/(?<="(?:key|settled|name)":)"[^"]*"/g, () => name);
}

/** No number that is none, no prototype of anybody else. */
function assertPlain(value: unknown): void {
  if (typeof value === "number") assert.ok(Number.isFinite(value));
  if (typeof value !== "object" || value === null) return;
  assert.ok([Object.prototype, null].includes(Object.getPrototypeOf(value)));
  for (const each of Object.values(value)) assertPlain(each);
}

const PAIR = {
  root: "/a",
  bucket: "b",
  prefix: "p",
  momentMs: 5,
  endpoint: "e",
  realPath: "/a",
  ino: 1,
  birthMs: 2,
};
const ENDPOINT = {
  endpoint: "e",
  bucket: "b",
  order: "bytes",
  conditionalPut: "honoured",
  conditionalDelete: "ignored",
  rewrites: "x",
  md5Etags: "yes",
  seenMs: 1,
};
const NOTES: Readonly<Record<string, object>> = {
  "pairs.json": { stateMark: "m", pairs: [PAIR, { ...PAIR, hadEnvelopes: true }] },
  "endpoints.json": { endpoints: [ENDPOINT, { ...ENDPOINT, bucket: "c" }] },
  "backup-days.json": { last: 20_000, count: 5, runs: [{ run: "r", since: 3 }] },
};

fuzz(
  "G25: notes of any content are read for what is whole in them, and are never an error",
  { met: ["said", "empty"] },
  (draw) => {
    for (const [name, value] of Object.entries(NOTES)) {
      const text = Buffer.from(mutatedJson(value, draw));
      writeFileSync(join(dir.path, name), draw.below(4) === 0 ? mutated(text, text, draw) : text);
    }
    const pairs = readPairs(dir.path);
    writePairs(dir.path, pairs);
    assert.deepEqual(readPairs(dir.path), pairs, "what was read is what is written");
    const endpoints = new EndpointsFile(dir.path, 1);
    const facts = endpoints.all();
    endpoints.memory("new", "new").learn({ order: "bytes" });
    endpoints.save();
    assert.deepEqual(new EndpointsFile(dir.path, 1).all().slice(0, facts.length), facts);
    const days = new BackupDays(dir.path);
    days.done(25_000 * 86_400_000);
    assert.ok(days.ageOf("r") >= 0 && Number.isSafeInteger(days.ageOf("new")));
    days.save(["r"]);
    assertUnpolluted();
    return pairs.pairs.size + facts.length > 0 ? "said" : "empty";
  },
);
