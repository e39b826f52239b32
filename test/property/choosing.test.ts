/** Runs that are about a part of a map, in every way to choose it: what they leave is left whole, and nothing is lost by it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nameChoice } from "../../src/core/name-choice.ts";
import { Allowance } from "../../src/core/transfer-limit.ts";
import { type Direction, DIRECTIONS } from "../../src/model/choice.ts";
import { CONFLICT_POLICIES, type ConflictPolicy } from "../../src/model/conflict-policy.ts";
import { keyOfText, keyText } from "../../src/model/object-key.ts";
import { isUnknown } from "../../src/model/observation.ts";
import type { MapOrder } from "../../src/sync/map-ports.ts";
import { ahead } from "../support/ahead.ts";
import { MemorySync, type Told } from "../support/memory-sync.ts";

interface Edit {
  readonly op: "write" | "write" | "erase" | "move" | "sneak" | "touch" | "age" | "rules";
  readonly place: "here" | "bucket";
  readonly path: string;
  readonly to: string;
  readonly n: number;
}

interface Choice {
  readonly only: readonly string[];
  readonly exclude: readonly string[];
  readonly direction: Direction;
  /** Undefined: any amount. */
  readonly bytes: number | undefined;
}

interface Case {
  readonly tracked: readonly string[];
  readonly edits: readonly Edit[];
  readonly policy: Exclude<ConflictPolicy, "ask">;
  readonly choices: readonly Choice[];
}

const PATHS = ["a", "a/b", "a-b", "d/x", "d/y", "d/e/z", "é"] as const;
/** Most have one size, so that only their digests tell them apart, and names of equal content are common. */
const CONTENTS = ["A", "B", "C", "D", "long"] as const;
const RULES = ["x\n", "d/\n", "a*\n", "*\n!a\n", "\n"] as const;
const PATTERNS = [
  "a",
  "a/b",
  "d/",
  "d/*",
  "*-b",
  "é",
  "**",
  "a*",
  "d/**/z",
  ".s3syncignore",
  "nothing",
] as const;

const path = fc.constantFrom(...PATHS);
const edit: fc.Arbitrary<Edit> = fc.record({
  op: fc.constantFrom("write", "write", "erase", "erase", "move", "move", "sneak", "touch", "age", "rules"),
  place: fc.constantFrom("here", "bucket"),
  path,
  to: path,
  n: fc.nat(9),
});
const patterns = fc.array(fc.constantFrom(...PATTERNS), { maxLength: 2 });
const choice: fc.Arbitrary<Choice> = fc.record({
  only: patterns,
  exclude: patterns,
  direction: fc.constantFrom("both", ...DIRECTIONS),
  bytes: fc.constantFrom(undefined, undefined, 0, 1, 2, 5),
});
const history: fc.Arbitrary<Case> = fc.record({
  tracked: fc.subarray(["a", "a-b", "d/x", "d/y", "d/e/z", "é"]),
  edits: fc.array(edit, { minLength: 1, maxLength: 8, size: "max" }),
  policy: fc.constantFrom(...CONFLICT_POLICIES.filter((each) => each !== "ask")),
  choices: fc.array(choice, { minLength: 1, maxLength: 3 }),
});

const FREE = { deletions: { files: Infinity, share: 1 }, overwrites: { files: Infinity, share: 1 } };
const BEGAN_MS = 1_900_000_060_000; // when the first run of a MemorySync begins
const STAMP = /\.conflict-\d{8}-\d{6}/;

/** In sync, and then edited. Every file has a time within the last run's: an edit that keeps it is seen by a full run. */
async function begin({ tracked, edits }: Case): Promise<MemorySync> {
  const sync = new MemorySync();
  for (const [i, name] of tracked.entries()) sync.files.put(name, CONTENTS[i % 3] ?? "", BEGAN_MS);
  await sync.run();
  for (const [i, each] of edits.entries()) doEdit(sync, each, BEGAN_MS + 1000 * (i + 2));
  return sync;
}

function doEdit(
  { files, objects }: MemorySync,
  { op, place, path: name, to, n }: Edit,
  timeMs: number,
): void {
  const isHere = place === "here";
  const put = (target: string, text: string, ms = timeMs): void => {
    if (!isHere) objects.put(target, text, { mtimeNs: BigInt(ms) * 1_000_000n });
    else if (!files.paths().some((each) => each.startsWith(`${target}/`) || target.startsWith(`${each}/`)))
      files.put(target, text, ms);
  };
  const text = isHere ? files.text(name) : objects.text(name);
  const content = CONTENTS[n % CONTENTS.length] ?? "";
  if (op === "write") put(name, content);
  if (op === "rules") put(".s3syncignore", RULES[n % RULES.length] ?? "");
  if (op === "age" && text !== undefined) put(name, content, BEGAN_MS - 1_000_000);
  if (text === undefined) return;
  if (op === "touch") put(name, text);
  if (op === "sneak" && isHere && text.length === 1) put(name, CONTENTS[n % 4] ?? "", BEGAN_MS);
  if (op === "erase" && isHere) files.erase(name);
  if (op === "erase" && !isHere) objects.erase(name);
  if (op !== "move" || name === to) return;
  put(to, text, isHere ? BEGAN_MS : timeMs);
  if (isHere && files.text(to) === text) files.erase(name);
  if (!isHere) objects.erase(name);
}

