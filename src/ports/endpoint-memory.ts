/** What is remembered of an endpoint from run to run. */

import type { EndpointFacts } from "../model/pair.ts";

export interface EndpointMemory {
  readonly facts: EndpointFacts;
  /** Kept beside the state when the run records; in a dry run for this run only. */
  learn(facts: Partial<EndpointFacts>): void;
}
