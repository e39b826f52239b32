/** EndpointMemory of one test. */

import { type EndpointFacts, NO_FACTS } from "../../src/model/pair.ts";
import type { EndpointMemory } from "../../src/ports/endpoint-memory.ts";

export function endpointMemory(known: Partial<EndpointFacts> = {}): EndpointMemory {
  let facts: EndpointFacts = { ...NO_FACTS, ...known };
  return {
    get facts() {
      return facts;
    },
    learn(news) {
      facts = { ...facts, ...news };
    },
  };
}
