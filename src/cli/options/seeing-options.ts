/** Options about what a run shows of itself, and about what shells know of it. */

import { type Option, SWITCH, TEXT } from "./option.ts";
import { LOG_LEVELS, SHELLS } from "../values/values.ts";

export const SEEING_OPTIONS = {
  completion: {
    ...TEXT,
    group: "about",
    modes: ["completion"],
    value: "SHELL",
    words: SHELLS,
    summary: "Print a script for bash, zsh or fish that completes the words of this command, and exit",
  },
  progress: {
    ...SWITCH,
    group: "behavior",
    modes: ["sync", "watch"],
    summary:
      "Show on stderr how far the run is: drawn on a terminal, where --debug brings it along; else a line every ten seconds",
  },
  logFile: {
    ...TEXT,
    group: "behavior",
    modes: ["sync", "watch"],
    value: "PATH",
    path: "file",
    summary: "Add a line to this file for all that is done; at 10 MiB it becomes PATH.1, up to PATH.4",
  },
  logLevel: {
    ...TEXT,
    group: "behavior",
    modes: ["sync", "watch"],
    value: "LEVEL",
    words: LOG_LEVELS,
    summary: "What is worth a line there: error, info (default: what was done) or debug",
  },
} as const satisfies Readonly<Record<string, Option>>;
