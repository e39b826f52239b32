/** The file that a journal is: written in groups, read back as far as it is whole. */

import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, suite, test } from "node:test";
import fc from "fast-check";
import type { Intent } from "../../../src/model/intent.ts";
import { keyOfText, type ObjectKey } from "../../../src/model/object-key.ts";
import type { JournalEntry } from "../../../src/ports/journal.ts";
import { headerFor } from "../../../src/state/journal-claim.ts";
import { JournalFile, type SyncFile } from "../../../src/state/journal-file.ts";
import { journalLine } from "../../../src/state/journal-line.ts";
import { LeftoverFile } from "../../../src/state/leftover-file.ts";
import { INTENTS } from "../../contract/journal.contract.ts";
import { directoryMap } from "../../support/state-bytes.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";

const map = directoryMap({ options: { region: "eu-west-1" } });
const STATE = "17-begun";
const header = () => headerFor(map, STATE);
const settled: JournalEntry = {
  settled: keyOfText("k"),
  edit: { key: keyOfText("k"), record: { key: keyOfText("k"), size: 1, mtimeMs: 2, etag: "e" } },
};
/** As they stand in a journal. */
const ENTRIES: readonly JournalEntry[] = [...INTENTS.map((intent) => ({ intent })), settled];

let dir: TempDir;
let path: string;
beforeEach(() => {
  dir = tempDir("journal");
  path = join(dir.path, "state.d", "journal");
});
afterEach(() => dir.remove());

suite("writing", () => {
  test("SF11 what comes while one sync runs shares the next one", async () => {
    const disk = heldDisk();
    const journal = new JournalFile(path, header, disk.sync);
    const first = journal.intend(intentOf("first"));
    await disk.asked(1);
    let durable = 0;
    const others = Array.from({ length: 100 }, async (_, i) => {
      await journal.intend(intentOf(`${i}`));
      durable++;
    });
    journal.settle(keyOfText("first"), undefined);
    assert.equal(durable, 0, "nothing resolves before its sync");
    disk.release();
    await first;
    await disk.asked(2);
    assert.equal(durable, 0);
    disk.release();
    await Promise.all(others);
    assert.equal(disk.syncs, 2);
    assert.equal([...entries()].length, 102);
    journal.close();
  });

  test("SF11 what is told in one turn shares the first sync", async () => {
    let syncs = 0;
    const journal = new JournalFile(path, header, async () => void syncs++);
    await Promise.all(["a", "b", "c"].map((key) => journal.intend(intentOf(key))));
    assert.equal(syncs, 1);
    journal.close();
  });

  test("SF11 outcomes become durable without an intent after them", async () => {
    const disk = heldDisk();
    const journal = new JournalFile(path, header, disk.sync);
    const intent = journal.intend(intentOf("a"));
    await disk.asked(1);
    disk.release();
    await intent;
    journal.settle(keyOfText("a"), undefined);
    await disk.asked(2);
    assert.equal([...entries()].length, 2);
    disk.release();
    journal.close();
  });

  test("SF11 a line is in the file before the sync that makes it durable", async () => {
    const seen: number[] = [];
    const journal = new JournalFile(path, header, async () => void seen.push([...entries()].length));
    for (const key of ["a", "b", "c"]) await journal.intend(intentOf(key));
    assert.deepEqual(seen, [1, 2, 3]);
    journal.close();
  });

  test("S13 it is made at the first intent, private, whatever the umask and the modes before", async () => {
    mkdirSync(dirname(path));
    chmodSync(dirname(path), 0o777);
    const umask = process.umask(0o277);
    try {
      const journal = new JournalFile(path, header);
      assert.equal(existsSync(path), false);
      await journal.intend(intentOf("a"));
      assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.equal(statSync(join(dir.path, "state.d")).mode & 0o777, 0o700);
      journal.settle(keyOfText("a"), undefined);
      journal.remove();
      assert.equal(existsSync(path), false);
    } finally {
      process.umask(umask);
    }
  });

  test("SF12 a disk that fails refuses every intent that waits, and every one after it", async () => {
    let syncs = 0;
    const journal = new JournalFile(path, header, async () => {
      syncs++;
      throw Object.assign(new Error("EIO"), { code: "EIO", syscall: "fdatasync" });
    });
    const refused = { name: "BsyncError", exitCode: 1, message: /state\.d\/journal.*input\/output error/ };
    const first = journal.intend(intentOf("a"));
    const second = Promise.resolve().then(() => journal.intend(intentOf("b")));
    await assert.rejects(first, { ...refused, hint: /nothing is done/ });
    await assert.rejects(second, refused);
    await assert.rejects(journal.intend(intentOf("c")), refused);
    journal.settle(keyOfText("a"), undefined);
    assert.equal(syncs, 1);
    journal.close();
  });

  test("SF12 what could not be written is written with the next claim", async () => {
    const journal = new JournalFile(path, header, () =>
      Promise.reject(Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "fdatasync" })),
    );
    await assert.rejects(journal.intend(intentOf("a")), /no space left/);
    journal.settle(keyOfText("a"), undefined);
    journal.claim({ state: "18-end", is: "recorded" });
    await assert.rejects(journal.intend(intentOf("b")), /no space left/);
    journal.close();
    assert.deepEqual([[...entries()].length, LeftoverFile.at(path, "18-end")?.state], [2, "recorded"]);
  });

  test("SF12 something in its place is not overwritten, nor followed", async () => {
    const target = join(dir.path, "target");
    const link = join(dir.path, "link");
    writeFileSync(target, "precious");
    symlinkSync(target, link);
    for (const taken of [target, link]) {
      const journal = new JournalFile(taken, header);
      await assert.rejects(journal.intend(intentOf("a")), {
        name: "BsyncError",
        message: /there already/,
        hint: /in its place/,
      });
      journal.remove();
      assert.equal(readFileSync(target, "utf8"), "precious");
    }
    assert.equal(LeftoverFile.at(link, STATE), undefined, "nor read");
  });

  test("a claim takes along what is being written at that moment", async () => {
    const disk = heldDisk();
    const journal = new JournalFile(path, header, disk.sync);
    const first = journal.intend(intentOf("a"));
    await disk.asked(1);
    const second = journal.intend(intentOf("b"));
    journal.claim({ state: "18-end", is: "begun" });
    await Promise.all([first, second]);
    disk.release();
    const third = journal.intend(intentOf("c"));
    await disk.asked(2);
    disk.release();
    await third;
    journal.close();
    assert.deepEqual(
      [...entries()].map((entry) => "intent" in entry && entry.intent.key),
      ["a", "b", "c"],
    );
    assert.equal(LeftoverFile.at(path, "18-end")?.state, "begun");
  });
});

