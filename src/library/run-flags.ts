/** Options of a program as flags of the command line, whose checks and defaults they share. */

import type { Option } from "../cli/options/option.ts";
import { type Flags, OPTION_LIST } from "../cli/options/options.ts";
import { UsageError } from "../model/errors.ts";
import type { RunOptions } from "./run-options.ts";

type FlagName = Exclude<keyof RunOptions, "stateFile" | "maps" | "onEvent" | "notes" | "signal">;

/** Checked beside the option table, which knows more than goes with a run. */
const NAMES: Readonly<Record<FlagName, true>> & Partial<Record<keyof Flags, true>> = {
  acceptIdentity: true,
  acceptPlain: true,
  allowEmpty: true,
  backup: true,
  backupSize: true,
  bwlimit: true,
  caBundle: true,
  concurrency: true,
  direction: true,
  endpointUrl: true,
  exclude: true,
  header: true,
  keepBackups: true,
  maxDelete: true,
  maxOverwrite: true,
  maxTransfer: true,
  onConflict: true,
  only: true,
  pathStyle: true,
  profile: true,
  reencode: true,
  region: true,
  requestPayer: true,
  skipMissing: true,
  sse: true,
  storageClass: true,
};

/** @throws {UsageError} there is no such option, or its value is of another type */
export function runFlags(options: Readonly<Record<string, unknown>>, dryrun: boolean): Flags {
  for (const name of Object.keys(options))
    if (!Object.hasOwn(NAMES, name)) throw new UsageError(`${name}: no option of a run`, HINT);
  const flags = OPTION_LIST.map(([name, option]) => [name, valueOf(name, option, options[name])]);
  return { ...(Object.fromEntries(flags) as Flags), dryrun };
}

const HINT = "the type RunOptions lists the options";

/** As the parser of the command line gives it. */
function valueOf(name: string, option: Option, value: unknown): unknown {
  const { type, isMultiple } = option;
  if (value === undefined) return isMultiple === true ? [] : option.default;
  if (isMultiple === true) {
    if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
    throw new UsageError(`${name}: not a list of texts`, HINT);
  }
  if (type === "boolean") {
    if (typeof value === "boolean") return value;
    throw new UsageError(`${name}: neither true nor false`, HINT);
  }
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new UsageError(`${name}: neither a text nor a number`, HINT);
}
