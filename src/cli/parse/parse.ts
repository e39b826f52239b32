/** argv to a mode and its flags. */

import { UsageError } from "../../model/errors.ts";
import { type Mode, MODES } from "../modes.ts";
import type { Option } from "../options/option.ts";
import { type Flags, OPTION_LIST, OPTIONS, type OptionName, wordOf } from "../options/options.ts";
import { readWords, type Words } from "./read-words.ts";

export interface Command {
  readonly mode: Mode;
  readonly flags: Flags;
}

/** What meow makes of no words, too. The run that comes most often has none, and a third of its start would be meow's. */
const DEFAULTS = Object.fromEntries(
  OPTION_LIST.flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]])),
) as object as Flags;

/** @throws {UsageError} */
export async function parse(argv: readonly string[]): Promise<Command> {
  const words = readWords(argv);
  const mode = modeOf(words.given);
  for (const name of words.given) checkUse(name, mode, words);
  return { mode, flags: await readFlags(words) };
}

async function readFlags({ pairs, rest }: Words): Promise<Flags> {
  if (rest.length === 0) return { ...DEFAULTS, dir: pairs };
  const { default: meow } = await import("meow");
  const { dir: _, ...flags } = OPTIONS;
  try {
    // A package of our own making keeps meow from looking for one in the folders above.
    const cli = meow({
      importMeta: import.meta,
      pkg: { name: "s3-bsync" },
      argv: rest,
      flags,
      help: false,
      description: false,
      autoHelp: false,
      autoVersion: false,
      allowUnknownFlags: true,
    });
    return { ...cli.flags, dir: pairs };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function modeOf(given: ReadonlySet<OptionName>): Mode {
  if (given.has("purge")) {
    if (!given.has("init")) throw new UsageError("--purge needs --init");
    return "purge";
  }
  if (given.has("completion")) return "completion";
  if (given.has("watch")) return "watch";
  if (given.has("service")) return "service";
  if (given.has("status")) return "status";
  if (given.has("verify")) return "verify";
  if (given.has("doctor")) return "doctor";
  if (given.has("dump")) return "dump";
  if (given.has("backups")) return "backups";
  if (given.has("restoreBackup")) {
    if (!given.has("to")) throw new UsageError("--restore-backup needs --to DIR");
    return "restore-backup";
  }
  return given.has("init") ? "init" : "sync";
}

function checkUse(name: OptionName, mode: Mode, { given }: Words): void {
  const { modes, needsDir }: Option = OPTIONS[name];
  if (!modes.includes(mode)) {
    const isEdit = modes.includes("init") && !modes.includes("sync");
    if (mode === "sync" && isEdit) throw new UsageError(`${wordOf(name)} needs --init`);
    const [only, ...others] = modes;
    if (mode === "sync" && only !== undefined && others.length === 0)
      throw new UsageError(`${wordOf(name)} needs ${MODES[only].flags}`);
    throw new UsageError(`${wordOf(name)} does not go with --${mode}`);
  }
  if (mode === "init" && needsDir === true && !given.has("dir"))
    throw new UsageError(`${wordOf(name)} needs --dir`);
}
