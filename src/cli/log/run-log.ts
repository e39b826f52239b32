/** What a run does, line by line, in the file that `--log-file` names. */

import { BsyncError, LockedError, UsageError } from "../../model/errors.ts";
import type { ExitCode } from "../../model/exit-code.ts";
import type { Outcome } from "../../model/outcome.ts";
import { absolutePath } from "../values/absolute-path.ts";
import type { Context } from "../context.ts";
import type { Listener } from "../listeners/listeners.ts";
import type { Flags } from "../options/options.ts";
import { printable, shown, shownKey } from "../render/escape.ts";
import { pairText } from "../render/map-text.ts";
import { outcomeText } from "../render/outcome-text.ts";
import { refusalsText } from "../render/refusal-text.ts";
import { type Spent, spentText } from "../render/totals-text.ts";
import { mappedAbove, RunLogFile } from "./run-log-file.ts";
import { spentOn } from "../listeners/run-tally.ts";
import { type LogLevel, logLevel, LOG_LEVELS } from "../values/values.ts";
import { VERSION } from "../version.ts";

/** Of one run, or of many, one after the other: each begins and ends. */
export interface RunLog {
  readonly listener: Listener;
  begins(): void;
  done(code: ExitCode, spent: Spent | undefined): void;
  threw(error: unknown): void;
  ends(): void;
}

type Log = (level: LogLevel, text: string) => void;

/**
 * A log that cannot be written stops nothing.
 * @returns undefined: none is wanted, or this is a dry run, which changes nothing
 * @throws {UsageError}
 */
export function runLog(flags: Flags, context: Context): RunLog | undefined {
  const level = logLevel(flags.logLevel);
  if (flags.logFile === undefined) {
    if (flags.logLevel !== undefined) throw new UsageError("--log-level needs --log-file");
    return undefined;
  }
  const path = absolutePath(flags.logFile, context);
  const root = mappedAbove(path, context.engine);
  if (root !== undefined)
    throw new UsageError(`--log-file ${path}: lies in the mapped directory ${root}`, "put it elsewhere");
  if (flags.dryrun) return undefined;

  const file = new RunLogFile(path, context);
  const add: Log = (of, text) => {
    if (LOG_LEVELS.indexOf(of) > LOG_LEVELS.indexOf(level)) return;
    file.write(`${new Date(context.engine.now()).toISOString()} ${of.padEnd(5)} ${printable(text)}\n`);
  };
  let isNew = false;
  const log: Log = (of, text) => {
    if (isNew) add("info", `run begins: s3-bsync ${VERSION}, ${shown(context.engine.stateFile)}`);
    isNew = false;
    add(of, text);
  };
  return {
    listener: logListener(log),
    begins() {
      file.open();
      isNew = true;
    },
    done(code, spent) {
      log("info", `run ends with ${code}${spent === undefined ? "" : `: ${spentText(spent)}`}`);
    },
    threw(error) {
      const metAnother = error instanceof LockedError;
      if (metAnother && flags.watch) return; // it tries again every two seconds
      log(metAnother ? "info" : "error", `run ends: ${sentenceOf(error)}`);
    },
    ends: () => file.close(),
  };
}

function logListener(log: Log): Listener {
  return {
    async began(map) {
      log("debug", `${pairText(map)}: begins`);
    },
    async noted(map, text, key) {
      log("debug", `${shown(map.root)}: note: ${key === undefined ? "" : `${shownKey(key)}: `}${text}`);
    },
    async held(map, refusal) {
      log("error", onOneLine(refusalsText(map, [refusal])));
    },
    async ended(map, outcome) {
      log(levelOf(outcome), `${shown(map.root)}: ${onOneLine(outcomeText(outcome))}`);
    },
    async finished(map, result) {
      if (result.error !== undefined) log("error", sentenceOf(result.error));
      log("info", `${pairText(map)}: ends with ${result.exitCode}: ${spentText(spentOn(result))}`);
    },
    async expired(run) {
      log("info", `backups of ${run} are old enough, and removed`);
    },
  };
}

/** What only the records tell of is for those who debug. */
function levelOf(outcome: Outcome): LogLevel {
  if (outcome.end !== "done") return outcome.reported ? "error" : "debug";
  if (outcome.verb === "forget" && outcome.note !== undefined) return "error";
  return outcome.verb === "adopt" || outcome.verb === "forget" ? "debug" : "info";
}

function sentenceOf(error: unknown): string {
  const { message, hint } = error instanceof BsyncError ? error : { message: String(error), hint: undefined };
  return hint === undefined ? message : `${message} (hint: ${hint})`;
}

function onOneLine(text: string): string {
  const lines = text.trimEnd().split("\n");
  return lines.map((line) => line.trim().replace(/^s3-bsync: /, "")).join("; ");
}
