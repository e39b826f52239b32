/** Random histories of one machine and its bucket, with edits, failures and kills in the middle of runs. */

import { test } from "node:test";
import { ahead } from "../support/ahead.ts";
import type { Kinds } from "./world/history.ts";
import { playAll } from "./world/play.ts";

const KINDS: Kinds = {
  ops: ["write", "write", "write", "erase", "erase", "move", "touch", "sneak", "both", "restore", "age"],
  places: ["A", "bucket"],
  machines: ["A"],
  deeds: ["kill", "kill", "fail", "end", "signal", "edit", "edit"],
  lies: ["hides", "lags"],
};

const RULES = ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12"];
const CUT = ["put", "copy", "delete"].map((what) => `cut ${what}-object`);
const CUT_FILES = ["cut set-aside", "cut place-file", "cut delete-file", "cut rename-file"];
const KILLS = ["intend", "halfway", "put done", "settle", "record", "recorded", "record done", "unchanged"];
const FAILS = ["open", "read", "get", "head", "stage", "commit", "put", "put done"];
const ENDS = ["list", "head", "get", "put", "put done", "intend", "record"];

const free = await ahead(() =>
  playAll(KINDS, 0.4, [
    ...RULES,
    ...CUT,
    ...CUT_FILES,
    ...KILLS.map((point) => `kill at ${point}`),
    ...FAILS.map((point) => `fail at ${point}`),
    ...ENDS.map((point) => `end at ${point}`),
    "conflict",
    "copy-remote done",
    "rename-local done",
    "set-beside done",
    "sneak",
    "hides",
    "lags",
  ]),
);

const ruled = await ahead(() =>
  playAll({ ...KINDS, ops: ["write", "write", "erase", "rules", "rules", "move", "both", "restore"] }, 0.1, [
    "R3",
    "R7",
    "killed",
    "forget done",
  ]),
);

test(
  "random histories lose nothing, bring back nothing, and settle in two runs (G1, G9, G11, G12, R16, R18, R20, R23, X3, X4, X8, X14)",
  free,
);

test("random histories with ignore files lose nothing, and come to rest (G1, IG11)", ruled);
