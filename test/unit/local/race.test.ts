/** Another process saves files as fast as it can, while they are replaced, removed, renamed and created here. */

import assert from "node:assert/strict";
import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { PathError } from "../../../src/model/errors.ts";
import { isUnknown, type LocalFile } from "../../../src/model/observation.ts";
import { keyOfText as key } from "../../../src/model/object-key.ts";
import type { StageOptions } from "../../../src/ports/file-tree.ts";
import { chunks, type RealTree, realTree } from "../../support/real-tree.ts";

type Act = (world: RealTree, file: LocalFile, round: number) => Promise<unknown>;

const SAVES = 400;
/** Longer than the prompted editor takes to save. */
const MAX_REST_US = 1500;
const NEW: StageOptions = { mtimeNs: 0n, replaces: undefined, announce: async () => {} };

async function replace({ tree }: RealTree, file: LocalFile): Promise<void> {
  const staged = await tree.stage(file.key, chunks("version 0 of ours"), { ...NEW, replaces: file });
  await staged.commit();
}

/**
 * Between the last look and the call that acts on it a save by rename can come: no system call that Node has does
 * both. At a save a millisecond that hits about one act in a hundred; without a look, of replacements most.
 */
const MOST_LOST = 0.2;
const FEW = 5;

for (const [what, act] of [
  ["replaced", replace],
  ["removed", async ({ tree }, file) => tree.remove(file)],
  ["renamed", async ({ tree }, file, round) => tree.rename(file, key(`moved/${round}`))],
] as const satisfies readonly (readonly [string, Act])[]) {
  test(`G4, G5: a file that is saved by rename all the time is ${what} as it was seen, but for a save of that very moment`, async (context) => {
    using world = realTree();
    const { acts, refused, lost } = await contend(world, "rename", act);
    context.diagnostic(`${acts} acts, ${refused} refused, ${lost.length} versions lost`);
    assert.ok(acts > 0, "they met");
    assert.ok(lost.length <= Math.max(FEW, acts * MOST_LOST), `${lost.length} of ${acts}`);
    assert.ok(!world.entries().some((name) => name.includes(".s3-bsync-")), "nothing of ours is left");
  });
}

test("G4, X13: of a file that is saved in place all the time no version is lost by renames", async (context) => {
  using world = realTree();
  const { acts, refused, lost } = await contend(world, "in-place", ({ tree }, file, round) =>
    tree.rename(file, key(`moved/${round}`)),
  );
  context.diagnostic(`${acts} acts, ${refused} refused`);
  assert.ok(acts > 0, "they met");
  assert.deepEqual(lost, []);
});

test("G4: files that come to their names at the moment when downloads do are never replaced", async (context) => {
  using world = realTree();
  using editor = promptedEditor();
  const names = Array.from({ length: SAVES }, (_, index) => `f${index + 1}`);
  let done = 0;
  for (const [index, name] of names.entries()) {
    const staged = await world.tree.stage(key(name), chunks("ours"), NEW);
    const saved = editor.save(world.at(name));
    await rest((index * 7919) % MAX_REST_US);
    if (await went(() => staged.commit())) done++;
    await saved;
  }
  context.diagnostic(`${done} done, ${SAVES - done} refused`);
  assert.ok(done < SAVES, "the editor was ahead of some");
  assert.deepEqual(world.entries(), names.toSorted());
  assert.deepEqual(
    names.filter((name) => world.text(name) === "ours"),
    [],
  );
});

interface Contest {
  readonly acts: number;
  readonly refused: number;
  /** Versions that were taken away from the editor, and that nobody had read. */
  readonly lost: readonly string[];
}

async function contend(world: RealTree, how: string, act: Act): Promise<Contest> {
  const kept = new Set<string>();
  let acts = 0;
  let refused = 0;
  let editing = true;
  const editor = edit(world.at("f"), how).finally(() => (editing = false));
  for (let round = 0; editing; round++) {
    await turn();
    const file = world.tree.observe(key("f"));
    if (file === undefined || isUnknown(file)) continue;
    const acted = await went(async () => {
      kept.add(await contentOf(world, file));
      await act(world, file, round);
    });
    if (acted) acts++;
    else refused++;
  }
  const taken = await editor;
  for (const version of movedAway(world)) kept.add(version);
  return { acts, refused, lost: taken.filter((version) => !kept.has(version)) };
}

/** A user's editor that saves a new file by rename as soon as it is asked to. */
function promptedEditor(): Disposable & { readonly save: (path: string) => Promise<unknown> } {
  const script = join(import.meta.dirname, "../../support/prompted-editor.ts");
  const child = fork(script, { execArgv: ["--import=tsx"] });
  return {
    save: async (path) => {
      const saved = once(child, "message");
      child.send(path);
      await saved;
    },
    [Symbol.dispose]: () => child.disconnect(),
  };
}

/** @returns the versions that were taken away */
async function edit(file: string, how: string): Promise<readonly string[]> {
  const script = join(import.meta.dirname, "../../support/busy-editor.ts");
  const words = ["--import=tsx", script, file, how, String(SAVES)];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout) as readonly string[];
}

/** @throws {Stale} it is not what was observed */
async function contentOf({ tree }: RealTree, observed: LocalFile): Promise<string> {
  const file = await tree.open(observed);
  try {
    const bytes = await file.read(0, observed.size);
    file.unchanged();
    return Buffer.from(bytes).toString();
  } finally {
    file.close();
  }
}

function movedAway(world: RealTree): readonly string[] {
  const folder = world.at("moved");
  return existsSync(folder)
    ? readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"))
    : [];
}

/** @returns false: the world moved */
async function went(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof PathError) return false;
    throw error;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The loop turns meanwhile: what was said to another process leaves. */
async function rest(us: number): Promise<void> {
  const end = performance.now() + us / 1000;
  do await turn();
  while (performance.now() < end);
}
