/** What went wrong, on stderr: a line for each path, refusal and error. It speaks in every mode of output. */

import { InterruptedError } from "../../model/errors.ts";
import type { Refusal } from "../../model/refusal.ts";
import type { Output } from "../context.ts";
import type { Listener } from "./listeners.ts";
import { errorText } from "../render/error-text.ts";
import { problemText } from "../render/outcome-text.ts";
import { refusalsText } from "../render/refusal-text.ts";

export function problemListener(stderr: Output, { debug }: { readonly debug: boolean }): Listener {
  /** Of the map under way: they are told together, with one hint that names every flag. */
  let refusals: Refusal[] = [];
  return {
    async held(_map, refusal) {
      refusals.push(refusal);
    },
    async ended(map, outcome) {
      const problem = problemText(map, outcome);
      if (problem !== undefined) await stderr.write(problem);
    },
    async finished(map, { error }) {
      if (refusals.length > 0) await stderr.write(refusalsText(map, refusals));
      refusals = [];
      // Whoever sends a signal knows of it.
      if (error !== undefined && !(error instanceof InterruptedError))
        await stderr.write(errorText(error, { stack: debug }));
    },
  };
}
