/** Everything that a run tells, as JSON lines on stdout. */

import type { Output } from "../context.ts";
import { eventListener } from "./event-listener.ts";
import type { Listener } from "./listeners.ts";
import { eventLine } from "../render/json-lines.ts";

export function jsonListener(stdout: Output): Listener {
  return eventListener((event) => stdout.write(eventLine(event)));
}
