/** Versions come back from the backup: exactly as they were, where they were asked for, and over nothing. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { backupFolder, type Opener } from "../../../src/backup/backup-folder.ts";
import { loserZips } from "../../../src/backup/loser-zip.ts";
import { type DirectoryOptions, directory } from "../../../src/local/directory.ts";
import { keyOfText, keyText, type ObjectKey } from "../../../src/model/object-key.ts";
import { isLost } from "../../../src/ports/backups.ts";
import type { Loser } from "../../../src/ports/loser-store.ts";
import { restore, type RestoreOrder } from "../../../src/sync/restore.ts";
import { aMap } from "../../support/session.ts";
import { chunks } from "../../support/real-tree.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";
import { backupBytes } from "../../support/zip-bytes.ts";

const START = Date.UTC(2026, 10, 22, 23, 5, 1);
const RUN = "2026-11-22T23-05-01Z";
const NS = 1_700_000_000_123_456_000n;
const NO_ENVELOPE: Opener = { decode: () => assert.fail("nothing is in an envelope") };

/** A run's backups, and a directory for them to come back to. */
class Place implements Disposable {
  readonly #temp: TempDir = tempDir("restore");
  readonly backups = join(this.#temp.path, "backups");
  readonly to = join(this.#temp.path, "to");
  readonly outside = join(this.#temp.path, "outside");
  readonly #losers = loserZips(this.backups, START);
  /** Whether the directory was asked for. */
  asked = false;

  constructor() {
    mkdirSync(this.to);
    mkdirSync(this.outside);
  }

  async save(path: string, content: string, change: Partial<Loser> = {}): Promise<void> {
    const size = Buffer.from(content).length;
    const common = { map: aMap(), side: "local", reason: "conflict", enveloped: undefined } as const;
    const loser = { ...common, key: keyOfText(path), size, mtimeNs: NS, mode: 0o640, ...change };
    await this.#losers.save(loser, chunks(content));
  }

  archive(name: string): string {
    return join(this.backups, RUN, name);
  }

  /** `name -> why`, or `name` alone where it came back. */
  async restore(
    order: Partial<RestoreOrder> = {},
    options: Partial<DirectoryOptions> = {},
    opener = NO_ENVELOPE,
  ): Promise<string[]> {
    const told: string[] = [];
    const files = (): ReturnType<typeof directory> => {
      this.asked = true;
      return directory(this.to, { keyPrefix: "", hidden: [], ...options });
    };
    const asked = {
      run: RUN,
      patterns: [],
      force: false,
      dryRun: false,
      signal: new AbortController().signal,
      ...order,
    };
    for await (const restored of restore({ backups: backupFolder(this.backups, opener), files }, asked)) {
      if (!("to" in restored)) told.push(`${restored.version.archive} lost`);
      else told.push(keyText(restored.to) + (restored.why === undefined ? "" : ` -> ${restored.why}`));
    }
    return told;
  }

  files(): Record<string, string> {
    const found = readdirSync(this.to, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    return Object.fromEntries(
      found
        .map((each) => join(each.parentPath, each.name))
        .toSorted()
        .map((path) => [path.slice(this.to.length + 1), readFileSync(path, "utf8")]),
    );
  }

  [Symbol.dispose](): void {
    this.#temp.remove();
  }
}

test("S18: a version comes back with its bytes, its time and its mode", async () => {
  using place = new Place();
  await place.save("trip/día 1.jpg", "the version that lost", { mode: 0o604 });
  await place.save("empty", "");
  await place.save("of S3", "an object", { side: "remote", mode: undefined });
  const umask = process.umask(0o027);
  try {
    assert.deepEqual(await place.restore(), ["trip/día 1.jpg", "empty", "of S3"]);
  } finally {
    process.umask(umask);
  }
  assert.deepEqual(place.files(), {
    empty: "",
    "of S3": "an object",
    "trip/día 1.jpg": "the version that lost",
  });
  const { mtimeNs, mode } = statSync(join(place.to, "trip/día 1.jpg"), { bigint: true });
  assert.equal(mtimeNs, NS);
  assert.equal(Number(mode) & 0o7777, 0o604);
  assert.equal(statSync(join(place.to, "of S3")).mode & 0o7777, 0o640, "as the user's new files are");
});

test("S18: patterns choose among the paths, as lines of an ignore file do", async () => {
  using place = new Place();
  for (const path of ["a.txt", "trip/a.txt", "trip/b.jpg", "trip/more/c.jpg", "TRIP/d.jpg", "z*z"])
    await place.save(path, path);
  assert.deepEqual(await place.restore({ patterns: ["nothing"] }), []);
  assert.equal(place.asked, false, "no directory is made for nothing");
  const dry = (...patterns: string[]) => place.restore({ patterns, dryRun: true });
  assert.deepEqual(await dry("*.txt"), ["a.txt", "trip/a.txt"]);
  assert.deepEqual(await dry("/a.txt"), ["a.txt"]);
  assert.deepEqual(await dry("trip/"), ["trip/a.txt", "trip/b.jpg", "trip/more/c.jpg"]);
  assert.deepEqual(await dry("trip/b.jpg", "TRIP"), ["trip/b.jpg", "TRIP/d.jpg"]);
  assert.deepEqual(await dry("*.jpg", "!/TRIP/*"), ["trip/b.jpg", "trip/more/c.jpg"]);
  assert.deepEqual(await dry("z\\*z"), ["z*z"]);
});

test("S19: a file that is there stays unless --force is given, and then takes mode and time of the version", async () => {
  using place = new Place();
  await place.save("a", "of the backup");
  writeFileSync(join(place.to, "a"), "of the user");
  chmodSync(join(place.to, "a"), 0o777);
  assert.deepEqual(await place.restore(), ["a -> a file is there already; --force replaces it"]);
  assert.deepEqual(await place.restore({ dryRun: true }), [
    "a -> a file is there already; --force replaces it",
  ]);
  assert.deepEqual(place.files(), { a: "of the user" });
  assert.deepEqual(await place.restore({ force: true }), ["a"]);
  assert.deepEqual(place.files(), { a: "of the backup" });
  assert.equal(statSync(join(place.to, "a")).mode & 0o7777, 0o640);
});

test("S19: versions of one path get names of their own", async () => {
  using place = new Place();
  const other = aMap({ root: "/data/other", prefix: "other" });
  await place.save("a.txt", "1");
  await place.save("a.txt", "2", { map: other });
  await place.save("a.txt/b", "3", { map: other });
  assert.deepEqual(await place.restore(), ["a.txt", "a.0002.txt", "a.0003.txt/b"]);
  assert.deepEqual(place.files(), { "a.txt": "1", "a.0002.txt": "2", "a.0003.txt/b": "3" });
});

test("S19: nothing is written outside of the directory, whatever the archive names", async () => {
  using place = new Place();
  await place.save("good", "good");
  const keys = ["../outside/x", "/etc/x", "a/../../outside/x", "a//b", "a/./b", "a/", "..", ".", "a\0b"];
  for (const [index, key] of keys.entries()) {
    writeFileSync(place.archive(`${String(index + 2).padStart(4, "0")}.zip`), backupBytes(key, "evil"));
  }
  const told = await place.restore({ force: true });
  assert.equal(told.shift(), "good");
  assert.equal(told.length, keys.length);
  for (const line of told) assert.match(line, / -> the name /);
  assert.deepEqual(place.files(), { good: "good" });
  assert.deepEqual(readdirSync(place.outside), []);
});

test("S19: no symlink is followed or replaced, also with --force; nor is a directory", async () => {
  using place = new Place();
  await place.save("link/x", "1");
  await place.save("file", "2");
  await place.save("folder", "3");
  writeFileSync(join(place.outside, "precious"), "of the user");
  symlinkSync(place.outside, join(place.to, "link"));
  symlinkSync(join(place.outside, "precious"), join(place.to, "file"));
  mkdirSync(join(place.to, "folder"));
  const told = await place.restore({ force: true });
  assert.equal(told.length, 3);
  for (const line of told) assert.match(line, / -> /);
  assert.deepEqual(readdirSync(place.outside), ["precious"]);
  assert.equal(readFileSync(join(place.outside, "precious"), "utf8"), "of the user");
  assert.ok(lstatSync(join(place.to, "file")).isSymbolicLink());
});

test("S19: nothing is written where the state of the program lies", async () => {
  using place = new Place();
  await place.save("state.d/lock", "1");
  await place.save("state", "2");
  const hidden = [join(place.to, "state"), join(place.to, "state.d")];
  const why = "the state of s3-bsync lies there";
  assert.deepEqual(await place.restore({ force: true }, { hidden }), [
    `state.d/lock -> ${why}`,
    `state -> ${why}`,
  ]);
});

test("S18, S20: what is damaged is named and leaves nothing behind; the rest comes back", async () => {
  using place = new Place();
  for (const path of ["a", "b", "c"]) await place.save(path, `content of ${path}`);
  const changed = readFileSync(place.archive("0001.zip"));
  changed[changed.indexOf("content of a")] = 0x43;
  writeFileSync(place.archive("0001.zip"), changed);
  truncateSync(place.archive("0002.zip"), 50);
  const damaged = "a -> is damaged: the content is not what was saved";
  assert.deepEqual(await place.restore({ dryRun: true }), [damaged, "0002.zip lost", "c"]);
  assert.deepEqual(await place.restore(), [damaged, "0002.zip lost", "c"]);
  assert.deepEqual(readdirSync(place.to), ["c"]);
});

test("S18: a file that is to be replaced by a damaged version stays", async () => {
  using place = new Place();
  await place.save("a", "content of a");
  const changed = readFileSync(place.archive("0001.zip"));
  changed[changed.indexOf("content of a")] = 0x43;
  writeFileSync(place.archive("0001.zip"), changed);
  writeFileSync(join(place.to, "a"), "of the user");
  assert.deepEqual(await place.restore({ force: true }), [
    "a -> is damaged: the content is not what was saved",
  ]);
  assert.deepEqual(place.files(), { a: "of the user" });
});

test("S18: a run that is told to stop begins nothing more", async () => {
  using place = new Place();
  for (let each = 0; each < 100; each++) await place.save(`${each}`, "x");
  const stop = new AbortController();
  const files = (): ReturnType<typeof directory> => {
    stop.abort();
    return directory(place.to, { keyPrefix: "", hidden: [] });
  };
  const order = { run: RUN, patterns: [], force: false, dryRun: false, signal: stop.signal };
  const told: unknown[] = [];
  for await (const each of restore({ backups: backupFolder(place.backups, NO_ENVELOPE), files }, order))
    told.push(each);
  assert.deepEqual(told, []);
  assert.deepEqual(readdirSync(place.to), []);
});

/** An envelope that everybody can open. */
const flipped = async function* (of: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of of) yield chunk.map((byte) => byte ^ 0xff);
};

test("S23: the content of an encrypted map lies encrypted in its backup, and comes back as it was", async () => {
  using place = new Place();
  const secret = aMap({ gpg: true, email: "ann@example.org" });
  const losers = loserZips(place.backups, START, async (map) =>
    map.gpg ? { encoding: "openpgp", encode: flipped } : undefined,
  );
  const loser: Omit<Loser, "map"> = {
    key: "a" as ObjectKey,
    side: "local",
    reason: "conflict",
    size: 6,
    mtimeNs: NS,
    mode: 0o600,
    enveloped: undefined,
  };
  await losers.save({ ...loser, map: secret }, chunks("secret"));
  await losers.save({ ...loser, map: aMap(), key: "b" as ObjectKey }, chunks("public"));
  assert.equal(readFileSync(place.archive("0001.zip")).indexOf("secret"), -1);
  assert.notEqual(readFileSync(place.archive("0002.zip")).indexOf("public"), -1);
  assert.deepEqual(await place.restore({}, {}, { decode: (stored) => flipped(stored) }), ["a", "b"]);
  assert.deepEqual(place.files(), { a: "secret", b: "public" });
});

test("S23: what could not be opened when it was saved is kept as it is, and opened when it comes back", async () => {
  using place = new Place();
  const stored = Buffer.from("locked").map((byte) => byte ^ 0xff);
  const sha256 = createHash("sha256").update("locked").digest("hex");
  const losers = loserZips(place.backups, START, () => assert.fail("it is in an envelope"));
  await losers.save(
    {
      map: aMap({ gpg: true, email: "ann@example.org" }),
      key: "a" as ObjectKey,
      side: "remote",
      reason: "conflict",
      size: 6,
      mtimeNs: NS,
      mode: undefined,
      enveloped: { encoding: "gzip+openpgp", size: 6, sha256 },
    },
    chunks(stored),
  );
  for await (const [version] of backupFolder(place.backups, NO_ENVELOPE).versions(RUN)) {
    assert.ok(version !== undefined && !isLost(version));
    assert.equal(version.size, 6);
  }
  const asked: string[] = [];
  const opener: Opener = {
    decode(content, { encoding }) {
      asked.push(encoding);
      return flipped(content);
    },
  };
  assert.deepEqual(await place.restore({}, {}, opener), ["a"]);
  assert.deepEqual(place.files(), { a: "locked" });
  assert.deepEqual(asked, ["gzip+openpgp"]);
});
