/** Keys of any bytes, given to a real directory: nothing outside of it is ever read, made or changed (G19, G25). */

import assert from "node:assert/strict";
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { directory } from "../../src/local/directory.ts";
import { PathError } from "../../src/model/errors.ts";
import { isUnknown, type LocalFile } from "../../src/model/observation.ts";
import { keyOfText, type ObjectKey } from "../../src/model/object-key.ts";
import { type Draw, fuzz } from "../support/fuzz.ts";
import type { FileTree } from "../../src/ports/file-tree.ts";
import { chunks } from "../support/real-tree.ts";
import { tempDir } from "../support/temp-dir.ts";

const OURS = `.s3-bsync-${"0123456789abcdef".repeat(2)}`;
const dir = tempDir("fuzz-keys");
after(() => {
  try {
    assert.deepEqual(picture(outside), witness, "what lies outside is as it was");
  } finally {
    dir.remove();
  }
});
const root = join(dir.path, "root");
const outside = join(dir.path, "outside");
mkdirSync(join(outside, "d"), { recursive: true });
for (const name of ["a", "b", "d/a", OURS, `d/${OURS}`]) writeFileSync(join(outside, name), "outside");
const witness = picture(outside);

const PARTS = [
  "a",
  "b",
  "d",
  "out",
  "file",
  "..",
  ".",
  "",
  "a",
  "d",
  "\0",
  "\n",
  "\u001b[2J",
  "\u202e",
  "é",
  "e\u0301",
  "A",
  OURS,
  ".state",
  ".state.d",
  ".s3syncignore",
  "x".repeat(255),
  "x".repeat(256),
  "\\",
  "..\\a",
  "%2e%2e",
  "con",
  "a ",
  "~",
  "$HOME",
  "-rf",
  "\ud7ff",
] as const;

fuzz(
  "G19, G25, R24, X12: whatever a key holds, nothing outside of the root is read, made, changed or deleted",
  { met: ["done", "refused"] },
  async (draw) => {
    const tree = fresh();
    const file = seen(tree, keyOfText(draw.of(["a", "d/a"])));
    assert.ok(file !== undefined);
    let done = 0;
    for (let i = 0; i < 4; i++)
      if (await went(() => draw.of(ACTS)(keyFrom(draw), { tree, file, draw }))) done++;
    assert.deepEqual(readdirSync(dir.path).toSorted(), ["outside", "root"]);
    assert.equal(readFileSync(join(root, ".state"), "utf8"), "state");
    assert.deepEqual(readdirSync(join(root, ".state.d")), ["lock"]);
    return done > 0 ? "done" : "refused";
  },
);

interface Parts {
  readonly tree: FileTree;
  readonly file: LocalFile;
  readonly draw: Draw;
}

/** Files, the state among them, and ways out: a symlink to a directory, and one to a file. */
function fresh(): FileTree {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, "d/d"), { recursive: true });
  mkdirSync(join(root, ".state.d"));
  for (const name of ["a", "d/a", "d/d/a"]) writeFileSync(join(root, name), "inside");
  writeFileSync(join(root, ".state"), "state");
  writeFileSync(join(root, ".state.d/lock"), "state");
  symlinkSync(outside, join(root, "out"));
  symlinkSync(outside, join(root, "d/out"));
  symlinkSync(join(outside, "a"), join(root, "file"));
  return directory(root, { keyPrefix: "", hidden: [join(root, ".state"), join(root, ".state.d")] });
}

/** What is worth the most to whoever means harm. */
const TARGETS = [
  ".state",
  ".state.d/lock",
  ".state.d/x",
  "../outside/a",
  "d/../../outside/a",
  "out/a",
  "out/d/a",
  "d/out/a",
  "d/out/new",
  "file",
] as const;

function keyFrom(draw: Draw): ObjectKey {
  if (draw.below(3) === 0) return keyOfText(draw.of(TARGETS));
  if (draw.below(8) === 0) return draw.bytes(20).toString("latin1") as ObjectKey;
  const parts = draw.some(4, () => draw.of(PARTS));
  const key = (draw.below(12) === 0 ? outside : "") + [draw.of(PARTS), ...parts].join("/");
  return draw.below(10) === 0 ? (keyOfText(key).repeat(9) as ObjectKey) : keyOfText(key);
}

/** A file may be claimed to have any key, as a listing or a journal may say. */
const ACTS: readonly ((key: ObjectKey, parts: Parts) => unknown)[] = [
  async (key, { tree }) => {
    const options = { mtimeNs: 0n, replaces: seen(tree, key), announce: async () => {} };
    await (await tree.stage(key, chunks("new"), options)).commit();
  },
  async (key, { tree, file }) => {
    const opened = await tree.open({ ...file, key });
    try {
      assert.notEqual(Buffer.from(await opened.read(0, 3)).toString(), "out");
    } finally {
      opened.close();
    }
  },
  (key, { tree, file }) => tree.remove({ ...file, key }),
  (key, { tree, file }) => tree.rename(file, key),
  (key, { tree, file, draw }) => tree.rename({ ...file, key }, keyFrom(draw)),
  (key, { tree }) => seen(tree, key),
  (key, { tree }) => tree.isTaken(key),
  (key, { tree, draw }) => tree.sweep(key, draw.of([OURS, `../${OURS}`, "a", "../a", "", "..", `${OURS}\0`])),
];

function seen(tree: FileTree, key: ObjectKey): LocalFile | undefined {
  const found = tree.observe(key);
  if (found !== undefined && isUnknown(found)) throw new PathError(found.unknown);
  return found;
}

/** @returns false: the path was refused */
async function went(act: () => unknown): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof PathError) return false;
    throw error;
  }
}

function picture(folder: string): string[] {
  return ["", ...readdirSync(folder, { recursive: true, encoding: "utf8" })].toSorted().map((name) => {
    const { mode, mtimeMs, ctimeMs, nlink } = lstatSync(join(folder, name));
    return [name, mode, mtimeMs, ctimeMs, nlink].join(" ");
  });
}