suite("reading back", () => {
  /** Few enough to be torn at every byte. */
  const few: readonly JournalEntry[] = [INTENTS[0], INTENTS[6]].flatMap((intent) =>
    intent === undefined ? [] : [{ intent }, settled],
  );

  test("SF13 torn at any byte it gives what is whole, and takes new lines", () => {
    const bytes = Buffer.from(text(few));
    for (let length = 0; length <= bytes.length; length++) {
      writeFileSync(put(), bytes.subarray(0, length));
      const whole = bytes.subarray(0, length).toString("latin1").split("\n").length - 2;
      const leftover = LeftoverFile.at(path, STATE);
      assert.deepEqual([...(leftover?.entries() ?? [])], few.slice(0, Math.max(whole, 0)));
      assert.equal(leftover?.state, whole < 0 ? "other" : "begun");
      if (length % 8 > 0 && bytes[length] !== 0x0a) continue; // syncs take their time
      leftover.claim({ state: "18-end", is: "recorded" });
      const after = LeftoverFile.at(path, "18-end");
      assert.equal(after?.state, "recorded", `${length}`);
      assert.deepEqual([...after.entries()], few.slice(0, Math.max(whole, 0)));
    }
  });

  test("SF13 a flipped bit ends it there; nothing that was not written is ever read", () => {
    const bytes = Buffer.from(text(few));
    const headerEnd = bytes.indexOf("\n") + 1;
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(put(), flipped);
      const leftover = LeftoverFile.at(path, STATE);
      const read = [...(leftover?.entries() ?? [])];
      if (at < headerEnd) {
        assert.equal(leftover?.state, "other");
        assert.equal(leftover.map, undefined);
        assert.deepEqual(read, read.length === 0 ? [] : few.slice(-read.length));
      } else {
        const damaged = bytes.subarray(0, at).toString("latin1").split("\n").length - 2;
        assert.equal(leftover?.state, "begun");
        assert.deepEqual(read, few.slice(0, damaged), `byte ${at}`);
      }
    }
  });

  test("SF13 without its first line it belongs to no state, and still names its paths", () => {
    const lines = text().split("\n");
    const page = "\0".repeat(4096);
    for (const first of [page, "", "{}", `${page}\n${page}`]) {
      writeFileSync(put(), [first, ...lines.slice(1)].join("\n"));
      const leftover = LeftoverFile.at(path, STATE);
      assert.equal(leftover?.state, "other");
      assert.equal([...leftover.entries()].length, first.includes("\n") ? 0 : ENTRIES.length);
    }
  });

  test("SF13 a journal of another version belongs to no state, and still names its paths", () => {
    const newer = journalLine({ ...header(), journal: 2 });
    const lines = text().split("\n").slice(1);
    writeFileSync(put(), newer + journalLine({ intent: { does: "new", key: "x" } }) + lines.join("\n"));
    const leftover = LeftoverFile.at(path, STATE);
    assert.deepEqual([leftover?.state, leftover?.map], ["other", undefined]);
    assert.deepEqual([...(leftover?.entries() ?? [])], ENTRIES);
  });

  test("SF13 lines longer than any honest one, and files without lines, end at once", () => {
    for (const odd of ["", "\n", "\n\n", "x".repeat(300_000), `${text()}${" ".repeat(300_000)}\n${text()}`]) {
      writeFileSync(put(), odd);
      const count = [...entries()].length;
      assert.equal(count, odd.startsWith(text()) ? ENTRIES.length : 0);
    }
  });

  test("SF13 it is read across the pieces in which the file is read", () => {
    const many = Array.from({ length: 3000 }, (_, i) => ({ intent: intentOf("é".repeat(i % 97) + i) }));
    writeFileSync(put(), journalLine(header()) + many.map((entry) => journalLine(entry)).join(""));
    assert.deepEqual([...entries()], many);
  });

  test("SF16 a line with a whole checksum and any content at all is bounded, and is never an error", () => {
    const odd = fc.oneof(fc.object(), fc.record({ intent: fc.oneof(oddIntent(), fc.anything()) }));
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 5 }), (values) => {
        writeFileSync(put(), [header(), ...values].map((value) => journalLine(value)).join(""));
        for (const entry of entries()) if ("intent" in entry) assert.ok(isByteString(entry.intent.key));
        LeftoverFile.at(path, STATE)?.claim({ is: "other" });
        assert.equal(LeftoverFile.at(path, STATE)?.state, "other");
      }),
      { numRuns: 100 },
    );
  });

  test("SF16 names that are no files, and values that no state file can hold, are passed over", () => {
    const long = "x".repeat(255);
    const [intent] = INTENTS;
    const record = { size: 1, mtimeMs: 1, etag: "e" };
    const lines = [
      ...["", "../a", "/a", "a/", "a//b", "€", "a\0", "\xff", 7, null, `${long}x`].map((key) => ({
        intent: { ...intent, key },
      })),
      { intent: { ...intent, size: -1 } },
      { intent: { ...intent, size: 2 ** 53 } },
      { intent: { ...intent, etags: { single: "x" } } },
      { intent: { ...intent, etags: { single: "\ud800", multipart: "x" } } },
      { intent: { ...intent, replaces: 7 } },
      { intent: { ...intent, uploadId: 7 } },
      { settled: "../a" },
      { settled: "a", edit: { record: { ...record, etag: "x".repeat(1025) } } },
      { settled: "a", edit: { record: { ...record, etag: "a\0" } } },
      { settled: "a", edit: { record: { ...record, mtimeMs: 0.5 } } },
      { settled: `${`${long}/`.repeat(3)}${"x".repeat(252)}` }, // with the prefix 1,025 bytes
    ];
    for (const line of lines) {
      writeFileSync(put(), journalLine(header()) + journalLine(line));
      assert.deepEqual([...entries()], [], JSON.stringify(line));
    }
  });

  test("the map of the run is read back", () => {
    writeFileSync(put(), text());
    assert.deepEqual(LeftoverFile.at(path, STATE)?.map, map);
  });
});

