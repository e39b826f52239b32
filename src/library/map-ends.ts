/** How the maps of a run ended: a few facts each, however many files they have. */

import type { RefusalEvent, RunEvent } from "../model/run-event.ts";
import type { MapEnd } from "./run-result.ts";

export class MapEnds {
  readonly all: MapEnd[] = [];
  /** Of the map under way. */
  #refusals: RefusalEvent[] = [];

  hear(event: RunEvent): void {
    if (event.type === "refusal") this.#refusals.push(event);
    if (event.type !== "summary") return;
    this.all.push({ ...event, refusals: this.#refusals });
    this.#refusals = [];
  }
}
