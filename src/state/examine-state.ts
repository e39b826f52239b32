/** Who may read and write the state file and what lies beside it. */

import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode, errorWords } from "../core/error-words.ts";
import type { StateFacts } from "../model/examination.ts";

export function examineState(
  stateFile: string,
  folder: string,
): Pick<StateFacts, "fileMode" | "folderMode" | "unwritable"> {
  const folderMode = modeOf(folder);
  return {
    fileMode: modeOf(stateFile) ?? 0,
    folderMode,
    // The file is replaced by one that is written in the folder beside it.
    unwritable:
      whyNotWritable(dirname(stateFile)) ?? (folderMode === undefined ? undefined : whyNotWritable(folder)),
  };
}

function modeOf(path: string): number | undefined {
  const seen = statSync(path, { throwIfNoEntry: false });
  return seen === undefined ? undefined : seen.mode & 0o777;
}

function whyNotWritable(folder: string): string | undefined {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return `${folder}: ${errorWords(errorCode(error) ?? String(error))}`;
  }
}