function intentOf(key: string): Intent {
  return { does: "set-aside", key: keyOfText(key), name: "n" };
}

function entries(): Iterable<JournalEntry> {
  return LeftoverFile.at(path, STATE)?.entries() ?? [];
}

/** A whole journal. */
function text(of = ENTRIES): string {
  return [header(), ...of].map((line) => journalLine(line)).join("");
}

/** Makes the folder. */
function put(): string {
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

function isByteString(key: ObjectKey): boolean {
  return Buffer.from(key, "latin1").toString("latin1") === key;
}

function oddIntent(): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.constantFrom(...INTENTS), fc.constantFrom("key", "file", "from", "etag", "does"), fc.anything())
    .map(([intent, name, value]) => ({ ...intent, [name]: value }));
}

/** A disk on which every sync waits until it is let go. */
function heldDisk() {
  const held: (() => void)[] = [];
  const watchers: (() => void)[] = [];
  let syncs = 0;
  const sync: SyncFile = () =>
    new Promise((resolve) => {
      syncs++;
      held.push(resolve);
      for (const wake of watchers.splice(0)) wake();
    });
  return {
    sync,
    get syncs() {
      return syncs;
    },
    async asked(count: number) {
      while (syncs < count) await new Promise<void>((resolve) => watchers.push(resolve));
    },
    release: () => held.shift()?.(),
  };
}
