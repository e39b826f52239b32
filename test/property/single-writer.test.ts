/** Random histories in which one side alone is edited: whatever happens to runs, nothing is taken for a conflict. */

import { test } from "node:test";
import { ahead } from "../support/ahead.ts";
import type { Kinds } from "./world/history.ts";
import { playAll } from "./world/play.ts";

const KINDS: Omit<Kinds, "places"> = {
  ops: ["write", "write", "erase", "move", "touch", "restore", "age"],
  machines: ["A"],
  deeds: ["kill", "kill", "fail", "end", "signal", "edit"],
  lies: [],
};

const here = await ahead(() =>
  playAll({ ...KINDS, places: ["A"] }, 0.15, ["R4", "R7", "killed", "cut put-object", "cut delete-object"]),
);

const there = await ahead(() =>
  playAll({ ...KINDS, places: ["bucket"] }, 0.15, [
    "R2",
    "R3",
    "killed",
    "cut place-file",
    "cut rename-file",
  ]),
);

test(
  "where the files alone are edited, they stay as they are, and the bucket becomes the same (G9, G13)",
  here,
);

test("where the bucket alone is edited, it stays as it is, and the files become the same (G9, G13)", there);
