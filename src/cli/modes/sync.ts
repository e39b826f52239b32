/** The default mode: sync every map, or show what that would do. */

import { LockedError } from "../../model/errors.ts";
import type { ExitCode } from "../../model/exit-code.ts";
import { arbiterBy } from "../terminal/arbiter.ts";
import type { Context } from "../context.ts";
import { jsonListener } from "../listeners/json-listener.ts";
import { type Listener, reporterOf } from "../listeners/listeners.ts";
import type { Flags } from "../options/options.ts";
import { problemListener } from "../listeners/problem-listener.ts";
import type { Progress } from "../progress/progress.ts";
import { spentText } from "../render/totals-text.ts";
import type { RunLog } from "../log/run-log.ts";
import { runTally } from "../listeners/run-tally.ts";
import { syncOptions } from "../orders/sync-options.ts";
import { textListener } from "../listeners/text-listener.ts";
import { told, type Telling, tellingOf } from "../telling/told.ts";

export async function sync(flags: Flags, context: Context): Promise<ExitCode> {
  return oneSync(flags, context, {
    telling: tellingOf(flags),
    log: await logOf(flags, context),
    heard: {},
  });
}

interface Seen {
  readonly telling: Telling;
  readonly log: RunLog | undefined;
  /** Hears of all that happens, too. */
  readonly heard: Listener;
}

export async function oneSync(
  flags: Flags,
  context: Context,
  { telling, log, heard }: Seen,
): Promise<ExitCode> {
  const progress = await progressOf(flags, context);
  const shown = below(context, progress);
  log?.begins();
  try {
    return await told(telling, shown, (stderr, also) =>
      syncTold(flags, { ...shown, stderr }, { log, progress, others: [also, heard] }),
    );
  } catch (error) {
    // From cron, a run that meets another one has nothing to say.
    if (error instanceof LockedError && !flags.debug) return error.exitCode;
    throw error;
  } finally {
    progress?.end();
    log?.ends();
  }
}

interface Told {
  readonly log: RunLog | undefined;
  readonly progress: Progress | undefined;
  readonly others: readonly Listener[];
}

async function syncTold(flags: Flags, context: Context, { log, progress, others }: Told): Promise<ExitCode> {
  const { engine, stdout, stderr } = context;
  const { debug, dryrun: dryRun, json } = flags;
  const { prompt, signal } = context;
  const asks = prompt === undefined || progress === undefined ? prompt : progress.aside(prompt);
  const options = await syncOptions(flags, {
    ...context,
    arbiter: asks === undefined || dryRun ? undefined : arbiterBy(asks, signal),
    watcher: progress?.watcher,
  });
  const facts = json ? jsonListener(stdout) : textListener(stdout, { dryRun, debug });
  const tally = runTally();
  const listeners = [tally.listener, facts, problemListener(stderr, { debug }), ...others];
  for (const each of [progress, log]) if (each !== undefined) listeners.push(each.listener);
  const wantsNotes = debug || flags.logLevel === "debug";
  try {
    const code = await engine.sync(options, reporterOf(listeners, { wantsNotes }));
    const spent = tally.spent();
    log?.done(code, spent);
    if (debug && !json && !dryRun && spent !== undefined && tally.maps() > 1)
      await stdout.write(`all ${tally.maps()} maps: ${spentText(spent)}\n`);
    return code;
  } catch (error) {
    log?.threw(error);
    throw error;
  }
}

/** What is printed stands above what is drawn. */
function below(context: Context, progress: Progress | undefined): Context {
  const { screen, stdout, stderr } = context;
  if (progress === undefined || screen === undefined) return context;
  return {
    ...context,
    stdout: screen.showsStdout ? progress.above(stdout) : stdout,
    stderr: progress.above(stderr),
  };
}

/** Loaded only where it is wanted. */
export async function logOf(flags: Flags, context: Context): Promise<RunLog | undefined> {
  if (flags.logFile === undefined && flags.logLevel === undefined) return undefined;
  const { runLog } = await import("../log/run-log.ts");
  return runLog(flags, context);
}

/** Drawn on the terminal where it is asked for, or --debug is; elsewhere only where it is asked for. */
async function progressOf(
  { progress, debug }: Flags,
  { screen, stderr }: Context,
): Promise<Progress | undefined> {
  if (!progress && (!debug || screen === undefined)) return undefined;
  const { progressLines, progressOn } = await import("../progress/progress.ts");
  return screen === undefined ? progressLines(stderr) : progressOn(screen);
}
