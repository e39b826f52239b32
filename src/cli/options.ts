/** The option table: the parser, the help and commands.md are made from it. */

import type { Mode } from "./modes.ts";

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
  /** May be given any number of times. */
  readonly isMultiple?: true;
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
  policies: "Policies, for one run; --init stores them in its maps",
  conflicts: "Guards, for one run",
  backups: "Backups of what was overwritten or deleted",
} as const;

const SWITCH = { type: "boolean", default: false } as const;
const TEXT = { type: "string" } as const;
const TEXTS = { type: "string", isMultiple: true, default: [] as string[] } as const;
const ALL = ["sync", "init", "dump", "purge", "backups", "restore-backup"] as const;

export const OPTIONS = {
  help: { ...SWITCH, group: "about", modes: ALL, short: ["-h", "-?"], summary: "Print this help and exit" },
  version: {
    ...SWITCH,
    group: "about",
    modes: ALL,
    short: ["-v"],
    summary: "Print name and version and exit",
  },

  init: {
    ...SWITCH,
    group: "behavior",
    modes: ["init", "purge"],
    short: ["-i"],
    summary: "Edit the state file instead of syncing",
  },
  debug: { ...SWITCH, group: "behavior", modes: ALL, summary: "Print what is done, and why, to stdout" },
  dryrun: {
    ...SWITCH,
    group: "behavior",
    modes: ["sync", "restore-backup"],
    summary: "Print the plan, one line an action with its rule, and change nothing",
  },
  json: {
    ...SWITCH,
    group: "behavior",
    modes: ["sync", "dump", "backups", "restore-backup"],
    summary: "Print one JSON object a line",
  },

  file: {
    ...TEXT,
    group: "state",
    modes: ALL,
    value: "SYNCFILE",
    summary: "The state file (default: ~/.state.s3sync)",
  },
  dump: {
    ...SWITCH,
    group: "state",
    modes: ["dump"],
    summary: "Print the maps, with every record if --debug or --json, and exit",
  },
  purge: {
    ...SWITCH,
    group: "state",
    modes: ["purge"],
    summary: "Remove the state file and what lies beside it, but for the backups, and exit; needs --init",
  },
  overwrite: {
    ...SWITCH,
    group: "state",
    modes: ["init"],
    needsDir: true,
    summary: "Replace all maps by those of this command",
  },
  recover: {
    ...SWITCH,
    group: "state",
    modes: ["init"],
    summary:
      "Set a damaged state file aside and take the maps of the version before; the next run compares everything and deletes nothing",
  },

  dir: {
    ...TEXTS,
    group: "maps",
    modes: ["init"],
    value: "PATH S3_DEST",
    pair: true,
    summary:
      "Tie an absolute directory to s3://bucket/prefix; a mapped one gets the options of this command. Any number of times",
  },
  rmdir: {
    ...TEXTS,
    group: "maps",
    modes: ["init"],
    value: "PATH",
    summary:
      "Remove the map of a directory; its files and objects stay. Any number of times, and before --dir",
  },
  force: {
    ...SWITCH,
    group: "maps",
    modes: ["init", "purge", "restore-backup"],
    needsDir: true,
    summary:
      "Let --dir take / or a home directory; let --purge remove the backups too; let --restore-backup replace files",
  },
  untrackIgnored: {
    ...SWITCH,
    group: "maps",
    modes: ["init"],
    summary:
      "Stop tracking what the .s3syncignore files match, in the maps of this command or in all; both copies stay",
  },

  gzip: {
    ...TEXT,
    group: "mapOptions",
    modes: ["init"],
    needsDir: true,
    value: "LEVEL",
    summary: "Compress, 0 (off) to 11; stored, but a run refuses such maps as yet",
  },
  gpg: {
    ...TEXT,
    group: "mapOptions",
    modes: ["init"],
    needsDir: true,
    value: "EMAIL",
    summary: "Encrypt to this key; stored, but a run refuses such maps as yet",
  },
  recursive: {
    ...SWITCH,
    group: "mapOptions",
    modes: ["init"],
    needsDir: true,
    default: true,
    summary: "Only the files that lie in the directory itself",
  },

  endpointUrl: {
    ...TEXT,
    group: "connection",
    modes: ["sync", "init"],
    needsDir: true,
    value: "URL",
    summary: "Another server than AWS, such as http://127.0.0.1:9000",
  },
  region: {
    ...TEXT,
    group: "connection",
    modes: ["sync", "init"],
    needsDir: true,
    value: "REGION",
    summary: "Region of the bucket",
  },
  profile: {
    ...TEXT,
    group: "connection",
    modes: ["sync", "init"],
    needsDir: true,
    value: "NAME",
    summary: "Profile of the AWS configuration files",
  },
  caBundle: {
    ...TEXT,
    group: "connection",
    modes: ["sync", "init"],
    needsDir: true,
    value: "FILE",
    summary: "Certificates (PEM) to trust",
  },
  pathStyle: {
    ...SWITCH,
    group: "connection",
    modes: ["sync", "init"],
    needsDir: true,
    summary: "Put the bucket into the path of URLs, not into the host name",
  },

  backup: {
    ...TEXT,
    group: "policies",
    modes: ["sync", "init"],
    needsDir: true,
    value: "WHAT",
    summary:
      "What is kept before it is overwritten or deleted: losers (default) of conflicts; all versions, of both sides; none but losers and content that no record proves",
  },
  onConflict: {
    ...TEXT,
    group: "policies",
    modes: ["sync", "init"],
    needsDir: true,
    value: "POLICY",
    summary:
      "Where both sides changed: newer (default), local or remote wins, and the other one is backed up; both keeps the older one beside it; ask puts it to you, or leaves it and ends with 6",
  },
  maxDelete: {
    ...TEXT,
    group: "conflicts",
    modes: ["sync"],
    value: "LIMIT",
    summary: "Deletions a side that may happen: N, P% or all (default: up to 10, or 50% of the tracked)",
  },
  maxOverwrite: {
    ...TEXT,
    group: "conflicts",
    modes: ["sync"],
    value: "LIMIT",
    summary: "Overwrites a side that may happen: N, P% or all (default: up to 20, or 90% of the tracked)",
  },
  allowEmpty: {
    ...SWITCH,
    group: "conflicts",
    modes: ["sync"],
    summary: "Believe a directory or a prefix that is empty while files are tracked",
  },
  acceptIdentity: {
    ...SWITCH,
    group: "conflicts",
    modes: ["sync"],
    summary: "Believe that another directory or endpoint in the place of the known one is meant",
  },

  backups: { ...SWITCH, group: "backups", modes: ["backups"], summary: "List them, run by run, and exit" },
  restoreBackup: {
    ...TEXTS,
    group: "backups",
    modes: ["restore-backup"],
    value: "RUN [PATTERN...]",
    takesRest: true,
    summary:
      "Bring versions of a run back: its name as --backups tells it, the beginning of it, or latest; all, or those whose paths match a pattern as in .s3syncignore. Needs --to",
  },
  to: {
    ...TEXT,
    group: "backups",
    modes: ["restore-backup"],
    value: "DIR",
    summary: "Where they go; no file there is replaced unless --force is given",
  },
  keepBackups: {
    ...TEXT,
    group: "backups",
    modes: ["sync"],
    value: "DAYS",
    summary:
      "Keep those of each run for so many days on which a run was done, or all for ever (default: 30); the newest ten are always kept",
  },
  backupSize: {
    ...TEXT,
    group: "backups",
    modes: ["sync"],
    value: "SIZE",
    summary: "Remove the oldest above this size in all, such as 10G; the newest ten are always kept",
  },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof OPTIONS;

export interface Pair {
  readonly path: string;
  readonly dest: string;
}

type Value<O extends Option> = O extends { readonly pair: true }
  ? readonly Pair[]
  : O extends { readonly isMultiple: true }
    ? readonly string[]
    : O extends { readonly type: "boolean" }
      ? boolean
      : string | undefined;

/** What the command line says, option by option. */
export type Flags = { readonly [N in OptionName]: Value<(typeof OPTIONS)[N]> };

export const OPTION_LIST = Object.entries(OPTIONS) as readonly (readonly [OptionName, Option])[];

/** As it is typed, such as `--max-delete`. */
export function wordOf(name: OptionName): string {
  const option: Option = OPTIONS[name];
  const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return option.default === true ? `--no-${dashed}` : `--${dashed}`;
}

/** Every word that is an option, short ones too. */
export const OPTION_BY_WORD: ReadonlyMap<string, OptionName> = new Map(
  OPTION_LIST.flatMap(([name, { short = [] }]) =>
    [wordOf(name), ...short].map((word) => [word, name] as const),
  ),
);
