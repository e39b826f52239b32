/** Everything that a run tells, as events. */

import type { RunEvent } from "../../model/run-event.ts";
import type { Listener } from "./listeners.ts";
import { actionEvent, mapMembers, noteEvent, outcomeEvent, summaryEvent } from "../render/run-events.ts";

export function eventListener(hear: (event: RunEvent) => Promise<void>): Required<Listener> {
  return {
    began: (map) => hear({ type: "began", ...mapMembers(map) }),
    noted: (map, text, key) => hear(noteEvent(map, text, key)),
    planned: (map, action) => hear(actionEvent(map, action)),
    held: (map, refusal) => hear({ type: "refusal", ...mapMembers(map), ...refusal }),
    ended: (map, outcome) => hear(outcomeEvent(map, outcome)),
    finished: (map, result) => hear(summaryEvent(map, result)),
    expired: (run) => hear({ type: "expired", run }),
  };
}
