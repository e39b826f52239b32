/** What a run does, line by line, in the file that `--log-file` names. */

import { join } from "node:path";
import { errorCode, errorWords } from "../core/error-words.ts";
import { BsyncError, LockedError, UsageError } from "../model/errors.ts";
import type { ExitCode } from "../model/exit-code.ts";
import type { Outcome } from "../model/outcome.ts";
import { absolutePath } from "./absolute-path.ts";
import type { Context } from "./context.ts";
import type { Listener } from "./listeners.ts";
import { LogFile } from "./log-file.ts";
import type { Flags } from "./options.ts";
import { problemLines } from "./render/error-text.ts";
import { printable, shown, shownKey } from "./render/escape.ts";
import { pairText } from "./render/map-text.ts";
import { outcomeText } from "./render/outcome-text.ts";
import { refusalsText } from "./render/refusal-text.ts";
import { type Spent, spentText } from "./render/totals-text.ts";
import { spentOn } from "./run-tally.ts";
import { type LogLevel, logLevel, LOG_LEVELS } from "./values.ts";
import { VERSION } from "./version.ts";

/** 10 MiB a file, and four older ones. */
const SIZES = { maxBytes: 10 * 1024 * 1024, keep: 4 };

export interface RunLog {
  readonly listener: Listener;
  ended(code: ExitCode, spent: Spent | undefined): void;
  threw(error: unknown): void;
  close(): void;
}

type Log = (level: LogLevel, text: string) => void;

/**
 * A log that cannot be written is told once, on stderr, and stops nothing.
 * @returns undefined: none is wanted, or this is a dry run, which changes nothing
 * @throws {UsageError}
 */
export async function runLog(flags: Flags, context: Context): Promise<RunLog | undefined> {
  const level = logLevel(flags.logLevel);
  if (flags.logFile === undefined) {
    if (flags.logLevel !== undefined) throw new UsageError("--log-level needs --log-file");
    return undefined;
  }
  const path = absolutePath(flags.logFile, context);
  checkPlace(path, context);
  if (flags.dryrun) return undefined;
  const file = await openLog(path, context);
  const log: Log = (of, text) => {
    if (LOG_LEVELS.indexOf(of) > LOG_LEVELS.indexOf(level)) return;
    file.write(`${new Date(context.engine.now()).toISOString()} ${of.padEnd(5)} ${printable(text)}\n`);
  };
  log("info", `run begins: s3-bsync ${VERSION}, ${shown(context.engine.stateFile)}`);
  return {
    listener: logListener(log),
    ended(code, spent) {
      log("info", `run ends with ${code}${spent === undefined ? "" : `: ${spentText(spent)}`}`);
    },
    threw(error) {
      log(error instanceof LockedError ? "info" : "error", `run ends: ${sentenceOf(error)}`);
    },
    close: () => file.close(),
  };
}

/** A log in a mapped directory would be a change in every run. @throws {UsageError} */
function checkPlace(path: string, { engine }: Context): void {
  const folder = engine.directory(join(path, "..")) ?? join(path, "..");
  for (const { root } of engine.maps() ?? []) {
    const real = engine.directory(root) ?? root;
    if (folder === real || folder.startsWith(real === "/" ? real : `${real}/`))
      throw new UsageError(`--log-file ${path}: lies in the mapped directory ${root}`, "put it elsewhere");
  }
}

async function openLog(path: string, { stderr }: Context): Promise<Pick<LogFile, "write" | "close">> {
  let failed = false;
  const orTell = <T>(act: () => T): T | undefined => {
    if (failed) return undefined;
    try {
      return act();
    } catch (error) {
      failed = true;
      const code = errorCode(error);
      const why = code === undefined ? (error as Error).message : errorWords(code);
      void stderr.write(problemLines([`--log-file ${path}: ${why}`], "the run goes on without its log"));
      return undefined;
    }
  };
  const file = orTell(() => new LogFile(path, SIZES));
  return {
    write: (line) => orTell(() => file?.write(line)),
    close: () => file?.close(),
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
