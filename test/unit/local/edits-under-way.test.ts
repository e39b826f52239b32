/** A user who edits between the look and the act: whatever the edit is, the act is refused and the edit stays. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { LocalFile } from "../../../src/model/observation.ts";
import { keyOfText as key } from "../../../src/model/object-key.ts";
import type { StageOptions } from "../../../src/ports/file-tree.ts";
import { chunks, type RealTree, realTree } from "../../support/real-tree.ts";

type Edit = (path: string) => void;
type Act = () => Promise<unknown>;

const NEW: StageOptions = { mtimeNs: 0n, replaces: undefined, announce: async () => {} };
const stale = { name: "Stale" };

/** Of a file "content". */
const EDITS: Readonly<Record<string, Edit>> = {
  "saved by rename": (path) => {
    writeFileSync(`${path}.editor`, "CONTENT");
    renameSync(`${path}.editor`, path);
  },
  "saved by rename with its old time": (path) => {
    const { atimeMs, mtimeMs } = lstatSync(path);
    writeFileSync(`${path}.editor`, "CONTENT");
    utimesSync(`${path}.editor`, atimeMs / 1000, mtimeMs / 1000);
    renameSync(`${path}.editor`, path);
  },
  "saved in place": (path) => writeFileSync(path, "another content"),
  "saved in place with its old size and time": (path) => {
    const { atimeMs, mtimeMs } = lstatSync(path);
    writeFileSync(path, "CONTENT");
    utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
  },
  "made longer": (path) => appendFileSync(path, "x"),
  "made shorter": (path) => truncateSync(path, 1),
  "made empty": (path) => truncateSync(path),
  touched: (path) => utimesSync(path, 1, 1),
  "given another mode": (path) => chmodSync(path, 0o600),
  "given a second name": (path) => {
    rmSync(`${path}-twin`, { force: true });
    linkSync(path, `${path}-twin`);
  },
  deleted: (path) => rmSync(path),
  moved: (path) => renameSync(path, `${path}-moved`),
  "moved with its directory": (path) => renameSync(dirname(path), `${dirname(path)}-moved`),
  "made a directory": (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  "made a symlink to the same content": (path) => {
    renameSync(path, `${path}-real`);
    symlinkSync("f-real", path);
  },
  "made a FIFO": (path) => {
    rmSync(path);
    execFileSync("mkfifo", [path]);
  },
};

/** What is begun, before the edit, of a file that was seen. */
const ACTS: Readonly<Record<string, (world: RealTree, file: LocalFile) => Promise<Act>>> = {
  opened:
    async ({ tree }, file) =>
    async () =>
      tree.open(file),
  "replaced by what is staged already": async ({ tree }, file) => {
    const staged = await tree.stage(file.key, chunks("ours"), { ...NEW, replaces: file });
    return async () => staged.commit();
  },
  "replaced by what is staged then":
    async ({ tree }, file) =>
    async () =>
      tree.stage(file.key, chunks("ours"), { ...NEW, replaces: file }),
  removed:
    async ({ tree }, file) =>
    async () =>
      tree.remove(file),
  renamed:
    async ({ tree }, file) =>
    async () =>
      tree.rename(file, key("d/new/g")),
  "renamed into its own directory":
    async ({ tree }, file) =>
    async () =>
      tree.rename(file, key("d/g")),
};

for (const [what, begin] of Object.entries(ACTS)) {
  for (const [how, edit] of Object.entries(EDITS)) {
    test(`G4, G5: a file that is ${how} is not ${what}`, async () => {
      using world = realTree();
      for (const each of ["d/f", "d/other"]) world.put(each, "content");
      const before = world.seen("d/f");
      const act = await begin(world, before);
      do edit(world.at("d/f"));
      while (looksAsBefore(world.at("d/f"), before));
      const edited = picture(world);
      await assert.rejects(act, stale);
      assert.deepEqual(picture(world), edited);
      assert.ok(!world.entries().some((name) => name.includes(".s3-bsync-")), "nothing of ours is left");
    });
  }
}

test("G17: a file that is edited while it is open is told, whatever the edit is", async () => {
  for (const [how, edit] of Object.entries(EDITS)) {
    if (["made a directory", "made a FIFO", "deleted"].includes(how)) continue; // the open file is as it was
    using world = realTree();
    world.put("d/f", "content");
    const before = world.seen("d/f");
    const file = await world.tree.open(before);
    do edit(world.at("d/f"));
    while (looksAsBefore(world.at("d/f"), before));
    if (how !== "moved with its directory") assert.throws(() => file.unchanged(), stale, how);
    file.close();
  }
});

/** What comes to a name that was free. */
const ARRIVALS: Readonly<Record<string, Edit>> = {
  "a file": (path) => writeFileSync(path, "by the user"),
  "an empty file": (path) => writeFileSync(path, ""),
  "a directory": (path) => mkdirSync(path),
  "a symlink to nothing": (path) => symlinkSync("nowhere", path),
  "a FIFO": (path) => execFileSync("mkfifo", [path]),
  "a second name of the file itself": (path) => linkSync(join(dirname(path), "f"), path),
};

for (const [what, arrive] of Object.entries(ARRIVALS)) {
  test(`G4, X13: ${what} that came to a free name is neither replaced by a download nor by a rename`, async () => {
    using world = realTree();
    world.put("d/f", "content");
    const staged = await world.tree.stage(key("d/g"), chunks("ours"), NEW);
    arrive(world.at("d/g"));
    const arrived = picture(world);
    await assert.rejects(staged.commit(), stale);
    await assert.rejects(world.tree.stage(key("d/g"), chunks("ours"), NEW), stale);
    await assert.rejects(world.tree.rename(world.seen("d/f"), key("d/g")), stale);
    assert.deepEqual(picture(world), arrived);
    assert.ok(!world.entries().some((name) => name.includes(".s3-bsync-")), "and nothing of ours is left");
  });
}

/** Some file systems count time in steps of milliseconds: an edit is one only when its step has come. */
function looksAsBefore(path: string, { size, mtimeMs, ctimeMs, ino }: LocalFile): boolean {
  const now = lstatSync(path, { throwIfNoEntry: false });
  return now?.ino === ino && now.size === size && now.mtimeMs === mtimeMs && now.ctimeMs === ctimeMs;
}

/** Every entry of the user's: its kind, mode, time and content. */
function picture(world: RealTree): string[] {
  return world.entries().flatMap((name) => {
    if (name.includes("/.s3-bsync-")) return [];
    const stats = lstatSync(world.at(name));
    const content = stats.isFile() ? `${stats.mtimeMs} ${readFileSync(world.at(name), "utf8")}` : "";
    return `${name} ${stats.mode.toString(8)} ${content}`;
  });
}
