/** Another process makes a directory a symlink and a directory again, all the time: nothing goes through it. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { PathError } from "../../../src/model/errors.ts";
import { isUnknown } from "../../../src/model/observation.ts";
import { keyOfText as key } from "../../../src/model/object-key.ts";
import { chunks, type RealTree, realTree } from "../../support/real-tree.ts";

const OURS = `.s3-bsync-${"0123456789abcdef".repeat(2)}`;
const MS = 2000;

test("G19, X12, X13: under an attacker who swaps a directory for a symlink nothing outside is read or touched", async (context) => {
  using world = realTree();
  const outside = `${world.root}-outside`;
  mkdirSync(join(outside, "e"), { recursive: true });
  for (const each of ["a", "b", "e/a", OURS, `e/${OURS}`]) writeFileSync(join(outside, each), "outside");
  const before = picture(outside);
  mkdirSync(world.at("d"));

  let attacking = true;
  const script = join(import.meta.dirname, "../../support/link-swapper.ts");
  const attack = promisify(execFile)(process.execPath, [
    "--import=tsx",
    script,
    world.at("d"),
    outside,
    String(MS),
  ]).finally(() => (attacking = false));
  const done = new Map<string, number>();
  const refused = new Map<string, number>();
  for (let round = 0; attacking; round++) {
    for (const [what, act] of Object.entries(ACTS)) {
      const counts = (await went(() => act(world, round))) ? done : refused;
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
  }

  const { stdout } = await attack;
  context.diagnostic(`${stdout} swaps; done: ${shown(done)}; refused: ${shown(refused)}`);
  assert.deepEqual(picture(outside), before);
  for (const [what, act] of Object.entries(ACTS)) {
    assert.ok(await went(() => act(world, -1)), `${what} goes through when nobody is in the way`);
    if (what !== "sweep") assert.ok(refused.has(what), `${what} met the attacker`);
  }
});

const ACTS: Readonly<Record<string, (world: RealTree, round: number) => Promise<void>>> = {
  async stage({ tree }, round) {
    for (const path of ["d/a", "d/b", "d/e/a", `d/new${round % 3}/a`]) {
      const seen = tree.observe(key(path));
      if (seen !== undefined && isUnknown(seen)) throw new PathError(seen.unknown);
      const options = { mtimeNs: 0n, replaces: seen, announce: async () => {} };
      await (await tree.stage(key(path), chunks("inside"), options)).commit();
    }
  },
  async open({ tree }) {
    const seen = tree.observe(key("d/a"));
    if (seen === undefined || isUnknown(seen)) throw new PathError("not there");
    const file = await tree.open(seen);
    try {
      assert.equal(Buffer.from(await file.read(0, seen.size)).toString(), "inside");
    } finally {
      file.close();
    }
  },
  async rename({ tree }, round) {
    for (const [from, to] of [
      ["d/a", `kept/${round}`],
      ["d/b", `d/e/b${round}`],
    ] as const) {
      const seen = tree.observe(key(from));
      if (seen === undefined || isUnknown(seen)) throw new PathError("not there");
      const renamed = await tree.rename(seen, key(to));
      await tree.remove(renamed);
    }
  },
  async remove({ tree }) {
    const seen = tree.observe(key("d/e/a"));
    if (seen === undefined || isUnknown(seen)) throw new PathError("not there");
    await tree.remove(seen);
  },
  async sweep({ tree }) {
    for (const path of ["d/a", "d/e/a"]) tree.sweep(key(path), OURS);
  },
};

/** @returns false: the world moved */
async function went(act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof PathError) return false;
    throw error;
  }
}

/** Every entry: kind, mode, times and content. */
function picture(folder: string): string[] {
  return ["", ...readdirSync(folder, { recursive: true, encoding: "utf8" })].toSorted().map((name) => {
    const { mode, mtimeMs, ctimeMs, nlink } = lstatSync(join(folder, name));
    const content = mode & 0o040000 ? "" : readFileSync(join(folder, name), "utf8");
    return [name, mode.toString(8), mtimeMs, ctimeMs, nlink, content].join(" ");
  });
}

function shown(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([what, count]) => `${what} ${count}`).join(", ");
}
