/** A run for a program: that of the command, with events instead of text. */

import { absolutePath } from "../cli/values/absolute-path.ts";
import type { Context, Engine } from "../cli/context.ts";
import { eventListener } from "../cli/listeners/event-listener.ts";
import { hintForFile } from "../cli/terminal/hints-for-file.ts";
import { reporterOf } from "../cli/listeners/listeners.ts";
import { syncOptions } from "../cli/orders/sync-options.ts";
import { BsyncError, InterruptedError, UsageError } from "../model/errors.ts";
import { ExitCode } from "../model/exit-code.ts";
import type { RunEvent } from "../model/run-event.ts";
import { MapEnds } from "./map-ends.ts";
import { runFlags } from "./run-flags.ts";
import type { RunOptions } from "./run-options.ts";
import type { Ending, RunResult } from "./run-result.ts";

export interface LibraryWorld extends Pick<Context, "home" | "cwd"> {
  readonly newEngine: (stateFile: string) => Promise<Engine>;
}

/** @throws {BsyncError} the run as a whole cannot be done */
export async function runMaps(options: RunOptions, dryRun: boolean, world: LibraryWorld): Promise<RunResult> {
  const { stateFile } = options;
  const file = absolutePath(stateFile ?? "~/.state.s3sync", world);
  const named: Named = (hint) => (stateFile === undefined ? hint : hintForFile(hint, file));
  try {
    return await run(options, dryRun, { ...world, file, named });
  } catch (error) {
    if (error instanceof ListenerThrew) throw error.cause;
    if (!(error instanceof BsyncError) || error.hint === undefined) throw error;
    const { message, exitCode, hint } = error;
    throw new BsyncError(message, { exitCode, cause: error, hint: named(hint) });
  }
}

/** Whatever the program has thrown, it is no error of a map. */
class ListenerThrew extends Error {}

/** Commands in the hint name the state file, if the program has. */
type Named = (hint: string) => string;

interface Surroundings extends LibraryWorld {
  readonly file: string;
  readonly named: Named;
}

async function run(options: RunOptions, dryRun: boolean, world: Surroundings): Promise<RunResult> {
  const { stateFile: _, maps, onEvent, notes, signal = new AbortController().signal, ...others } = options;
  const flags = runFlags(others, dryRun);
  const engine = await world.newEngine(world.file);
  const order = await syncOptions(flags, {
    ...world,
    engine,
    signal,
    arbiter: undefined,
    watcher: undefined,
  });
  const ends = new MapEnds();
  const hear = async (event: RunEvent): Promise<void> => {
    if (event.type === "note" && notes !== true) return;
    const told = withHint(event, world.named);
    ends.hear(told);
    try {
      await onEvent?.(told);
    } catch (thrown) {
      throw new ListenerThrew("the listener threw", { cause: thrown });
    }
  };
  const reporter = reporterOf([eventListener(hear)], { wantsNotes: notes === true });
  const roots = maps === undefined ? {} : { roots: rootsOf(maps, world) };
  const code = await engine.sync({ ...order, ...roots }, reporter);
  const exitCode = signal.aborted ? new InterruptedError(signal).exitCode : code;
  return { exitCode, ending: endingOf(exitCode), maps: ends.all };
}

function withHint(event: RunEvent, named: Named): RunEvent {
  if (event.type !== "summary" || event.hint === undefined) return event;
  return { ...event, hint: named(event.hint) };
}

function rootsOf(maps: readonly string[], world: LibraryWorld): readonly string[] {
  if (maps.length === 0)
    throw new UsageError("maps: no directory is named", "leave it out to go through all maps");
  return maps.map((path) => absolutePath(path, world));
}

function endingOf(code: ExitCode): Ending {
  const endings = Object.keys(ExitCode) as Ending[];
  return endings.find((ending) => ExitCode[ending] === code) ?? "failed";
}
