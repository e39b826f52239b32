/** The last report that was told, in `SYNCFILE.d/report.json`: there only while there is trouble. */

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BsyncError } from "../model/errors.ts";
import type { ReportMemory, ToldReport } from "../ports/report-memory.ts";
import { fsCode } from "./fs-errors.ts";
import { countOf, readJson, textOf, writeJson } from "./json-file.ts";

/** @param folder the companion folder; it is not made for this */
export function reportFile(folder: string): ReportMemory {
  const path = join(folder, "report.json");
  return {
    last(): ToldReport | undefined {
      const json = readJson(path);
      const digest = textOf(json, "digest");
      const toldMs = countOf(json, "toldMs");
      return digest === undefined || toldMs === undefined ? undefined : { digest, toldMs };
    },
    keep({ digest, toldMs }) {
      if (existsSync(folder)) attempt(() => writeJson(path, { digest, toldMs }));
    },
    clear() {
      attempt(() => rmSync(path, { force: true }));
    },
  };
}

function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof BsyncError) && fsCode(error) === undefined) throw error;
  }
}
