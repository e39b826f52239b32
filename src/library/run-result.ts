/** How a run ended, for a program. */

import type { ExitCode } from "../model/exit-code.ts";
import type { RefusalEvent, SummaryEvent } from "../model/run-event.ts";

/** The name of an exit code. */
export type Ending = keyof typeof ExitCode;

export interface RunResult {
  /** With which the command would end. */
  readonly exitCode: ExitCode;
  /** The same as a word. */
  readonly ending: Ending;
  /** In the order of the run; those that it did not come to are missing. */
  readonly maps: readonly MapEnd[];
}

export interface MapEnd extends SummaryEvent {
  /** What was held back or left. */
  readonly refusals: readonly RefusalEvent[];
}
