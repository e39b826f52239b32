/** From argv to exit code. */

import { BsyncError } from "../model/errors.ts";
import { ExitCode } from "../model/exit-code.ts";
import { absolutePath } from "./values/absolute-path.ts";
import type { Context, Engine, Output } from "./context.ts";
import { hintsForFile } from "./terminal/hints-for-file.ts";
import type { Mode } from "./modes.ts";
import { backups } from "./modes/backups.ts";
import { doctor } from "./modes/doctor.ts";
import { dump } from "./modes/dump.ts";
import { init } from "./modes/init.ts";
import { purge } from "./modes/purge.ts";
import { restoreBackup } from "./modes/restore-backup.ts";
import { service } from "./modes/service.ts";
import { status } from "./modes/status.ts";
import { sync } from "./modes/sync.ts";
import { verify } from "./modes/verify.ts";
import { watch } from "./modes/watch.ts";
import { type Flags, OPTIONS } from "./options/options.ts";
import { errorText } from "./render/error-text.ts";
import { shellOf } from "./values/values.ts";

/** The process, as far as the command line knows it. */
export interface World extends Omit<Context, "engine"> {
  /** Loads the engine: help, version and usage errors never pay for it. */
  readonly newEngine: (stateFile: string) => Promise<Engine>;
}

const RUN: Readonly<
  Record<Exclude<Mode, "completion">, (flags: Flags, context: Context) => Promise<ExitCode>>
> = {
  sync,
  watch,
  service,
  status,
  verify,
  doctor,
  init,
  dump,
  purge,
  backups,
  "restore-backup": restoreBackup,
};

/** Never throws: every error ends as a line on stderr and an exit code. */
export async function run(argv: readonly string[], world: World): Promise<ExitCode> {
  let { stderr } = world;
  try {
    const code = await runMode(argv, world, (output) => (stderr = output));
    return interruptedBy(world.signal) ?? code;
  } catch (error) {
    const stack = argv.includes("--debug");
    const interrupted = interruptedBy(world.signal);
    if (interrupted === undefined || stack) await stderr.write(errorText(error, { stack }));
    return interrupted ?? (error instanceof BsyncError ? error.exitCode : ExitCode.failed);
  }
}

/** @param speaksBy is told where errors go, once that is known */
async function runMode(
  argv: readonly string[],
  world: World,
  speaksBy: (stderr: Output) => void,
): Promise<ExitCode> {
  // Answered before meow is loaded.
  if (asksFor("help", argv)) {
    const { helpText } = await import("./help.ts");
    await world.stdout.write(helpText());
    return ExitCode.ok;
  }
  if (asksFor("version", argv)) {
    const { VERSION } = await import("./version.ts");
    await world.stdout.write(`s3-bsync ${VERSION}\n`);
    return ExitCode.ok;
  }
  const { parse } = await import("./parse/parse.ts");
  const { mode, flags } = await parse(argv);
  if (mode === "completion") {
    const shell = shellOf(flags.completion);
    const { completionScript } = await import("./completion/completion.ts");
    await world.stdout.write(completionScript(shell));
    return ExitCode.ok;
  }
  const engine = await world.newEngine(absolutePath(flags.file ?? "~/.state.s3sync", world));
  const stderr = hintsForFile(world.stderr, flags.file === undefined ? undefined : engine.stateFile);
  speaksBy(stderr);
  return RUN[mode](flags, { ...world, stderr, engine });
}

function asksFor(name: "help" | "version", argv: readonly string[]): boolean {
  return [`--${name}`, ...OPTIONS[name].short].some((word) => argv.includes(word));
}

/** The signal's reason is the exit code that it asks for. */
function interruptedBy({ aborted, reason }: AbortSignal): ExitCode | undefined {
  if (!aborted) return undefined;
  return reason === ExitCode.terminated ? ExitCode.terminated : ExitCode.interrupted;
}
