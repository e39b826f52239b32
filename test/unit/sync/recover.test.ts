/** What a run that was cut off has left is settled by the next one, before anything is planned. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BsyncError } from "../../../src/model/errors.ts";
import type { Intent } from "../../../src/model/intent.ts";
import { isUnknown, type LocalFile } from "../../../src/model/observation.ts";
import { keyOfText, type ObjectKey } from "../../../src/model/object-key.ts";
import { MemorySync } from "../../support/memory-sync.ts";

const KEY = keyOfText("f");

/** One file, recorded, and then a run that wrote these intents and was cut off. */
async function cutOff(
  ...intents: readonly ((sync: MemorySync) => Promise<Intent> | Intent)[]
): Promise<MemorySync> {
  const sync = new MemorySync();
  sync.files.put("f", "one", 1_000_000);
  sync.files.put("other", "other content", 1_000_000);
  await sync.run();
  const journal = sync.state.journal();
  for (const intent of intents) await journal.intend(await intent(sync));
  return sync;
}

function file({ files }: MemorySync, key: ObjectKey = KEY): LocalFile {
  const seen = files.observe(key);
  if (seen === undefined || isUnknown(seen)) throw new Error(`no file ${key}`);
  return seen;
}

async function object({ objects }: MemorySync) {
  const facts = await objects.head(KEY);
  if (facts === undefined) throw new Error("no object");
  return facts.object;
}

/** The intent to upload what the file holds now, over what is in the store. */
async function put(sync: MemorySync): Promise<Intent> {
  const { size, mtimeMs } = file(sync);
  const open = await sync.files.open(file(sync));
  const etags = await open.etags(8 * 1024 * 1024);
  return {
    does: "put-object",
    key: KEY,
    size,
    mtimeMs,
    etags,
    sha256: undefined,
    replaces: await object(sync),
    uploadId: undefined,
  };
}

describe("an upload that was cut off", () => {
  test("and has landed is done, so that an edit since is only an edit (X15)", async () => {
    const sync = await cutOff();
    sync.files.put("f", "two", 2_000_000);
    await sync.state.journal().intend(await put(sync));
    sync.objects.put("f", "two");
    sync.files.put("f", "three", 3_000_000);
    sync.state.crash(false);
    const told = await sync.run();
    assert.deepEqual(
      told.ended.map(({ rule, verb }) => `${rule} ${verb}`),
      ["R4 upload"],
    );
    assert.equal(sync.objects.text("f"), "three");
    assert.equal(told.result?.totals?.conflicts, 0);
  });

  test("and never landed keeps its base (X15)", async () => {
    const sync = await cutOff();
    sync.files.put("f", "two", 2_000_000);
    await sync.state.journal().intend(await put(sync));
    sync.state.crash(false);
    assert.deepEqual(
      (await sync.run()).ended.map(({ rule }) => rule),
      ["R4"],
    );
  });

  test("and meets content that nobody sent is forgotten, and compared (X15, X16)", async () => {
    const sync = await cutOff();
    sync.files.put("f", "two", 2_000_000);
    await sync.state.journal().intend(await put(sync));
    sync.objects.put("f", "somebody's", { mtimeNs: 9_000_000n * 1_000_000n });
    sync.state.crash(false);
    const told = await sync.run();
    assert.deepEqual(
      told.ended.map(({ rule, verb }) => `${rule} ${verb}`),
      ["R5 download"],
    );
    assert.deepEqual(
      sync.losers.map(({ text }) => text),
      ["two"],
    );
  });

  test("in parts is given up, once that is recorded (X17)", async () => {
    const sync = await cutOff();
    const aborted: string[] = [];
    sync.objects.abort = async (_key, id) => void aborted.push(id);
    sync.files.put("f", "two", 2_000_000);
    const intent = await put(sync);
    await sync.state.journal().intend({ ...intent, uploadId: "u1" } as Intent);
    sync.state.crash(false);
    await sync.run();
    assert.deepEqual(aborted, ["u1"]);
    assert.equal(sync.state.leftover(), undefined);
  });
});

describe("a deletion that was cut off", () => {
  test("in the bucket, and landed: what the user puts back is a new file (X15)", async () => {
    const sync = await cutOff();
    const gone = await object(sync);
    sync.files.erase("f");
    await sync.state.journal().intend({ does: "delete-object", key: KEY, object: gone });
    sync.objects.erase("f");
    sync.files.put("f", "one", 1_000_000);
    sync.state.crash(false);
    assert.deepEqual(
      (await sync.run()).ended.map(({ rule, verb }) => `${rule} ${verb}`),
      ["R11 upload"],
    );
  });

  test("in the bucket, of which the same content was put back: both sides keep it (X15)", async () => {
    const sync = await cutOff();
    const gone = await object(sync);
    sync.files.erase("f");
    await sync.state.journal().intend({ does: "delete-object", key: KEY, object: gone });
    sync.objects.erase("f");
    sync.objects.put("f", "one");
    sync.state.crash(false);
    assert.deepEqual(
      (await sync.run()).ended.map(({ rule, verb }) => `${rule} ${verb}`),
      ["R8 download"],
    );
  });

  test("here, and never landed, is done now (X15)", async () => {
    const sync = await cutOff((each) => ({ does: "delete-file", key: KEY, file: file(each) }));
    sync.objects.erase("f");
    sync.state.crash(false);
    assert.deepEqual(
      (await sync.run()).ended.map(({ rule }) => rule),
      ["R3"],
    );
  });
});

