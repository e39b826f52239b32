/** Everything that a run tells, as JSON lines on stdout. */

import type { Output } from "./context.ts";
import type { Listener } from "./listeners.ts";
import {
  actionLine,
  beganLine,
  expiredLine,
  noteLine,
  outcomeLine,
  refusalLine,
  summaryLine,
} from "./render/json-lines.ts";

export function jsonListener(stdout: Output): Listener {
  return {
    began: (map) => stdout.write(beganLine(map)),
    noted: (map, text, key) => stdout.write(noteLine(map, text, key)),
    planned: (map, action) => stdout.write(actionLine(map, action)),
    held: (map, refusal) => stdout.write(refusalLine(map, refusal)),
    ended: (map, outcome) => stdout.write(outcomeLine(map, outcome)),
    finished: (map, result) => stdout.write(summaryLine(map, result)),
    expired: (run) => stdout.write(expiredLine(run)),
  };
}
