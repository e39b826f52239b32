/** Commands in hints name the state file they are about: pasted, they must not act on another one. */

import { shellWord } from "../../core/shell-word.ts";
import type { Output } from "../context.ts";

/** @param stateFile undefined: the default one, which needs no name */
export function hintsForFile(stderr: Output, stateFile: string | undefined): Output {
  if (stateFile === undefined) return stderr;
  return {
    write: (text) =>
      stderr.write(text.replaceAll(/^ {2}hint: .*$/gm, (line) => hintForFile(line, stateFile))),
  };
}

export function hintForFile(hint: string, stateFile: string): string {
  return hint.replaceAll("s3-bsync --", `s3-bsync --file ${shellWord(stateFile)} --`);
}