describe("a download that was cut off", () => {
  test("and lies in its place is done (X15)", async () => {
    const sync = await cutOff();
    sync.objects.put("f", "two", { mtimeNs: 2_000_000n * 1_000_000n });
    const { etag } = await object(sync);
    const replaces = file(sync);
    sync.files.put("f", "two", 2_000_000);
    await sync.state.journal().intend({ does: "place-file", key: KEY, file: file(sync), etag, replaces });
    sync.state.crash(false);
    sync.objects.put("f", "three", { mtimeNs: 3_000_000n * 1_000_000n });
    const told = await sync.run();
    assert.deepEqual(
      told.ended.map(({ rule }) => rule),
      ["R2"],
    );
    assert.equal(sync.files.text("f"), "three");
  });

  test("leaves nothing beside its place (X17)", async () => {
    const name = `.s3-bsync-${"a".repeat(32)}`;
    const sync = await cutOff(() => ({ does: "set-aside", key: KEY, name }));
    sync.files.setAside.add(name);
    sync.state.crash(false);
    await sync.run();
    assert.deepEqual([...sync.files.setAside], []);
  });
});

test("outcomes that were durable are taken as they are, without a look (X15)", async () => {
  const sync = await cutOff();
  sync.files.put("f", "two", 2_000_000);
  const journal = sync.state.journal();
  await journal.intend(await put(sync));
  sync.objects.put("f", "two");
  const { etag } = await object(sync);
  journal.settle(KEY, { key: KEY, record: { key: KEY, size: 3, mtimeMs: 2_000_000, etag } });
  sync.state.crash(true);
  const before = sync.objects.requests.head;
  assert.deepEqual((await sync.run()).ended, []);
  assert.equal(sync.objects.requests.head, before);
  assert.equal(sync.state.records.get(KEY)?.etag, etag);
});

test("under another state, every name of the journal is forgotten, and stays tracked (X15, X16)", async () => {
  const sync = await cutOff(
    (each) => ({ does: "delete-file", key: KEY, file: file(each) }),
    () => ({
      does: "set-aside",
      key: keyOfText("never-tracked"),
      name: "x",
    }),
  );
  sync.state.crash(false);
  sync.state.leftoverState = "other";
  const told = await sync.run();
  assert.deepEqual(
    told.ended.map(({ rule, verb }) => `${rule} ${verb}`),
    ["R5 adopt"],
  );
  assert.deepEqual([...sync.state.records.keys()], ["f", "other"]);
});

test("a dry run plans as if it were settled, and leaves it as it is (X18)", async () => {
  const sync = await cutOff();
  sync.files.put("f", "two", 2_000_000);
  await sync.state.journal().intend(await put(sync));
  sync.objects.put("f", "two");
  sync.state.crash(false);
  const writes = sync.state.writes;
  const told = await sync.run({ dryRun: true });
  assert.deepEqual(told.planned, []);
  assert.equal(sync.state.writes, writes);
  assert.notEqual(sync.state.leftover(), undefined);
});

describe("before each effect", () => {
  /** Runs, and tells of every effect whether its intent was durable then. */
  async function effects(sync: MemorySync): Promise<Readonly<Record<string, boolean>>> {
    const seen: Record<string, boolean> = {};
    const note = (step: string, key: ObjectKey): void => {
      const intents = sync.state.journalled.flatMap((entry) => ("intent" in entry ? [entry.intent.key] : []));
      seen[`${step} ${key}`] = intents.includes(key);
    };
    sync.objects.before = (kind, key) => {
      if (kind === "put" || kind === "delete") note(kind, key);
    };
    sync.files.before = (step, key) => {
      if (step === "stage" || step === "commit" || step === "remove") note(step, key);
    };
    await sync.run();
    return seen;
  }

  test("its intent is durable (X14, G9)", async () => {
    const sync = await cutOff();
    for (const name of ["gone-here", "gone-there", "changed-there"]) sync.files.put(name, `${name}, once`);
    await sync.run();
    sync.files.erase("gone-here");
    sync.objects.erase("gone-there");
    sync.objects.put("changed-there", "changed");
    sync.files.put("f", "changed here", 3_000_000);
    const seen = await effects(sync);
    assert.deepEqual(seen, {
      "remove gone-there": true,
      "stage changed-there": false, // the name beside its place is announced in that step
      "commit changed-there": true,
      "put f": true,
      "delete gone-here": true,
    });
  });

  test("nothing is done whose intent cannot be written (X14, G9)", async () => {
    const sync = await cutOff();
    sync.files.put("f", "changed here", 3_000_000);
    sync.state.before = (step) => {
      if (step === "intend") throw new BsyncError("the disk is full");
    };
    const told = await sync.run();
    sync.state.before = () => {};
    assert.equal(told.code, 1);
    assert.equal(sync.objects.text("f"), "one");
  });
});

test("what is left is cleared away only when its records are durable (X17)", async () => {
  const name = `.s3-bsync-${"a".repeat(32)}`;
  const sync = await cutOff(() => ({ does: "set-aside", key: KEY, name }));
  sync.files.setAside.add(name);
  sync.state.crash(false);
  const there: boolean[] = [];
  sync.state.before = (step) => {
    if (step === "record") there.push(sync.files.setAside.has(name));
  };
  await sync.run();
  assert.deepEqual(there.slice(0, 1), [true]);
});

test("a file that is there again keeps its object (X6, G3)", async () => {
  const sync = await cutOff();
  sync.files.erase("f");
  sync.state.before = (step) => {
    if (step === "intend") sync.files.put("f", "again", 4_000_000);
  };
  const told = await sync.run();
  sync.state.before = () => {};
  assert.deepEqual(
    told.ended.map(({ verb, end }) => `${verb} ${end}`),
    ["delete-remote stale"],
  );
  assert.equal(sync.objects.text("f"), "one");
});
