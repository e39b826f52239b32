/** What follows a run: its report, told or not, and the command for trouble. Spec: spec/unattended.md. */

import { BsyncError } from "../../model/errors.ts";
import { ExitCode } from "../../model/exit-code.ts";
import type { Context, Output } from "../context.ts";
import type { Listener } from "../listeners/listeners.ts";
import type { Flags } from "../options/options.ts";
import { errorText, problemLines } from "../render/error-text.ts";
import { Report } from "./report.ts";
import { StaleMaps } from "./stale-maps.ts";
import { reportPolicy, type ReportPolicy, staleAfterMs } from "../values/unattended-values.ts";

/** A report that stays the same is told again after this time. */
const AGAIN_MS = 24 * 60 * 60 * 1000;

/** Codes that somebody should hear of. A run that met another one did nothing; one that was stopped was watched. */
const TROUBLE: readonly ExitCode[] = [
  ExitCode.failed,
  ExitCode.incomplete,
  ExitCode.guarded,
  ExitCode.conflicts,
];

export interface Telling {
  readonly report: ReportPolicy;
  readonly onFailure: string | undefined;
  readonly staleAfterMs: number;
  /** Keeps nothing, runs no command. */
  readonly dryRun: boolean;
  /** Somebody looks: told even if it equals the last one. */
  readonly isFirst: boolean;
  readonly debug: boolean;
}

/** @throws {UsageError} */
export function tellingOf(
  flags: Pick<Flags, "report" | "onFailure" | "staleAfter" | "dryrun" | "debug">,
  byDefault: ReportPolicy = "always",
): Telling {
  const { onFailure, dryrun: dryRun, debug } = flags;
  const asked = flags.report === undefined ? byDefault : reportPolicy(flags.report);
  const report = dryRun || debug ? "always" : asked;
  return { report, onFailure, staleAfterMs: staleAfterMs(flags.staleAfter), dryRun, isFirst: false, debug };
}

/** Runs, and tells of it. Bugs and wrong command lines are thrown, and so is a run that met another one. */
export async function told(
  telling: Telling,
  context: Context,
  run: (stderr: Output, also: Listener) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { stderr, engine } = context;
  const isHeld = telling.report === "changes";
  const report = new Report(isHeld ? undefined : stderr);
  const stale = new StaleMaps();
  const code = await run(report, stale.listener).catch(async (error: unknown) => {
    if (error instanceof BsyncError && TROUBLE.includes(error.exitCode) && !context.signal.aborted) {
      await report.write(errorText(error, { stack: telling.debug }));
      return error.exitCode;
    }
    if (isHeld) await stderr.write(report.text);
    throw error;
  });
  if (telling.dryRun) return code;
  const isTrouble = TROUBLE.includes(code);
  const isNew = telling.isFirst || !(isHeld && isTrouble && isKnown(report.digest(code), engine));
  if (isHeld && isNew) await stderr.write(report.text);
  if (code === ExitCode.ok) engine.reports.clear();
  if (!isTrouble || !isNew || context.signal.aborted) return code;

  if (isHeld) engine.reports.keep({ digest: report.digest(code), toldMs: engine.now() });
  const since = stale.text(engine, telling.staleAfterMs);
  if (since !== "") await stderr.write(since);
  if (telling.onFailure !== undefined)
    await act(telling.onFailure, { code, text: report.text + since }, context);
  return code;
}

function isKnown(digest: string, { reports, now }: Context["engine"]): boolean {
  const last = reports.last();
  if (last?.digest !== digest) return false;
  const ageMs = now() - last.toldMs; // below zero: a clock was set back
  return ageMs >= 0 && ageMs < AGAIN_MS;
}

/** Whatever becomes of it, the run ended as it did. */
async function act(
  command: string,
  { code, text }: { readonly code: ExitCode; readonly text: string },
  { engine, signal, stderr }: Context,
): Promise<void> {
  const env = { S3_BSYNC_EXIT_CODE: String(code) };
  const failure = await engine.host.shell(command, { input: text, env, signal });
  if (failure !== undefined)
    await stderr.write(problemLines([`the command of --on-failure: ${failure}`], undefined));
}
