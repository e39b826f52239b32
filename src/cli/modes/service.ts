/** `--service`: a job that runs a sync every now and then. Spec: spec/unattended.md. */

import { BsyncError } from "../../model/errors.ts";
import { ExitCode } from "../../model/exit-code.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { Context } from "../context.ts";
import { SCHEDULER_NAMES, type SchedulerName } from "../host.ts";
import type { Flags } from "../options/options.ts";
import { countText } from "../render/amounts.ts";
import { shown } from "../render/escape.ts";
import { JOB_ACTS, reportPolicy, staleAfterMs } from "../values/unattended-values.ts";
import { count, oneOf } from "../values/values.ts";

const DEFAULT_MINUTES = 15;

export async function service(flags: Flags, context: Context): Promise<ExitCode> {
  const { scheduler } = flags;
  const wanted = scheduler === undefined ? undefined : oneOf("--scheduler", scheduler, SCHEDULER_NAMES);
  const act = oneOf("--service", flags.service ?? "", JOB_ACTS);
  return ACTS[act](wanted, context, flags);
}

type Act = (wanted: SchedulerName | undefined, context: Context, flags: Flags) => Promise<ExitCode>;

const ACTS: Readonly<Record<(typeof JOB_ACTS)[number], Act>> = { install, remove, status };

async function install(wanted: SchedulerName | undefined, context: Context, flags: Flags): Promise<ExitCode> {
  const { engine, stdout } = context;
  const everyMinutes = count("--every", flags.every, { min: 1, max: 1440 }) ?? DEFAULT_MINUTES;
  const options = runOptions(flags);
  engine.open().close(); // a job without a state file would fail every time
  const schedule = await engine.host.schedule();
  const name = wanted ?? (await schedule.found());
  if (name === undefined)
    throw new BsyncError("neither systemd, launchd nor cron can be used here", {
      hint: "--watch needs none of them",
    });
  const { wrote, note } = await schedule.install(name, { options, everyMinutes });
  await stdout.write(`every ${countText(everyMinutes, "minute")}, by ${name}: ${shown(engine.stateFile)}\n`);
  for (const path of wrote) await stdout.write(`  wrote: ${shown(path)}\n`);
  if (note !== undefined) await stdout.write(`  note: ${note}\n`);
  const unseen = schedule.unseenVariables();
  if (unseen.length > 0)
    await stdout.write(
      `  note: the job does not see ${unseen.join(", ")} of this shell: put credentials into ~/.aws, and an endpoint or a region there or, by --init, into the map\n`,
    );
  await stdout.write(`  undo: s3-bsync --file ${shellWord(engine.stateFile)} --service remove\n`);
  return ExitCode.ok;
}

/** What each of its runs is given. @throws {UsageError} */
function runOptions({ report = "changes", skipMissing, onFailure, staleAfter }: Flags): readonly string[] {
  staleAfterMs(staleAfter);
  return [
    `--report=${reportPolicy(report)}`,
    ...(skipMissing ? ["--skip-missing"] : []),
    ...(onFailure === undefined ? [] : [`--on-failure=${onFailure}`]),
    ...(staleAfter === undefined ? [] : [`--stale-after=${staleAfter}`]),
  ];
}

async function remove(wanted: SchedulerName | undefined, { engine, stdout }: Context): Promise<ExitCode> {
  const removed = await (await engine.host.schedule()).remove(wanted);
  for (const path of removed) await stdout.write(`removed: ${shown(path)}\n`);
  if (removed.length === 0) await stdout.write("nothing to remove: no job of this state file\n");
  return ExitCode.ok;
}

/** Ends with 3 where there is no job that would run. */
async function status(wanted: SchedulerName | undefined, { engine, stdout }: Context): Promise<ExitCode> {
  const states = await (await engine.host.schedule()).states(wanted);
  for (const { scheduler, where, isActive } of states)
    await stdout.write(`${scheduler}: ${shown(where)}: ${isActive ? "active" : "not active"}\n`);
  if (states.length === 0) await stdout.write("no job of this state file\n");
  return states.some(({ isActive }) => isActive) ? ExitCode.ok : ExitCode.incomplete;
}
