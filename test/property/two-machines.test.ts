/** Random histories of two machines on one prefix, of which one may run in the middle of the other's run. */

import { test } from "node:test";
import { ahead } from "../support/ahead.ts";
import type { Kinds } from "./world/history.ts";
import { playAll } from "./world/play.ts";

const KINDS: Kinds = {
  ops: ["write", "write", "write", "erase", "erase", "move", "touch", "sneak", "both", "restore", "age"],
  places: ["A", "B", "bucket"],
  machines: ["A", "B"],
  deeds: ["meet", "meet", "kill", "fail", "end", "signal", "edit"],
  lies: ["hides"],
};

const played = await ahead(() =>
  playAll(KINDS, 0.2, [
    "meet",
    "killed",
    "conflict",
    "upload stale",
    "copy-remote done",
    "rename-local done",
  ]),
);

test("random histories of two machines lose nothing, and all become the same (G1, G2, G3, G11)", played);
