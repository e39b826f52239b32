/**
 * Every combination of what three paths can be on both sides and in the records, through the whole conductor: each
 * ends as the tables say, whatever its neighbours are.
 */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_LIMITS } from "../../src/core/guard.ts";
import type { Rule } from "../../src/model/decision.ts";
import { keyOfText } from "../../src/model/object-key.ts";
import { contentEtags } from "../../src/remote/writing/content-etags.ts";
import { ahead } from "../support/ahead.ts";
import { MemorySync, type Told } from "../support/memory-sync.ts";

/** All of one size, so that only digests tell what was renamed. */
type Content = "A" | "B" | undefined;

interface Cell {
  readonly base: Content;
  readonly local: Content;
  readonly remote: Content;
  /** When the file was written: the record and the object have the time 1. */
  readonly age: 0 | 1 | 2;
}

const NAMES = ["a", "b", "c"] as const;
const CONTENTS = [undefined, "A", "B"] as const;

/** A record of A stands for one of B, by giving the letters the other way round. A change that keeps the time is none. */
const CELLS: readonly Cell[] = ([undefined, "A"] as const).flatMap((base) =>
  CONTENTS.flatMap((local) =>
    CONTENTS.flatMap((remote) => agesOf(base, local).map((age): Cell => ({ base, local, remote, age }))),
  ),
);

function agesOf(base: Content, local: Content): readonly Cell["age"][] {
  if (local === undefined) return [1];
  return base === local ? [1, 2] : [0, 2];
}

/**
 * A plan treats names alike, but for their order, which matters only where one of several could be the other half of
 * a rename: so of the orders of three cells one is taken, now ascending and now not.
 */
function* combinations(): Generator<readonly Cell[]> {
  let isTurned = false;
  for (const [i, first] of CELLS.entries()) {
    for (const [j, second] of CELLS.slice(0, i + 1).entries()) {
      for (const third of CELLS.slice(0, j + 1)) {
        yield isTurned ? [third, first, second] : [first, second, third];
        isTurned = !isTurned;
      }
    }
  }
}

interface Expected {
  readonly rule: Rule | undefined;
  readonly both: Content;
  /** What goes into the backup. */
  readonly kept: Content;
  readonly deletes: boolean;
}

/** The oracle: written from the tables alone, for one path. */
function expected({ base, local, remote, age }: Cell): Expected {
  const end = (rule: Rule | undefined, both: Content, more: Partial<Expected> = {}): Expected => ({
    rule,
    both,
    kept: undefined,
    deletes: false,
    ...more,
  });
  if (local === remote && (base === undefined || local === undefined)) {
    if (local === undefined) return end(base === undefined ? undefined : "R9", undefined);
    return end("R12", local);
  }
  const compared = (rule: Rule): Expected =>
    local === remote
      ? end(rule, local)
      : age > 1
        ? end(rule, local, { kept: remote })
        : end(rule, remote, { kept: local });
  if (base === undefined) {
    if (local === undefined) return end("R10", remote);
    return remote === undefined ? end("R11", local) : compared("R12");
  }
  if (local === base) {
    if (remote === base) return end(age === 1 ? undefined : "R1", base); // a touch is adopted
    return remote === undefined ? end("R3", undefined, { deletes: true }) : end("R2", remote);
  }
  if (local === undefined) {
    return remote === base ? end("R7", undefined, { deletes: true }) : end("R8", remote);
  }
  if (remote === undefined) return end("R6", local);
  if (remote !== base) return compared("R5");
  // A file that comes with an older time: the tree may have gone back.
  return age === 0 ? end("R4", local, { kept: remote, deletes: true }) : end("R4", local);
}

const at = (age: number): number => 1_700_000_000_000 + age * 60_000;

function begin(cells: readonly Cell[]): MemorySync {
  const sync = new MemorySync();
  for (const [index, { base, local, remote, age }] of cells.entries()) {
    const name = NAMES[index] ?? "";
    const key = keyOfText(name);
    if (local !== undefined) sync.files.put(name, local, at(age));
    if (remote !== undefined) sync.objects.put(name, remote, { mtimeNs: BigInt(at(1)) * 1_000_000n });
    if (base === undefined) continue;
    const etag = contentEtags(Buffer.from(base)).single;
    sync.state.records.set(key, { key, size: base.length, mtimeMs: at(1), etag });
  }
  const root = sync.files.identity();
  const identity = root === undefined ? undefined : { endpoint: sync.objects.endpoint, root };
  sync.state.remembered = { momentMs: at(1000), identity };
  return sync;
}

const FREE = { deletions: { files: Infinity, share: 1 }, overwrites: { files: Infinity, share: 1 } };
const NO_DELETIONS = { ...DEFAULT_LIMITS, deletions: { files: 0, share: 0 } };

const contentsOf = (sync: MemorySync): readonly (readonly [Content, Content])[] =>
  NAMES.map((name) => [sync.files.text(name) as Content, sync.objects.text(name) as Content]);

const words = (cells: readonly Cell[]): string => JSON.stringify(cells);

