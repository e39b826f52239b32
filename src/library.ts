/** `import { plan, sync } from "s3-bsync"`: runs for other programs, and what of the process they rest on. Spec: spec/library.md. */

import { hostname, tmpdir } from "node:os";
import type { Engine } from "./cli/context.ts";
import type { LibraryWorld } from "./library/run-maps.ts";
import type { RunOptions } from "./library/run-options.ts";
import type { RunResult } from "./library/run-result.ts";

export { BsyncError } from "./model/errors.ts";
export { ExitCode } from "./model/exit-code.ts";
export type { Amount, RunOptions, Size } from "./library/run-options.ts";
export type { Ending, MapEnd, RunResult } from "./library/run-result.ts";
export type {
  ActionEvent,
  BeganEvent,
  ExpiredEvent,
  NoteEvent,
  OutcomeEvent,
  RefusalEvent,
  RunEvent,
  SummaryEvent,
  WaitingConflict,
} from "./model/run-event.ts";

/**
 * Carries the changes of each side to the other, in every map of a state file. What a map, a path or a guard stops is
 * told in the result; other maps go on.
 * @throws {BsyncError} the run as a whole cannot be done: an option is wrong, there is no state file, another run is under way
 */
export async function sync(options: RunOptions = {}): Promise<RunResult> {
  const { runMaps } = await import("./library/run-maps.ts");
  return runMaps(options, false, world());
}

/**
 * Tells what `sync` would do, as events of the type `action` in the order of keys, and changes nothing. It takes no lock.
 * @throws {BsyncError} as `sync` does
 */
export async function plan(options: RunOptions = {}): Promise<RunResult> {
  const { runMaps } = await import("./library/run-maps.ts");
  return runMaps(options, true, world());
}

function world(): LibraryWorld {
  const { env } = process;
  return {
    home: env["HOME"] === "" ? undefined : env["HOME"],
    cwd: () => process.cwd(),
    newEngine,
  };
}

async function newEngine(stateFile: string): Promise<Engine> {
  const { env, execPath, pid, platform } = process;
  env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true"; // the SDK would print it
  const { newEngine: engineOf } = await import("./app/engine.ts");
  return engineOf({
    stateFile,
    env,
    pid,
    hostname: hostname(),
    tmpdir: tmpdir(),
    uid: process.getuid?.() ?? 0,
    platform,
    program: [execPath],
    isTerminal: false,
    now: Date.now,
  });
}
