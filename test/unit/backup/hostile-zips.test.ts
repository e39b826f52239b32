/** Archives in the backups folder that are damaged, or that somebody made to do harm. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { backupFolder, type Opener } from "../../../src/backup/backup-folder.ts";
import { PathError } from "../../../src/model/errors.ts";
import { isLost } from "../../../src/ports/backups.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { backupBytes, deflated, entry, manifestOf, zipBytes } from "../../support/zip-bytes.ts";

const RUN = "2026-11-22T23-05-01Z";
const NO_ENVELOPE: Opener = { decode: () => assert.fail("nothing is in an envelope") };
const TEXT = "the version that lost";
const MANIFEST = manifestOf("a", TEXT);

/** What comes back of an archive. @returns its content, or why there is none */
async function readBack(bytes: Uint8Array): Promise<string> {
  using temp = tempDir("hostile");
  const path = join(temp.path, RUN, "0001.zip");
  mkdirSync(dirname(path));
  writeFileSync(path, bytes);
  return await contentIn(temp.path); // before the folder goes
}

async function contentIn(folder: string): Promise<string> {
  const backups = backupFolder(folder, NO_ENVELOPE);
  for await (const [version] of backups.versions(RUN)) {
    assert.ok(version !== undefined);
    if (isLost(version)) return `lost: ${version.why}`;
    try {
      const parts: Uint8Array[] = [];
      for await (const chunk of backups.read(version)) parts.push(chunk);
      return Buffer.concat(parts).toString();
    } catch (error) {
      assert.ok(error instanceof PathError, String(error));
      return `lost: ${error.message}`;
    }
  }
  return "nothing is there";
}

test("S20: an honest archive comes back, also in the form that large ones have", async () => {
  assert.equal(await readBack(backupBytes("a", TEXT)), TEXT);
  const entries = [entry("content", TEXT), entry("manifest.json", MANIFEST)];
  assert.equal(await readBack(zipBytes(entries, { large: {} })), TEXT);
  const large = entries.map((each) => ({ ...each, large: true }));
  assert.equal(await readBack(zipBytes(large, { large: {} })), TEXT);
});

const content = entry("content", TEXT);
const manifest = entry("manifest.json", MANIFEST);
const bomb = Buffer.alloc(64 * 1024 * 1024);

