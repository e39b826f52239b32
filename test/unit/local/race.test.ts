/** Another process saves a file as fast as it can, while it is replaced, removed and renamed here. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { PathError } from "../../../src/model/errors.ts";
import { isUnknown, type LocalFile } from "../../../src/model/observation.ts";
import { keyOfText as key } from "../../../src/model/object-key.ts";
import { chunks, type RealTree, realTree } from "../../support/real-tree.ts";

type Act = (world: RealTree, file: LocalFile, round: number) => Promise<void>;

const ACTS: Readonly<Record<string, Act>> = {
  replaced: async ({ tree }, file, round) => {
    const staged = await tree.stage(file.key, chunks(`version ${round} of ours`), {
      mtimeNs: 0n,
      replaces: file,
      announce: async () => {},
    });
    await staged.commit();
  },
  removed: async ({ tree }, file) => tree.remove(file),
  renamed: async (world, file, round) => {
    await world.tree.rename(file, key(`moved/${round}`));
    rmSync(world.at(`moved/${round}`));
  },
};

/**
 * What the system leaves open: between the last look and the act, two calls later, a save can come. With the look
 * a few in a thousand acts are hit at this pace, without it every third.
 */
const MOST_LOST = 0.03;

for (const [what, act] of Object.entries(ACTS)) {
  for (const how of ["rename", "in-place"]) {
    test(`G4, G5: a file that is saved all the time (${how}) is ${what} only as it was seen`, async (context) => {
      using world = realTree();
      const { acts, refused, kept, taken } = await contend(world, how, act);
      const lost = taken.filter((version) => !kept.has(version));
      context.diagnostic(
        `${acts} acts, ${refused} refused, ${taken.length} versions taken, ${lost.length} lost`,
      );
      assert.ok(acts > 20 && taken.length > 20, "they met often enough");
      assert.ok(lost.length <= acts * MOST_LOST, `${lost.length} of ${acts}`);
      assert.deepEqual(
        world.entries().filter((name) => !["f", "moved/"].includes(name)),
        [],
      );
    });
  }
}

interface Contest {
  readonly acts: number;
  readonly refused: number;
  /** Every version that was read before an act. */
  readonly kept: ReadonlySet<string>;
  readonly taken: readonly string[];
}

async function contend(world: RealTree, how: string, act: Act): Promise<Contest> {
  const kept = new Set<string>();
  let acts = 0;
  let refused = 0;
  let editing = true;
  const editor = edit(world.at("f"), how).finally(() => (editing = false));
  for (let round = 0; editing; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    const file = world.tree.observe(key("f"));
    if (file === undefined || isUnknown(file)) continue;
    try {
      kept.add(await contentOf(world, file));
      await act(world, file, round);
      acts++;
    } catch (error) {
      if (!(error instanceof PathError)) throw error;
      refused++;
    }
  }
  return { acts, refused, kept, taken: await editor };
}

async function edit(file: string, how: string): Promise<readonly string[]> {
  const script = join(import.meta.dirname, "../../support/busy-editor.ts");
  const saves = process.env["SAVES"] ?? "600";
  const { stdout } = await promisify(execFile)(process.execPath, ["--import=tsx", script, file, how, saves]);
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
