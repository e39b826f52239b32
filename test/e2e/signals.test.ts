/** Scenarios I: SIGINT and SIGTERM end a run in order, a second one ends it at once; the next run makes it good. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { atRequest, type Moment } from "../support/at-request.ts";
import {
  assertCameThrough,
  assertUnlocked,
  openUploads,
  type Stormy,
  stormy,
  withChanges,
} from "../support/busy-world.ts";
import { bytesOf } from "../support/content.ts";
import { impatient } from "../support/preload.ts";
import { numbered, synced } from "../support/scene.ts";
import { unchangedBy } from "../support/stand-still.ts";
import { assertSettled, type Machine, type Ran, Local } from "../support/world.ts";

const LARGE = bytesOf(17 * 1024 * 1024);
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof CODES;
/** Two of a kind may arrive as one, and two in any order. The second one ends the run, with its own code. */
const TWO = ["SIGINT", "SIGTERM"] as const;

interface How {
  readonly env?: NodeJS.ProcessEnv;
  readonly words?: readonly string[];
  /** Before the signal. */
  readonly first?: () => Promise<void>;
}

/** A run that is told to end when it comes to that request. */
function interrupted(
  machine: Machine,
  moment: Moment,
  signals: readonly Signal[],
  { env = {}, words = [], first }: How = {},
): Promise<Ran> {
  const came = atRequest(machine.proxy, moment, async () => {
    await first?.();
    for (const name of signals) run.signal(name);
    await wait(200); // nothing tells when the program has heard of it
  });
  const run = machine.start(env, ...words);
  return run.ended.then((ran) => {
    assert.ok(came(), `the run never came to that: ${ran.stderr}`);
    machine.proxy.before = () => {};
    return ran;
  });
}

/** Names of the files that are in neither record nor prefix, or in both. */
async function assertRecordsAreTrue({ machine, R }: Stormy): Promise<void> {
  assert.deepEqual(Object.keys(machine.records()).toSorted(), (await R.names()).toSorted());
}

describe("scenarios I: a signal", { concurrency: 3 }, () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    stormy(
      `167 ${signal} in the middle of many uploads: what is under way ends and is recorded, nothing new begins, and the lock is gone (X10, G21)`,
      async (parts) => {
        const { machine, L, R } = parts;
        const names = Array.from({ length: 200 }, (_, at) => `f${at}`);
        for (const name of names) L.write(name, name, 1);
        const ran = await interrupted(machine, { operation: "PutObject", nth: 100 }, [signal]);
        assert.equal(ran.code, CODES[signal]);
        const there = await R.names();
        assert.ok(there.length >= 30 && there.length < names.length, `${there.length} went up`);
        await assertRecordsAreTrue(parts);
        assertUnlocked(machine);

        machine.proxy.log.length = 0;
        await machine.sync();
        const sent = machine.proxy.log.filter(({ method }) => method === "PUT").length;
        assert.equal(sent, names.length - there.length, "only the rest is sent");
        await assertSettled(parts);
      },
    );
  }

  for (const [what, moment] of [
    ["before the listing has come", { operation: "ListObjectsV2" }],
    ["while contents are compared", { operation: "HeadObject" }],
    ["before the first download", { operation: "GetObject" }],
    ["before the first upload", { operation: "PutObject" }],
    ["before the first deletion", { operation: "DeleteObject" }],
  ] as const) {
    stormy(`167 a signal ${what}: all that is left is done by the next run (X10)`, async (parts) => {
      const { machine } = parts;
      await withChanges(parts);
      const ran = await interrupted(machine, moment, ["SIGTERM"]);
      assert.equal(ran.code, 143, ran.stderr);
      assertUnlocked(machine);
      await machine.sync();
      await assertCameThrough(parts);
    });

    stormy(
      `167 two signals ${what}: the run ends at once, and the next one does the rest (CL21)`,
      async (parts) => {
        const { machine, chaos } = parts;
        await withChanges(parts);
        // Nothing that the run waits for comes any more, so that only the signal ends it.
        chaos.plan([{ operation: moment.operation, times: 1_000, effect: { kind: "silence" } }]);
        const ran = await interrupted(machine, moment, TWO);
        assert.ok(ran.code === 130 || ran.code === 143, `${ran.code}: ${ran.stderr}`);
        chaos.plan([]);
        await machine.sync();
        await assertCameThrough(parts);
      },
    );
  }

  stormy("167 a signal while a dry run lists: its code, and nothing is changed (X10, X11)", async (parts) => {
    const { machine } = parts;
    await withChanges(parts);
    const ran = await unchangedBy(parts, () =>
      interrupted(machine, { operation: "ListObjectsV2" }, ["SIGINT"], { words: ["--dryrun"] }),
    );
    assert.equal(ran.code, 130);
    await machine.sync();
    await assertCameThrough(parts);
  });

  stormy(
    "167 a signal in the first of two maps: the second is not begun (X10)",
    async ({ machine, L, R }) => {
      const other = new Local(join(machine.home, "z-other"));
      other.write("b", "b", 1);
      const added = await machine.run(
        "--init",
        "--overwrite",
        "--dir",
        L.root,
        `${machine.destination}/one`,
        "--dir",
        other.root,
        `${machine.destination}/two`,
      );
      assert.equal(added.code, 0, added.stderr);
      L.write("a", "a", 1);
      const ran = await interrupted(machine, { operation: "PutObject", name: "/a" }, ["SIGINT"]);
      assert.equal(ran.code, 130);
      assert.deepEqual(await R.names(), ["one/a"]);
      await machine.sync();
      assert.deepEqual((await R.names()).toSorted(), ["one/a", "two/b"]);
    },
  );

  stormy(
    "167 a server that says nothing any more holds a signal up for no more than its time of grace; what was there stays (G21, X3)",
    async (parts) => {
      const { machine, chaos, L } = parts;
      await withChanges(parts);
      chaos.plan([{ operation: "GetObject", times: 1_000, effect: { kind: "stall", at: 0.5 } }]);
      let toldMs = 0;
      atRequest(machine.proxy, { operation: "GetObject" }, () => {
        toldMs = Date.now();
      });
      const ran = await interrupted(machine, { operation: "GetObject" }, ["SIGTERM"]);
      assert.equal(ran.code, 143);
      const heldUpMs = Date.now() - toldMs;
      assert.ok(heldUpMs < 15_000, `${heldUpMs} ms`); // eight seconds of grace, and room for a busy machine
      assert.equal(L.read("edited there"), "edited there");
      assert.deepEqual(
        Object.keys(L.files()).filter((name) => name.includes(".s3-bsync-")),
        [],
      );
      assertUnlocked(machine);
      chaos.plan([]);
      await machine.sync();
      await assertCameThrough(parts);
    },
  );
});