const HOSTILE: Readonly<Record<string, Uint8Array>> = {
  "a name that leads out": zipBytes([entry("../../content", TEXT), manifest]),
  "an absolute name": zipBytes([entry("/etc/content", TEXT), manifest]),
  "a name with a drive": zipBytes([entry("c:content", TEXT), manifest]),
  "a name of another program": zipBytes([content, manifest, entry("more", "x")]),
  "a name that objects have": zipBytes([entry("__proto__", TEXT), manifest]),
  "an entry twice": zipBytes([content, entry("content", "the other"), manifest]),
  "one entry twice and the other one not at all": zipBytes([manifest, manifest]),
  "a single entry": zipBytes([manifest]),
  "no entries": zipBytes([]),
  "a symlink": zipBytes([entry("content", "/etc/passwd", { mode: 0o120777 }), manifest]),
  "a directory": zipBytes([entry("content", "", { mode: 0o040755 }), manifest]),
  "a device": zipBytes([entry("content", TEXT, { mode: 0o060600 }), manifest]),
  "a content that unfolds to 64 MiB": zipBytes([deflated("content", bomb), manifest]),
  "a content that unfolds, told only beside it": zipBytes([
    entry("content", deflated("content", bomb).data, { local: { method: 8 } }),
    manifest,
  ]),
  "a manifest that unfolds to 64 MiB": zipBytes([content, deflated("manifest.json", bomb)]),
  "a manifest of 2 MiB": zipBytes([content, entry("manifest.json", " ".repeat(2 ** 21) + MANIFEST)]),
  "an encrypted entry": zipBytes([entry("content", TEXT, { flags: 0x809 }), manifest]),
  "a size above the archive's": zipBytes([
    entry("content", TEXT, { size: 2 ** 31, compressedSize: 2 ** 31 }),
    manifest,
  ]),
  "a size of 2^60": zipBytes([
    entry("content", TEXT, { size: 2 ** 60, compressedSize: 2 ** 60, large: true }),
    manifest,
  ]),
  "a smaller size": zipBytes([entry("content", TEXT, { size: 3, compressedSize: 3 }), manifest]),
  "two sizes": zipBytes([entry("content", TEXT, { size: 3 }), manifest]),
  "a size that reaches into the next entry": zipBytes([
    entry("content", TEXT, { size: TEXT.length + 40, compressedSize: TEXT.length + 40 }),
    manifest,
  ]),
  "entries that are one": zipBytes([content, entry("manifest.json", MANIFEST, { offset: 0 })]),
  "an entry outside": zipBytes([entry("content", TEXT, { offset: 2 ** 31 }), manifest]),
  "a header that leads on into the next entry": zipBytes([
    entry("content", TEXT, { local: { extra: 200 } }),
    manifest,
  ]),
  "a directory that begins elsewhere": zipBytes([content, manifest], { from: 3 }),
  "a directory of 4 GiB": zipBytes([content, manifest], { bytes: 2 ** 32 - 2 }),
  "65,535 entries": zipBytes([content, manifest], { entries: 0xffff }),
  "a comment": zipBytes([content, manifest], { comment: "hello" }),
  "a comment that is an end": zipBytes([content, manifest], {
    comment: `PK\x05\x06${"\0".repeat(18)}`,
  }),
  "2^53 entries": zipBytes([content, manifest], { large: { entries: 2 ** 53 } }),
  "a directory at 2^60": zipBytes([content, manifest], { large: { from: 2 ** 60 } }),
  "a directory of 2^60": zipBytes([content, manifest], { large: { bytes: 2 ** 60 } }),
  "a large record elsewhere": zipBytes([content, manifest], { large: { at: 2 ** 60 } }),
  "a large record that is not there": zipBytes([content, manifest], { from: 0xffff_ffff }),
};

for (const [what, bytes] of Object.entries(HOSTILE)) {
  test(`S20: an archive with ${what} is refused`, async () => {
    assert.match(await readBack(bytes), /^lost: is damaged/);
  });
}

const MANIFESTS: Readonly<Record<string, string>> = {
  "that is no JSON": "{",
  "that is no object": "7",
  "that is null": "null",
  "of a newer version": manifestOf("a", TEXT, { version: 3 }),
  "without a path": manifestOf("", TEXT),
  "with half a character for a path": manifestOf("a", TEXT).replace('"a"', String.raw`"\ud800"`),
  "with a number for a path": manifestOf("a", TEXT, { path: 7 }),
  "with an odd keyHex": manifestOf("a", TEXT, { keyHex: "2" }),
  "without a side": manifestOf("a", TEXT, { side: "both" }),
  "without a map": manifestOf("a", TEXT, { map: undefined }),
  "with a relative root": manifestOf("a", TEXT, { map: { root: "x", bucket: "b", prefix: "" } }),
  "with a reason that is a story": manifestOf("a", TEXT, { reason: "\x1b[31mred" }),
  "with a time that is none": manifestOf("a", TEXT, { mtimeNs: "yesterday" }),
  "with a mode of set-user-id": manifestOf("a", TEXT, { mode: "04755" }),
  "with a negative size": manifestOf("a", TEXT, { size: -1 }),
  "with another size": manifestOf("a", TEXT, { size: 3 }),
  "with an encoding that nobody knows": manifestOf("a", TEXT, { encoding: "wax" }),
  "without a digest": manifestOf("a", TEXT, { sha256: "" }),
};

for (const [what, text] of Object.entries(MANIFESTS)) {
  test(`S20: a manifest ${what} is refused`, async () => {
    const bytes = zipBytes([content, entry("manifest.json", text)]);
    assert.match(await readBack(bytes), /^lost: is damaged, or no backup of s3-bsync/);
  });
}

