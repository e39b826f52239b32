/** Scenarios I: two machines on one prefix whose runs overlap. All that each knows of the other is what S3 says. */

import assert from "node:assert/strict";
import { renameSync, utimesSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { atRequest } from "../support/at-request.ts";
import { assertTidy, losersOf } from "../support/busy-world.ts";
import { operationOf } from "../support/recording-proxy.ts";
import { sharedServer } from "../support/s3-server.ts";
import { assertSettled, type Machine, newWorld, type Ran, type Remote } from "../support/world.ts";

const HISTORIES = process.env["S3_BSYNC_LONG"] === "1" ? 1_000 : 8;
/** Played side by side. */
const LANES = 2;

/**
 * MinIO takes no notice of a condition on DELETE, so what comes between the look and the deletion goes with it:
 * G3 says so. Nothing is sent into that moment there.
 */
const deletesBlindly = (await sharedServer()).kind === "minio";
const skip = deletesBlindly && "the server ignores conditions on DELETE (G3)";

interface Two {
  readonly A: Machine;
  readonly B: Machine;
  readonly R: Remote;
}

const FLAGS = ["--allow-empty", "--max-delete", "all", "--max-overwrite", "all"];

/** Starts from files that are in sync on both. */
async function withTwo(names: readonly string[], play: (parts: Two) => Promise<void>): Promise<void> {
  await using world = await newWorld();
  const [A, B] = [await world.machine(), await world.machine()];
  await A.init();
  await B.init();
  for (const name of names) A.local.write(name, name, 1);
  await A.sync();
  await B.sync();
  await play({ A, B, R: world.remote });
}

/** Turn by turn, until both have nothing to say; then each is equal to the prefix, and no turn sends anything more. */
async function assertSettlesOnBoth({ A, B, R }: Two): Promise<void> {
  for (let turn = 0; turn < 2; turn++) for (const machine of [A, B]) assertEnded(await machine.run(...FLAGS));
  for (const machine of [A, B]) {
    assertTidy(machine);
    await assertSettled({ machine, L: machine.local, R });
  }
  assert.deepEqual(A.local.files(), B.local.files());
}

function assertEnded({ code, stderr }: Ran): void {
  assert.ok(code === 0 || code === 3, `${code}: ${stderr}`);
}

describe("scenarios I: runs that overlap", { concurrency: 3 }, () => {
  test("185 both make the same names at the same moment: one wins on both, and no version is lost (G1, G2, R12)", () =>
    withTwo(["k"], async (two) => {
      const names = ["n1", "n2", "n3", "d/n4"];
      for (const name of names)
        for (const [who, { local }] of Object.entries({ A: two.A, B: two.B }))
          local.write(name, `${name} of ${who}`, 5);
      for (const ran of await Promise.all([two.A.run(), two.B.run()])) assertEnded(ran);
      await assertSettlesOnBoth(two);
      await assertKnown(
        two,
        names.flatMap((name) => [`${name} of A`, `${name} of B`]),
      );
    }));

  test("186 both edit the same files at the same moment: one wins on both, and no version is lost (G1, G2, R5)", () =>
    withTwo(["n1", "n2", "n3", "k"], async (two) => {
      const names = ["n1", "n2", "n3"];
      for (const name of names)
        for (const [who, { local }] of Object.entries({ A: two.A, B: two.B }))
          local.write(name, `${name} of ${who}`, 5);
      for (const ran of await Promise.all([two.A.run(), two.B.run()])) assertEnded(ran);
      await assertSettlesOnBoth(two);
      await assertKnown(
        two,
        names.flatMap((name) => [`${name} of A`, `${name} of B`]),
      );
    }));

  test(
    "186 one edits what the other deletes, at the same moment: the edit stays (G1, G3, R6, R8)",
    { skip },
    () =>
      withTwo(["n1", "n2", "n3", "k"], async (two) => {
        for (const name of ["n1", "n2", "n3"]) {
          two.A.local.remove(name);
          two.B.local.write(name, `${name} of B`);
        }
        for (const ran of await Promise.all([two.A.run(), two.B.run()])) assertEnded(ran);
        await assertSettlesOnBoth(two);
        for (const name of ["n1", "n2", "n3"]) assert.equal(two.A.local.read(name), `${name} of B`);
      }),
  );

  test("186 one writes right before the other one does, file by file: nothing is overwritten unseen (G2, X5)", () =>
    withTwo(["n1", "n2", "n3", "k"], async (two) => {
      const { A, B } = two;
      for (const name of ["n1", "n2", "n3"]) {
        A.local.write(name, `${name} of A`, 5);
        B.local.write(name, `${name} of B`, 9);
      }
      let other: Promise<Ran> | undefined;
      atRequest(A.proxy, { operation: "PutObject" }, async () => assertEnded(await (other ??= B.run())));
      assertEnded(await A.run());
      assert.ok(other !== undefined);
      await assertSettlesOnBoth(two);
      await assertKnown(
        two,
        ["n1", "n2", "n3"].flatMap((name) => [`${name} of A`, `${name} of B`]),
      );
    }));

  test("188 one renames what the other edits: the new name and the edit are on both (G1)", () =>
    withTwo(["old", "k"], async (two) => {
      const { A, B } = two;
      renameSync(A.local.path("old"), A.local.path("new"));
      B.local.write("old", "edited by B");
      await A.sync();
      await B.sync();
      await assertSettlesOnBoth(two);
      assert.deepEqual(A.local.files(), { k: "k", new: "old", old: "edited by B" });
    }));

  test(
    "188 one renames what the other edits, at the same moment: the edit is on both, and no version is lost (G1)",
    { skip },
    () =>
      withTwo(["old", "k"], async (two) => {
        const { A, B } = two;
        renameSync(A.local.path("old"), A.local.path("new"));
        B.local.write("old", "edited by B");
        for (const ran of await Promise.all([A.run(), B.run()])) assertEnded(ran);
        await assertSettlesOnBoth(two);
        assert.deepEqual(A.local.files(), { k: "k", new: "old", old: "edited by B" });
      }),
  );

  test("190 one comes back after many runs of the other one: what it left alone goes, what it edited stays (R3, R6)", () =>
    withTwo(["goes", "edited", "later", "k1", "k2"], async (two) => {
      const { A, B } = two;
      for (const name of ["goes", "edited"]) A.local.remove(name);
      await A.sync();
      for (let day = 0; day < 3; day++) {
        A.local.write("later", `day ${day}`);
        await A.sync();
      }
      B.local.write("edited", "edited by B");
      await B.sync();
      await assertSettlesOnBoth(two);
      assert.deepEqual(A.local.files(), { edited: "edited by B", k1: "k1", k2: "k2", later: "day 2" });
    }));

  test("192 two that run again and again at the same time do not carry one change to and fro (G10, G11)", () =>
    withTwo(["n1", "n2", "k"], async (two) => {
      const { A, B } = two;
      A.local.write("n1", "n1 of A", 5);
      B.local.write("n1", "n1 of B", 5);
      A.local.write("n2", "n2 of A", 5);
      utimesSync(B.local.path("n2"), 1e9, 1e9);
      const loop = async (machine: Machine): Promise<void> => {
        for (let run = 0; run < 6; run++) assertEnded(await machine.run());
      };
      await Promise.all([loop(A), loop(B)]);
      const writes = [A, B]
        .flatMap(({ proxy }) => proxy.log)
        .filter((request) => operationOf(request) === "PutObject" && request.status === 200);
      assert.ok(writes.length <= 3 + 2 + 2, `${writes.length} uploads`); // the first ones, and each edit, of which one may be late
      await assertSettlesOnBoth(two);
    }));
});

/** Every one of these is on a side or in a backup. */
async function assertKnown({ A, B, R }: Two, contents: Iterable<string>): Promise<void> {
  const alive = new Set<string>(Object.values(await R.files()));
  for (const machine of [A, B]) {
    for (const content of Object.values(machine.local.files())) alive.add(content);
    for (const content of await losersOf(machine)) alive.add(content);
  }
  for (const content of contents) assert.ok(alive.has(content), `${content} is lost`);
}

const path = fc.constantFrom("a", "b", "d/x");
const who = fc.constantFrom("A" as const, "B" as const);
const edit = fc.record({
  kind: fc.constantFrom("write" as const, "write" as const, "erase" as const, "touch" as const),
  who,
  path,
});
const step = fc.oneof(
  { weight: 3, arbitrary: edit },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("both" as const) }) },
  // In the middle of the run of one, at its n-th request: a whole run of the other, and an edit.
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("run" as const),
      who,
      nth: fc.integer({ min: 1, max: 10 }),
      meanwhile: fc.boolean(),
      edit: fc.option(edit),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

