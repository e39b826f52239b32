/**
 * How the last run ended, where that was not with 0, in `SYNCFILE.d/last-end.json`. Of a run that ended with 0 nothing is
 * written: the last-synced time tells of it.
 */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { BsyncError } from "../model/errors.ts";
import { ExitCode } from "../model/exit-code.ts";
import type { BadEnd } from "../model/pair.ts";
import { countOf, readJson, writeJson } from "./json-file.ts";

const NAME = "last-end.json";

/** Only under the lock. A disk that does not take it keeps nobody from anything. @param folder the companion folder */
export function noteEnd(folder: string, { exitCode, endedMs }: BadEnd): void {
  const path = join(folder, NAME);
  try {
    if (exitCode === ExitCode.ok) rmSync(path, { force: true });
    else writeJson(path, { exitCode, endedMs });
  } catch (error) {
    if (!(error instanceof BsyncError || (error instanceof Error && "syscall" in error))) throw error;
  }
}

/** @returns undefined: the last run ended with 0, or nobody knows */
export function badEnd(folder: string): BadEnd | undefined {
  const json = readJson(join(folder, NAME));
  const code = countOf(json, "exitCode");
  const exitCode = Object.values(ExitCode).find((each) => each === code);
  const endedMs = countOf(json, "endedMs");
  return exitCode === undefined || exitCode === ExitCode.ok || endedMs === undefined
    ? undefined
    : { exitCode, endedMs };
}