test("S18: content that is not what was saved is found out", async () => {
  const other = zipBytes([entry("content", TEXT.replace("v", "V")), manifest]);
  assert.equal(await readBack(other), "lost: is damaged: the content is not what was saved");
});

test("a manifest of version 1, which had neither version nor mode, is read", async () => {
  const { version: _, ...old } = JSON.parse(MANIFEST) as Record<string, unknown>;
  assert.equal(await readBack(zipBytes([content, entry("manifest.json", JSON.stringify(old))])), TEXT);
});

test("S20: what is no file is not opened: a symlink, a directory, a pipe that nobody writes to", async () => {
  for (const make of [
    (path: string) => symlinkSync("/etc/passwd", path),
    (path: string) => void mkdirSync(path),
    (path: string) => execFileSync("mkfifo", [path]),
  ]) {
    using temp = tempDir("hostile");
    mkdirSync(join(temp.path, RUN));
    make(join(temp.path, RUN, "0001.zip"));
    assert.match(await contentIn(temp.path), /^lost: /);
  }
});

test("S20: an archive that is cut anywhere is refused, and any byte that is another is found out or does not matter", async () => {
  const whole = backupBytes("a", TEXT);
  const openBefore = readdirSync("/dev/fd").length;
  for (let length = 0; length < whole.length; length += 3) {
    assert.match(await readBack(whole.subarray(0, length)), /^lost: /, `cut at ${length}`);
  }
  for (let at = 0; at < whole.length; at++) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] ?? 0) ^ 0x11;
    const back = await readBack(flipped);
    assert.ok(back === TEXT || back.startsWith("lost: "), `byte ${at}: ${back}`);
  }
  assert.equal(readdirSync("/dev/fd").length, openBefore, "no archive is left open");
});

test("S20: any bytes whatever in the place of the records at the end lose that archive at most", async () => {
  const whole = zipBytes([content, manifest], { large: {} });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
      async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[bytes.length - 1 - at] = byte;
        const back = await readBack(bytes);
        assert.ok(back === TEXT || back.startsWith("lost: "), back);
      },
    ),
    {
      numRuns: 200,
      examples: [
        [
          [
            [548, 0],
            [497, 0],
          ],
        ],
      ],
    }, // a header that has the package itself look at the CRC
  );
});

test("S20: the others of a run come back beside damaged ones, in the order in which they were saved", async () => {
  using temp = tempDir("hostile");
  const folder = join(temp.path, RUN);
  mkdirSync(folder);
  writeFileSync(join(folder, "0001.zip"), backupBytes("one", "1"));
  writeFileSync(join(folder, "0002.zip"), "no zip at all");
  writeFileSync(join(folder, "10000.zip"), backupBytes("last", "4"));
  writeFileSync(join(folder, "0003.zip"), backupBytes("three", "3"));
  writeFileSync(join(folder, "0004.zip.new"), "what a killed run was writing");
  writeFileSync(join(folder, "notes.txt"), "of the user");
  const found: string[] = [];
  for await (const batch of backupFolder(temp.path, NO_ENVELOPE).versions(RUN)) {
    for (const version of batch) found.push(isLost(version) ? `lost ${version.archive}` : version.key);
  }
  assert.deepEqual(found, ["one", "lost 0002.zip", "three", "last"]);
});

test("an archive of another program, such as zip, with our names in it is none of ours", async () => {
  using temp = tempDir("hostile");
  writeFileSync(join(temp.path, "content"), TEXT.repeat(100));
  writeFileSync(join(temp.path, "manifest.json"), MANIFEST);
  const made = join(temp.path, "made.zip");
  const script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)";
  execFileSync("python3", [
    "-c",
    `${script}\nfor n in ('content', 'manifest.json'): z.write(sys.argv[2] + '/' + n, n)\nz.close()`,
    made,
    temp.path,
  ]);
  assert.match(await readBack(readFileSync(made)), /^lost: is damaged, or no backup.*compressed/);
});
