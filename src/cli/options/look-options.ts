/** Options of the modes that look closely, and change nothing. */

import { type Option, SWITCH } from "./option.ts";

export const LOOK_OPTIONS = {
  verify: {
    ...SWITCH,
    group: "looks",
    modes: ["verify"],
    summary: "Compare both sides and the state file by content, and name every difference",
  },
  quick: {
    ...SWITCH,
    group: "looks",
    modes: ["verify"],
    summary: "With --verify: compare sizes, times and ETags alone",
  },
  doctor: {
    ...SWITCH,
    group: "looks",
    modes: ["doctor"],
    summary:
      "Look at all that a sync needs, and say of each part whether it is well; with --dir PATH S3_DEST of that pair, mapped or not",
  },
} as const satisfies Readonly<Record<string, Option>>;
