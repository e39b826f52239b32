/** What starts a command every now and then. Each has one job of a name at most; to install it again replaces it. */

import type { Job } from "../core/schedule-texts.ts";
import { BsyncError } from "../model/errors.ts";
import type { RunTool, ToolRun } from "./run-tool.ts";

export interface Scheduler {
  /** Whether it can be used here. */
  isHere(): Promise<boolean>;
  /** @returns what was written, and a word to the user. @throws {BsyncError} it cannot do that; nothing is left of it */
  install(job: Job): Promise<{ readonly wrote: readonly string[]; readonly note?: string }>;
  /** @returns what was taken away; none: there was nothing of that name */
  remove(name: string): Promise<readonly string[]>;
  /** @returns undefined: there is nothing of that name */
  state(name: string): Promise<{ readonly where: string; readonly isActive: boolean } | undefined>;
}

export interface Place {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly run: RunTool;
}

/** @throws {BsyncError} it is not there, or ends with another code than 0 */
export async function mustRun(
  run: RunTool,
  program: string,
  args: readonly string[],
  input?: string,
): Promise<ToolRun> {
  const ran = await run(program, args, input);
  if (ran?.code === 0) return ran;
  const why =
    ran === undefined ? "is not in PATH" : ran.stderr.trim().split("\n")[0] || `ended with ${ran.code}`;
  throw new BsyncError(`${[program, ...args].join(" ")}: ${why}`, {
    hint: "--scheduler systemd, launchd or cron names another one",
  });
}