/** All that is known of one name. */
function stand({ files, objects, state }: MemorySync, name: string): unknown {
  const key = keyOfText(name);
  const seen = files.observe(key);
  const time = seen === undefined || isUnknown(seen) ? undefined : seen.mtimeMs;
  return [files.text(name), time, objects.text(name), state.records.get(key)];
}

function namesIn({ files, objects, state }: MemorySync): readonly string[] {
  const names = [
    ...files.paths(),
    ...objects.paths(),
    ...[...state.records.keys()].map((key) => keyText(key)),
  ];
  return [...new Set([...names, ...PATHS, ".s3syncignore"])];
}

function standsIn(sync: MemorySync): ReadonlyMap<string, unknown> {
  return new Map(namesIn(sync).map((name) => [name, stand(sync, name)]));
}

async function runPart(sync: MemorySync, policy: ConflictPolicy, each: Choice): Promise<Told> {
  const { only, exclude, direction, bytes } = each;
  return sync.run({
    ...full(policy),
    names: nameChoice({ only, exclude }),
    direction,
    allowance: bytes === undefined ? undefined : new Allowance(bytes),
  });
}

const full = (onConflict: ConflictPolicy): Partial<MapOrder> => ({
  onConflict,
  limits: FREE,
  allowEmpty: true,
});

/** What both sides and the records hold, but for the times of names that losers got. */
function end(sync: MemorySync): unknown {
  const told = (contents: Iterable<readonly [string, string]>): readonly string[] =>
    [...contents].map(([name, text]) => `${name.replace(STAMP, ".conflict")} ${text}`).toSorted();
  const records = [...sync.state.records.values()].map(
    ({ key, size, etag }) => [key, `${size} ${etag}`] as const,
  );
  return [told(sync.files.contents()), told(sync.objects.contents()), told(records)];
}

function assertLeft(before: ReadonlyMap<string, unknown>, sync: MemorySync, each: Choice, told: Told): void {
  const chosen = nameChoice(each);
  const left = new Set<string>(told.ended.filter((one) => one.end === "left").map(({ key }) => key));
  for (const name of namesIn(sync)) {
    if (STAMP.test(name)) continue;
    const isLeft = left.has(keyOfText(name)) || !chosen(keyOfText(name));
    if (isLeft) assert.deepEqual(stand(sync, name), before.get(name), `${name} is left`);
  }
}

function sideOf(sync: MemorySync, direction: Direction): readonly string[] {
  const { files, objects } = sync;
  const still = direction === "up" ? files.contents() : direction === "down" ? objects.contents() : [];
  return [...still].map(([name, text]) => `${name} ${text}`).toSorted();
}

const RUNS = Math.ceil(Number(process.env["S3_BSYNC_HISTORIES"] ?? 50_000) * 0.04);

const chosen = await ahead(async () => {
  const reached = { moves: 0, left: 0, conflicts: 0, limited: 0 };
  await fc.assert(
    fc.asyncProperty(history, async (each) => {
      const alone = await begin(each);
      for (let i = 0; i < 3; i++) await alone.run(full(each.policy));

      const sync = await begin(each);
      for (const one of each.choices) {
        const before = standsIn(sync);
        const still = sideOf(sync, one.direction);
        const told = await runPart(sync, each.policy, one);
        assertLeft(before, sync, one, told);
        assert.deepEqual(sideOf(sync, one.direction), still, `${one.direction} changes one side only`);
        reached.moves += told.ended.filter(
          ({ verb }) => verb === "copy-remote" || verb === "rename-local",
        ).length;
        reached.left += told.result?.totals?.leftByChoice ?? 0;
        reached.limited += told.held.length;
        reached.conflicts += told.result?.totals?.conflicts ?? 0;
      }
      for (let i = 0; i < 3; i++) await sync.run(full(each.policy));
      assert.deepEqual(end(sync), end(alone));
    }),
    {
      numRuns: RUNS,
      ...(process.env["S3_BSYNC_SEED"] === undefined ? {} : { seed: Number(process.env["S3_BSYNC_SEED"]) }),
    },
  );
  for (const [what, count] of Object.entries(reached))
    assert.ok(count >= RUNS / 1_000 - 1, `${what}: ${count}`);
});

test(
  "what a run leaves by names, direction or amount keeps its file, its object and its record, byte for byte; full runs then end where they alone would have ended (CH4 CH5 CH6 CH8 CH9 CH10 CH11)",
  chosen,
);