async function endAsTold(): Promise<void> {
  let moves = 0;
  for (const cells of combinations()) {
    const sync = begin(cells);
    const dry = await sync.run({ dryRun: true, allowEmpty: true, limits: FREE });
    const told = await sync.run({ allowEmpty: true, limits: FREE });
    const ends = cells.map(expected);

    assert.equal(told.code, 0, words(cells));
    assert.deepEqual(said(dry.planned), said(told.ended), `a dry run says what a run does: ${words(cells)}`);
    assert.deepEqual(
      contentsOf(sync),
      ends.map(({ both }) => [both, both]),
      words(cells),
    );
    assert.deepEqual(
      rulesOf(told),
      ends.map(({ rule }) => rule),
      `rules: ${words(cells)}`,
    );
    assert.deepEqual(backupOf(sync), keptOf(cells, told), `backup: ${words(cells)}`);
    assert.equal(sync.state.records.size, ends.filter(({ both }) => both !== undefined).length);
    moves += movesOf(cells, told);

    const writes = [sync.objects.requests.put, sync.objects.requests.delete, sync.state.writes];
    assert.equal((await sync.run({ allowEmpty: true })).code, 0);
    const { put, delete: deleted } = sync.objects.requests;
    assert.deepEqual([put, deleted, sync.state.writes], writes, `a second run is still: ${words(cells)}`);
  }
  assert.ok(moves > 100, `renames were seen: ${moves}`);
}

async function holdDeletions(): Promise<void> {
  for (const cells of combinations()) {
    const sync = begin(cells);
    const told = await sync.run({ allowEmpty: true, limits: NO_DELETIONS });
    const moved = new Set(told.ended.filter(({ verb }) => MOVES.has(verb)).map(({ key }) => key));
    const gone = NAMES.filter((name) => told.ended.some(({ key, end }) => key === name && end === "done"));
    for (const [index, cell] of cells.entries()) {
      const { both, deletes } = expected(cell);
      const name = NAMES[index] ?? "";
      const renamed = deletes && cell.age !== 0 && moved.size > 0 && gone.includes(name as "a");
      const sides = deletes && !renamed ? [cell.local, cell.remote] : [both, both];
      assert.deepEqual(contentsOf(sync)[index], sides, `${name}: ${words(cells)}`);
    }
    const held = cells.some((cell, index) => expected(cell).deletes && !gone.includes(NAMES[index] ?? "a"));
    assert.equal(told.code, held ? 4 : 0, words(cells));
  }
}

async function stopWhereEmpty(): Promise<void> {
  for (const cells of combinations()) {
    const tracked = cells.filter(({ base }) => base !== undefined).length;
    const isEmpty =
      cells.every(({ local }) => local === undefined) || cells.every(({ remote }) => remote === undefined);
    if (tracked < 2 || !isEmpty) continue;
    const sync = begin(cells);
    const told = await sync.run({ limits: FREE });
    assert.equal(told.code, 4);
    assert.deepEqual(
      contentsOf(sync),
      cells.map(({ local, remote }) => [local, remote]),
    );
    assert.equal(sync.state.writes, 0);
  }
}

const MOVES: ReadonlySet<string> = new Set(["copy-remote", "rename-local"]);

function said(items: readonly { key: string; verb: string; rule: string }[]): readonly string[] {
  return items.map(({ key, verb, rule }) => `${key} ${verb} ${rule}`).toSorted();
}

function rulesOf({ ended }: Told): readonly (Rule | undefined)[] {
  return NAMES.map((name) => ended.find(({ key }) => key === name)?.rule);
}

function backupOf(sync: MemorySync): readonly string[] {
  return sync.losers.map(({ loser, text }) => `${loser.key} ${text}`).toSorted();
}

/** The only ways in which a neighbour matters: a rename needs no backup; beside a file that went back in time, R7 makes one (R19). */
function keptOf(cells: readonly Cell[], { ended }: Told): readonly string[] {
  const ends = cells.map(expected);
  const rolledBack = ends.some(({ rule, kept }) => rule === "R4" && kept !== undefined);
  return ends
    .map(({ rule, kept }, index) => {
      const name = NAMES[index] ?? "";
      const isMoved = ended.some(
        ({ key, verb, note }) => key === name && verb === "delete-remote" && note?.startsWith("renamed"),
      );
      const saved = rule === "R7" && rolledBack && !isMoved ? cells[index]?.base : kept;
      return saved === undefined ? undefined : `${name} ${saved}`;
    })
    .filter((each) => each !== undefined)
    .toSorted();
}

/** A rename is only what goes under one name and comes under another one, on the same side, with the same content. */
function movesOf(cells: readonly Cell[], { ended }: Told): number {
  const goes = { "copy-remote": "R7", "rename-local": "R3" } as const;
  const comes = { "copy-remote": "R11", "rename-local": "R10" } as const;
  let moves = 0;
  for (const { key, verb, rule } of ended) {
    if (verb !== "copy-remote" && verb !== "rename-local") continue;
    moves++;
    assert.equal(rule, comes[verb]);
    const content = expected(cells[NAMES.indexOf(key as string as "a")] as Cell).both;
    assert.ok(
      cells.some((cell) => expected(cell).rule === goes[verb] && cell.base === content),
      words(cells),
    );
  }
  return moves;
}

const asTold = await ahead(endAsTold);
const held = await ahead(holdDeletions);
const stopped = await ahead(stopWhereEmpty);

describe("three paths in every combination", () => {
  test("each ends as the tables say, as the dry run said, with nothing lost, and stays so (G1, G11)", asTold);

  test("a guard about amounts holds every deletion but those of renames, and nothing else (S6)", held);

  test("a side that is empty stops the map, where two paths are tracked (S2)", stopped);
});