describe("scenarios I: a signal and large content", { concurrency: 3 }, () => {
  stormy("169 a signal while parts are sent: the upload ends, and is whole (X10, RM14)", async (parts) => {
    const { machine, L, R } = parts;
    L.write("large", LARGE, 1);
    const ran = await interrupted(machine, { operation: "UploadPart", nth: 2 }, ["SIGTERM"]);
    assert.equal(ran.code, 143);
    assert.deepEqual([await R.names(), await openUploads(R)], [["large"], []]);
    await assertSettled(parts);
  });

  stormy(
    "169 a signal while parts are sent that never arrive: the upload is aborted, no part is left (X10, S22, RM14)",
    async (parts) => {
      const { machine, chaos, L, R } = parts;
      L.write("large", LARGE, 1);
      chaos.plan([{ operation: "UploadPart", nth: 2, times: 1_000, effect: { kind: "silence" } }]);
      const env = impatient();
      const ran = await interrupted(machine, { operation: "UploadPart", nth: 2 }, ["SIGTERM"], { env });
      assert.equal(ran.code, 143);
      chaos.plan([]);
      assert.deepEqual([await R.names(), await openUploads(R)], [[], []]);
      assert.deepEqual(machine.records(), {});
      await machine.sync();
      await assertSettled(parts);
    },
  );

  stormy(
    "169 a signal in the middle of a large download that never ends: nothing is left beside the old file (X3, X10)",
    async (parts) => {
      const { machine, chaos, L, R } = parts;
      await synced(parts, ["large", "k"]);
      await R.put("large", LARGE, 9);
      chaos.plan([{ operation: "GetObject", nth: 2, times: 1_000, effect: { kind: "stall", at: 0.3 } }]);
      const env = impatient();
      const ran = await interrupted(machine, { operation: "GetObject", nth: 2 }, ["SIGINT"], { env });
      assert.equal(ran.code, 130);
      assert.deepEqual(L.files(), { k: "k", large: "large" });
      chaos.plan([]);
      await machine.sync();
      await assertSettled(parts);
    },
  );
});

describe("scenarios I: edits after a run that was cut off", { concurrency: 3 }, () => {
  for (const signals of [["SIGTERM"], TWO] as const) {
    stormy(
      `168 files that are edited again after ${signals.length} signals: the newest content wins, and nothing is a conflict (G12, G13)`,
      async (parts) => {
        const { machine, L, R } = parts;
        const names = numbered(18); // below what a guard would hold
        await synced(parts, [...names, "gone", "k"]);
        for (const name of names) L.write(name, `${name}, once`);
        L.remove("gone");
        const first = async (): Promise<void> => {
          while (!Object.values(await R.files()).some((text) => text.endsWith("once")));
        };
        const ran = await interrupted(machine, { operation: "PutObject", nth: 6 }, signals, { first });
        assert.ok(ran.code === 130 || ran.code === 143, `${ran.code}: ${ran.stderr}`);
        for (const name of names) L.write(name, `${name}, twice`);
        L.write("gone", "back again");
        await machine.sync();
        assert.deepEqual(machine.backups(), []);
        const there = await R.files();
        for (const name of names) assert.equal(there[name], `${name}, twice`);
        assert.equal(there["gone"], "back again");
        await assertSettled(parts);
      },
    );
  }
});
