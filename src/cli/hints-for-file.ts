/** Commands in hints name the state file they are about: pasted, they must not act on another one. */

import { shellWord } from "../core/shell-word.ts";
import type { Output } from "./context.ts";

/** @param stateFile undefined: the default one, which needs no name */
export function hintsForFile(stderr: Output, stateFile: string | undefined): Output {
  if (stateFile === undefined) return stderr;
  const named = `s3-bsync --file ${shellWord(stateFile)} --`;
  return {
    write: (text) =>
      stderr.write(text.replaceAll(/^ {2}hint: .*$/gm, (line) => line.replaceAll("s3-bsync --", named))),
  };
}
