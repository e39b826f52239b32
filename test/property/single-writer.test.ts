/** Random histories in which one side alone is edited: whatever happens to runs, nothing is ever taken for a conflict. */

import { test } from "node:test";
import type { Kinds } from "./world/history.ts";
import { playAll } from "./world/play.ts";

const KINDS: Omit<Kinds, "places"> = {
  ops: ["write", "write", "erase", "move", "touch", "restore", "age"],
  machines: ["A"],
  deeds: ["kill", "kill", "fail", "end", "signal", "edit"],
  lies: [],
};

for (const writer of ["A", "bucket"] as const) {
  test(`where only ${writer} is edited, it stays as it is, and the other side becomes the same`, () =>
    playAll({ ...KINDS, places: [writer] }, 0.15, []));
}
