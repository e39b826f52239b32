/** The option table: the parser, the help and commands.md are made from it. */

import { BACKUP_POLICIES } from "../../model/backup-policy.ts";
import { DIRECTIONS } from "../../model/choice.ts";
import { CONFLICT_POLICIES } from "../../model/conflict-policy.ts";
import { BACKUP_OPTIONS } from "./backup-options.ts";
import { CHOICE_OPTIONS } from "./choice-options.ts";
import { LOOK_OPTIONS } from "./look-options.ts";
import { type Mode, MODES } from "../modes.ts";
import { type Option, SWITCH, TEXT, TEXTS } from "./option.ts";
import { SEEING_OPTIONS } from "./seeing-options.ts";
import { TRANSFER_OPTIONS } from "./transfer-options.ts";
import { UNATTENDED_OPTIONS } from "./unattended-options.ts";

const ALL = Object.keys(MODES) as readonly Mode[];

/** Those that speak to S3, and the one that stores how. */
const REACHING = ["sync", "watch", "status", "verify", "doctor", "init"] as const;

const GZIP_LEVELS = Array.from({ length: 12 }, (_, level) => String(level));

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
  status: {
    ...SWITCH,
    group: "behavior",
    modes: ["status"],
    summary: "Show how each map stands, and what waits, without transferring anything",
  },
  dryrun: {
    ...SWITCH,
    group: "behavior",
    modes: ["sync", "restore-backup"],
    summary: "Print the plan, one line an action with its rule, and change nothing",
  },
  json: {
    ...SWITCH,
    group: "behavior",
    modes: ["sync", "watch", "status", "verify", "doctor", "dump", "backups", "restore-backup"],
    summary: "Print one JSON object a line",
  },

  file: {
    ...TEXT,
    group: "state",
    modes: ALL,
    value: "SYNCFILE",
    path: "file",
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
    modes: ["init", "doctor"],
    value: "PATH S3_DEST",
    path: "directory",
    pair: true,
    summary:
      "Tie an absolute directory to s3://bucket/prefix; a mapped one gets the options of this command. Any number of times",
  },
  rmdir: {
    ...TEXTS,
    group: "maps",
    modes: ["init"],
    value: "PATH",
    path: "directory",
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
    words: GZIP_LEVELS,
    summary: "Compress at this level: 0 (off) to 9 by zlib, 10 and 11 by Zopfli, which is far slower",
  },
  gpg: {
    ...TEXT,
    group: "mapOptions",
    modes: ["init"],
    needsDir: true,
    value: "EMAIL",
    summary: "Encrypt to the public key of this address or fingerprint in the keyring of gpg",
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
    modes: REACHING,
    needsDir: true,
    value: "URL",
    summary: "Another server than AWS, such as http://127.0.0.1:9000",
  },
  region: {
    ...TEXT,
    group: "connection",
    modes: REACHING,
    needsDir: true,
    value: "REGION",
    summary: "Region of the bucket",
  },
  profile: {
    ...TEXT,
    group: "connection",
    modes: REACHING,
    needsDir: true,
    value: "NAME",
    summary: "Profile of the AWS configuration files",
  },
  caBundle: {
    ...TEXT,
    group: "connection",
    modes: REACHING,
    needsDir: true,
    value: "FILE",
    path: "file",
    summary: "Trust these certificates (PEM)",
  },
  pathStyle: {
    ...SWITCH,
    group: "connection",
    modes: REACHING,
    needsDir: true,
    summary: "Put the bucket into the path of URLs, not into the host name",
  },

  backup: {
    ...TEXT,
    group: "policies",
    modes: ["sync", "watch", "init"],
    needsDir: true,
    value: "WHAT",
    words: BACKUP_POLICIES,
    summary:
      "What is kept before it is overwritten or deleted: losers (default) of conflicts; all versions, of both sides; none but losers and content that no record proves",
  },
  onConflict: {
    ...TEXT,
    group: "policies",
    modes: ["sync", "watch", "init"],
    needsDir: true,
    value: "POLICY",
    words: CONFLICT_POLICIES,
    summary:
      "Where both sides changed: newer (default), local or remote wins, and the other one is backed up; both keeps the older one beside it; ask puts it to you, or leaves it and ends with 6",
  },
  direction: {
    ...TEXT,
    group: "policies",
    modes: ["sync", "watch", "status", "init"],
    needsDir: true,
    value: "WAY",
    words: DIRECTIONS,
    summary:
      "Which way changes go: both (default); up changes the bucket only, down the directory only: what goes the other way is left with its record, for a run that goes both ways",
  },
  ...CHOICE_OPTIONS,
  maxDelete: {
    ...TEXT,
    group: "conflicts",
    modes: ["sync", "watch"],
    value: "LIMIT",
    summary: "Deletions a side that may happen: N, P% or all (default: up to 10, or 50% of the tracked)",
  },
  maxOverwrite: {
    ...TEXT,
    group: "conflicts",
    modes: ["sync", "watch"],
    value: "LIMIT",
    summary: "Overwrites a side that may happen: N, P% or all (default: up to 20, or 90% of the tracked)",
  },
  allowEmpty: {
    ...SWITCH,
    group: "conflicts",
    modes: ["sync"],
    summary: "Believe a directory or a prefix that is empty while files are tracked",
  },
  acceptPlain: {
    ...SWITCH,
    group: "conflicts",
    modes: ["sync"],
    summary: "Take objects that are not encrypted into a map that is, as they are",
  },
  reencode: {
    ...SWITCH,
    group: "behavior",
    modes: ["sync"],
    summary:
      "Upload anew what is not compressed or encrypted as its map says; the next run goes on where this one ends",
  },
  acceptIdentity: {
    ...SWITCH,
    group: "conflicts",
    modes: ["sync"],
    summary: "Believe that another directory or endpoint in the place of the known one is meant",
  },

  ...TRANSFER_OPTIONS,
  ...UNATTENDED_OPTIONS,
  ...LOOK_OPTIONS,
  ...BACKUP_OPTIONS,
  ...SEEING_OPTIONS,
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
