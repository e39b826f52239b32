/** Random histories of two sides, with edits in the middle of runs: nothing that nobody has superseded is ever lost. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DEFAULT_LIMITS } from "../../src/core/guard.ts";
import { PathError } from "../../src/model/errors.ts";
import { keyOfText } from "../../src/model/object-key.ts";
import { isUnknown } from "../../src/model/observation.ts";
import { MemoryObjectStore } from "../support/memory-object-store.ts";
import { MemorySync } from "../support/memory-sync.ts";

/** Few names that collide: a small pool finds more. */
const path = fc.constantFrom("a", "a/b", "a-b", "d/x", "d/y", "é");

const edit = fc.oneof(
  fc.record({ op: fc.constant("write" as const), side: fc.constantFrom("local", "remote"), path }),
  fc.record({ op: fc.constant("erase" as const), side: fc.constantFrom("local", "remote"), path }),
  fc.record({ op: fc.constant("touch" as const), side: fc.constant("local"), path }),
  fc.record({ op: fc.constant("both" as const), side: fc.constant("local"), path }),
  // Keeps size and time: a run need not see it, but must never destroy it unseen.
  fc.record({ op: fc.constant("sneak" as const), side: fc.constant("local"), path }),
);
/**
 * `mid`: before its n-th request or step on the disk an edit happens, or that step fails.
 * `hides`: a name that the listing of this run lacks, although the object is there.
 */
const run = fc.record({
  op: fc.constant("run" as const),
  mid: fc.option(fc.record({ nth: fc.nat(12), edit: fc.option(edit, { freq: 3 }) })),
  hides: fc.option(path, { freq: 2 }),
});
const history = fc.array(fc.oneof({ weight: 3, arbitrary: edit }, { weight: 1, arbitrary: run }), {
  minLength: 1,
  maxLength: 14,
});

/** How often the interesting things really happened; a generator that never reaches them proves nothing. */
const reached = {
  conflicts: 0,
  mid: 0,
  failed: 0,
  stale: 0,
  hidden: 0,
  sneaked: 0,
  deletions: 0,
  adoptions: 0,
};

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;
type Run = typeof run extends fc.Arbitrary<infer T> ? T : never;

class History {
  readonly sync = new MemorySync({ objects: new MemoryObjectStore({ unordered: true }) });
  /** Contents that a user replaced or deleted where they were: they may vanish. */
  readonly #superseded = new Set<string>();
  readonly #made = new Set<string>();
  readonly #sneaked = new Set<string>();
  #count = 0;

  apply({ op, side, path: name }: Edit): void {
    const { files, objects } = this.sync;
    const here = files.text(name);
    const there = objects.text(name);
    const time = this.sync.nowMs + (++this.#count % 3); // equal sizes and times are common: racy edits must be seen
    const content = `v${String(this.#count).padStart(3, "0")}`;
    if (op === "touch") {
      if (here !== undefined) files.put(name, here, time);
      return;
    }
    if (op === "sneak") {
      const file = files.observe(keyOfText(name));
      if (here === undefined || file === undefined || isUnknown(file)) return;
      this.#superseded.add(here);
      this.#sneaked.add(name);
      this.#made.add(content);
      files.put(name, content, file.mtimeMs);
      reached.sneaked++;
      return;
    }
    const clash = files.paths().some((each) => each.startsWith(`${name}/`) || name.startsWith(`${each}/`));
    if (
      op === "both"
        ? clash || here !== undefined || there !== undefined
        : side === "local" && op === "write" && clash
    )
      return;
    if ((op === "write" || op === "erase") && (side === "local" ? here : there) !== undefined) {
      this.#superseded.add((side === "local" ? here : there) ?? "");
    }
    if (op !== "erase") this.#made.add(content);
    const mtimeNs = BigInt(time) * 1_000_000n;
    if (op === "both") {
      files.put(name, content, time);
      objects.put(name, content, { mtimeNs });
    } else if (side === "local") {
      if (op === "erase") files.erase(name);
      else files.put(name, content, time);
    } else if (op === "erase") objects.erase(name);
    else objects.put(name, content, { mtimeNs });
  }

  async run({ mid, hides }: Pick<Run, "mid" | "hides"> = { mid: null, hides: null }): Promise<number> {
    const { files, objects } = this.sync;
    let steps = 0;
    const step = (kind: string): void => {
      if (mid === null || steps++ !== mid.nth) return;
      if (mid.edit !== null) {
        reached.mid++;
        this.apply(mid.edit);
      } else if (kind !== "list" && kind !== "scan") {
        reached.failed++;
        throw new PathError("as the test wants it");
      }
    };
    files.before = step;
    objects.before = step;
    objects.hides = (key) => {
      if (hides === null || key !== keyOfText(hides)) return false;
      reached.hidden++;
      return true;
    };
    const limits = { ...DEFAULT_LIMITS, deletions: { files: Number.POSITIVE_INFINITY, share: 1 } };
    const told = await this.sync.run({ allowEmpty: true, limits });
    files.before = () => {};
    objects.before = () => {};
    objects.hides = () => false;
    for (const { verb, end } of told.ended) {
      if (end === "stale") reached.stale++;
      if (verb.startsWith("delete")) reached.deletions++;
      if (verb === "adopt") reached.adoptions++;
    }
    reached.conflicts += told.result?.totals?.conflicts ?? 0;
    return told.code;
  }

  /** Every content that nobody replaced or deleted is on a side or in the backup. */
  assertNothingLost(): void {
    const { files, objects, losers } = this.sync;
    const alive = new Set([
      ...files.paths().map((name) => files.text(name)),
      ...objects.paths().map((name) => objects.text(name)),
      ...losers.map(({ text }) => text),
    ]);
    for (const content of this.#made) {
      assert.ok(alive.has(content) || this.#superseded.has(content), `${content} is lost`);
    }
  }

  /** Both sides hold the same, but for names that one directory cannot hold beside others. */
  async assertSettles(): Promise<void> {
    let code = 1;
    for (let runs = 0; runs < 4 && code !== 0; runs++) code = await this.run();
    const { files, objects } = this.sync;
    const clashing = objects
      .paths()
      .filter((name, _, all) =>
        all.some((each) => each.startsWith(`${name}/`) || name.startsWith(`${each}/`)),
      );
    assert.equal(code, clashing.length > 0 ? 3 : 0);
    const same = (name: string): void => {
      if (!this.#sneaked.has(name)) assert.equal(files.text(name), objects.text(name), name);
    };
    for (const name of objects.paths()) if (!clashing.includes(name)) same(name);
    for (const name of files.paths()) same(name);

    const { put, delete: deleted } = objects.requests;
    const writes = this.sync.state.writes;
    await this.run();
    assert.deepEqual(
      [objects.requests.put, objects.requests.delete, this.sync.state.writes],
      [put, deleted, writes],
      "settled means still",
    );
  }
}

const RUNS = Number(process.env["S3_BSYNC_HISTORIES"] ?? 3_000);

test(`${RUNS} random histories lose nothing and settle (R16, R18, R20, R23, X3, X4, X8)`, async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const world = new History();
      for (const step of steps) {
        if (step.op === "run") await world.run(step);
        else world.apply(step);
        world.assertNothingLost();
      }
      await world.assertSettles();
      world.assertNothingLost();
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  );
  for (const [what, count] of Object.entries(reached)) assert.ok(count > RUNS / 100, `${what}: ${count}`);
});
