/** Options about what a run is about: names, direction, amount. */

import { type Option, TEXT, TEXTS } from "./option.ts";

export const CHOICE_OPTIONS = {
  only: {
    ...TEXTS,
    group: "choice",
    modes: ["sync", "watch", "status", "verify"],
    value: "PATTERN...",
    takesRest: true,
    summary:
      "Only names that one of these matches: without a slash at any depth, with one from the directory of the map on, a directory with all below it; the rest is left with its records. Any number of times",
  },
  exclude: {
    ...TEXTS,
    group: "choice",
    modes: ["sync", "watch", "status", "verify"],
    value: "PATTERN",
    summary: "No name that this matches. Any number of times, and before --only",
  },
  maxTransfer: {
    ...TEXT,
    group: "choice",
    modes: ["sync"],
    value: "SIZE",
    summary:
      "Send and fetch no more content than this, such as 500M or 2G; transfers that do not fit are left for the next run, and this one ends with 4",
  },
} as const satisfies Readonly<Record<string, Option>>;
