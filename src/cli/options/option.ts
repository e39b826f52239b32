/** One option of the command line, and the groups that the help shows them in. */

import type { Mode } from "../modes.ts";

/** `type`, `isMultiple` and `default` are named as meow wants them. */
export interface Option {
  /** `string` takes one value. */
  readonly type: "boolean" | "string";
  readonly group: keyof typeof GROUPS;
  readonly modes: readonly Mode[];
  readonly summary: string;
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly short?: readonly string[];
  /** What the value can be, or mostly is: shells complete it. */
  readonly words?: readonly string[];
  /** The (first) value is a path of one. */
  readonly path?: "file" | "directory";
  /** May be given any number of times. */
  readonly isMultiple?: true;
  /** Given twice, it is refused, although it has several values. */
  readonly once?: true;
  /** Takes every word up to the next option: the first is its value, the others go with it. */
  readonly takesRest?: true;
  /** Takes two values: PATH S3_DEST. */
  readonly pair?: true;
  /** `true`: on unless its `--no-` form is given, which is the only one there is. */
  readonly default?: boolean | string[];
  /** With `--init`, means nothing without a `--dir`. */
  readonly needsDir?: true;
}

export const GROUPS = {
  about: "About",
  behavior: "Program behavior",
  state: "State file",
  maps: "Directory maps (with --init)",
  mapOptions: "Map options, for the --dir of the same command",
  connection: "Connection, else from the AWS environment and files; --init stores it in its maps",
  objects: "What uploaded objects get, for one run; --init stores it in its maps",
  policies: "Policies, for one run; --init stores them in its maps",
  choice: "Choosing, for one run",
  conflicts: "Guards, for one run",
  transfers: "Transfers, for one run",
  unattended: "Runs that nobody watches",
  looks: "Looking closely, and changing nothing",
  backups: "Backups of what was overwritten or deleted",
} as const;

export const SWITCH = { type: "boolean", default: false } as const;
export const TEXT = { type: "string" } as const;
export const TEXTS = { type: "string", isMultiple: true, default: [] as string[] } as const;
