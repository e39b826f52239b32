/** The conductor of a verification, over ports in memory. Rules: spec/looking.md. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nameChoice } from "../../../src/core/name-choice.ts";
import { BsyncError, PathError } from "../../../src/model/errors.ts";
import type { Findings } from "../../../src/model/finding.ts";
import { keyOfText, keyText } from "../../../src/model/object-key.ts";
import { isUnknown } from "../../../src/model/observation.ts";
import { type VerifyOrder, verifyMap } from "../../../src/sync/verify-map.ts";
import { MemoryObjectStore } from "../../support/memory-object-store.ts";
import { memorySpool, MemorySync } from "../../support/memory-sync.ts";
import { NO_ENVELOPE } from "../../support/no-envelope.ts";

async function synced(names: readonly string[], sync = new MemorySync()): Promise<MemorySync> {
  for (const name of names) sync.files.put(name, `content of ${name}`);
  assert.equal((await sync.run()).code, 0);
  return sync;
}

interface Verified extends Findings {
  readonly lines: readonly string[];
}

async function verified(
  sync: MemorySync,
  order: Partial<VerifyOrder> = {},
  objects: MemoryObjectStore = sync.objects,
): Promise<Verified> {
  const { map, files, state, hadEnvelopes } = sync;
  const sides = { map, files, objects, hadEnvelopes, envelope: NO_ENVELOPE };
  const lines: string[] = [];
  const findings = await verifyMap(
    { ...sides, snapshot: state.snapshot(), newSpool: memorySpool },
    {
      quick: false,
      names: undefined,
      onConflict: "newer",
      signal: new AbortController().signal,
      times: { momentMs: state.remembered.momentMs, startMs: sync.nowMs },
      ...order,
    },
    async ({ key, kind, why }) => void lines.push(`${kind}: ${keyText(key)}: ${why}`),
  );
  return { ...findings, lines };
}

/** As a disk does that goes bad: the content is another, size and time stay. */
function rot({ files }: MemorySync, name: string): void {
  const seen = files.observe(keyOfText(name));
  assert.ok(seen !== undefined && !isUnknown(seen), `${name} is there`);
  files.put(name, (files.text(name) ?? "").toUpperCase(), seen.mtimeMs);
}

describe("verifyMap", () => {
  test("of a map in sync finds nothing, by a listing and the files alone (LK2, LK4)", async () => {
    const sync = await synced(["a", "b/c", "d"]);
    const before = { ...sync.objects.requests };
    const { paths, lines } = await verified(sync);
    assert.deepEqual([paths, lines], [3, []]);
    assert.deepEqual(sync.objects.requests, { ...before, list: before.list + 1 });
  });

  test("tells what differs in key order, and counts it by kind (LK3)", async () => {
    const sync = await synced(["a", "b", "c", "d", "e"]);
    rot(sync, "a");
    sync.objects.erase("b");
    sync.files.erase("c");
    sync.objects.put("d", "content of D");
    sync.files.obscure("e");
    sync.files.put("f", "new");
    const { counts, lines, paths } = await verified(sync);
    assert.deepEqual(lines, [
      "differs: a: although size, time and ETag are as recorded",
      "missing there: b: recorded, and gone from the bucket",
      "missing here: c: recorded, and gone here",
      "differs: d: the object changed since the last sync",
      "unknown: e: unreadable",
      "missing there: f: never uploaded",
    ]);
    const none = { "not recorded": 0, "record differs": 0, unreadable: 0 };
    assert.deepEqual(counts, { ...none, "missing there": 2, "missing here": 1, differs: 2, unknown: 1 });
    assert.equal(paths, 6);
  });

  test("starts over where the server lists in another order, and tells each finding once (O4)", async () => {
    const objects = new MemoryObjectStore();
    const sync = await synced(["a", "b", "c"], new MemorySync({ objects }));
    const other = new MemoryObjectStore({ sharing: objects, unordered: true });
    sync.files.erase("b");
    const { lines } = await verified(sync, {}, other);
    assert.deepEqual(lines, ["missing here: b: recorded, and gone here"]);
  });

  test("says nothing of untracked names that the rules ignore, on either side (LK6)", async () => {
    const sync = await synced([".s3syncignore", "kept"]);
    sync.files.put(".s3syncignore", "*.tmp\nout/\n");
    await sync.run();
    sync.files.put("x.tmp", "here");
    sync.files.put("out/y", "here");
    sync.objects.put("z.tmp", "there");
    sync.objects.put("out/w", "there");
    const { paths, lines } = await verified(sync);
    assert.deepEqual([paths, lines], [2, []]);
  });

  test("looks into the names that are chosen, and tells and counts no others (LK16)", async () => {
    const sync = await synced(["a/1", "a/2", "b/1", "b/2"]);
    for (const name of ["a/1", "b/1"]) rot(sync, name);
    for (const name of ["a/2", "b/2"]) sync.objects.put(name, `CONTENT of ${name}`);
    const before = { ...sync.objects.requests };
    const { paths, lines } = await verified(sync, { names: nameChoice({ only: ["a"], exclude: ["1"] }) });
    assert.deepEqual([paths, lines], [1, ["differs: a/2: the object changed since the last sync"]]);
    const { head, get } = sync.objects.requests;
    assert.deepEqual([head - before.head, get - before.get], [1, 1]);
  });

  test("what cannot be read is unreadable, and the rest is compared (LK3)", async () => {
    const sync = await synced(["a", "b"]);
    sync.objects.put("a", "CONTENT of a");
    sync.objects.before = (kind) => {
      if (kind === "get") throw new PathError("the content is damaged");
    };
    assert.deepEqual((await verified(sync)).lines, ["unreadable: a: the content is damaged"]);
  });

  test("an object that changes meanwhile is unknown (LK3)", async () => {
    const sync = await synced(["a"]);
    sync.objects.put("a", "CONTENT of a");
    sync.objects.before = (kind) => {
      if (kind === "head") sync.objects.put("a", "once more");
    };
    assert.match((await verified(sync)).lines.join(), /^unknown: a: .*changed/);
  });

  test("--quick opens no file: a byte that went bad behind an unchanged time is not seen (LK5)", async () => {
    const sync = await synced(["a", "b"]);
    rot(sync, "a");
    sync.files.put("b", "CONTENT of b");
    const before = { ...sync.objects.requests };
    assert.deepEqual((await verified(sync, { quick: true })).lines, [
      "differs: b: the file changed since the last sync",
    ]);
    assert.deepEqual(sync.objects.requests, { ...before, list: before.list + 1 });
  });

  test("of a root that is missing nothing is told but that (LK7)", async () => {
    const sync = await synced(["a"]);
    sync.files.identity = () => undefined;
    await assert.rejects(
      verified(sync),
      (error) => error instanceof BsyncError && /is missing/.test(error.message),
    );
  });

  test("a signal ends it (CL21)", async () => {
    const sync = await synced(["a"]);
    await assert.rejects(verified(sync, { signal: AbortSignal.abort(130) }), { name: "InterruptedError" });
  });
});
