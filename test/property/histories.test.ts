/** Random histories of one machine and its bucket, with faults and kills: nothing that nobody has ended is ever lost. */

import { test } from "node:test";
import { playAll } from "./world/play.ts";
import type { Kinds } from "./world/history.ts";

const KINDS: Kinds = {
  ops: ["write", "write", "write", "erase", "erase", "move", "touch", "sneak", "both", "restore", "age"],
  places: ["A", "bucket"],
  machines: ["A"],
  deeds: ["kill", "kill", "fail", "end", "signal", "edit", "edit"],
  lies: ["hides", "lags"],
};

test("random histories lose nothing and settle (R16, R18, R20, R23, X3, X4, X8)", () =>
  playAll(KINDS, 0.4, []));