const reached = { meanwhile: 0, losers: 0 };

async function playHistory(steps: readonly Step[]): Promise<void> {
  await withTwo(["a", "b", "k"], async (two) => {
    const made = new Set<string>();
    const superseded = new Set<string>();
    const apply = ({ kind, who: name, path: at }: Edit): void => {
      const { local } = two[name];
      const here = local.files()[at];
      if (kind === "touch") return here === undefined ? undefined : utimesSync(local.path(at), 1e9, 1e9);
      if (here !== undefined) superseded.add(here);
      if (kind === "erase") return here === undefined ? undefined : local.remove(at);
      const content = `v${made.size} of ${name}`;
      made.add(content);
      local.write(at, content);
    };
    const lost = (): Promise<void> =>
      assertKnown(
        two,
        [...made].filter((content) => !superseded.has(content)),
      );

    for (const each of steps) {
      if (each.kind === "both") {
        const first = two.A.run(...FLAGS);
        if (deletesBlindly) await first;
        for (const ran of await Promise.all([first, two.B.run(...FLAGS)])) assertEnded(ran);
      } else if (each.kind === "run") {
        const [one, other] = each.who === "A" ? [two.A, two.B] : [two.B, two.A];
        let met = 0;
        one.proxy.before = async (request) => {
          if (deletesBlindly && operationOf(request) === "DeleteObject") return;
          if (++met !== each.nth) return;
          if (each.edit !== null) apply(each.edit);
          if (each.meanwhile) assertEnded(await other.run(...FLAGS));
          reached.meanwhile++;
        };
        assertEnded(await one.run(...FLAGS));
        one.proxy.before = () => {};
      } else apply(each);
      await lost();
    }
    await assertSettlesOnBoth(two);
    await lost();
    for (const machine of [two.A, two.B]) reached.losers += machine.backups().length;
  });
}

describe(`scenarios I: ${HISTORIES} random histories of two machines`, { concurrency: LANES }, () => {
  for (let lane = 1; lane <= LANES; lane++) {
    test(`191 lane ${lane}: nothing is lost, and both settle (G1, G2, G3, G11)`, async () => {
      // No shrinking: each step would take seconds. The seed and the history are printed.
      await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), playHistory), {
        numRuns: HISTORIES / LANES,
        endOnFailure: true,
        includeErrorInReport: true,
      });
      assert.ok(reached.meanwhile > 0, JSON.stringify(reached));
    });
  }
});
