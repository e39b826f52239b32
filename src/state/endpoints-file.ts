/** What endpoints were seen to do, in `SYNCFILE.d/endpoints.json`. */

import { join } from "node:path";
import { type EndpointFacts, NO_FACTS } from "../model/pair.ts";
import type { EndpointMemory } from "../ports/endpoint-memory.ts";
import { countOf, fieldOf, listOf, readJson, textOf, writeJson } from "./json-file.ts";

/** Verdicts on conditions are found out anew after this: servers are replaced and upgraded. */
const VERDICT_MS = 30 * 24 * 60 * 60 * 1000;

const ORDERS = ["untold", "bytes", "other"] as const;
const VERDICTS = ["untold", "honoured", "ignored", "refused"] as const;
const MD5_ETAGS = ["untold", "yes", "no"] as const;

export class EndpointsFile {
  readonly #path: string;
  readonly #facts: Map<string, EndpointFacts>;
  #changed = false;

  /** @param folder the companion folder; need not be there */
  constructor(folder: string, nowMs: number) {
    this.#path = join(folder, "endpoints.json");
    this.#facts = read(this.#path, nowMs);
  }

  memory(endpoint: string, bucket: string): EndpointMemory {
    const all = this.#facts;
    const name = JSON.stringify([endpoint, bucket]);
    const learn = (news: Partial<EndpointFacts>): void => {
      all.set(name, { ...(all.get(name) ?? NO_FACTS), ...news });
      this.#changed = true;
    };
    return {
      get facts() {
        return all.get(name) ?? NO_FACTS;
      },
      learn,
    };
  }

  all(): readonly { readonly endpoint: string; readonly bucket: string; readonly facts: EndpointFacts }[] {
    return [...this.#facts].map(([name, facts]) => {
      const [endpoint = "", bucket = ""] = JSON.parse(name) as readonly string[];
      return { endpoint, bucket, facts };
    });
  }

  /** Keeps what was learnt; not called in a dry run. */
  save(): void {
    if (!this.#changed) return;
    const endpoints = this.all().map(({ facts, ...place }) => ({ ...place, ...facts }));
    writeJson(this.#path, { endpoints });
    this.#changed = false;
  }
}

function read(path: string, nowMs: number): Map<string, EndpointFacts> {
  const facts = new Map<string, EndpointFacts>();
  for (const entry of listOf(readJson(path), "endpoints")) {
    const endpoint = textOf(entry, "endpoint");
    const bucket = textOf(entry, "bucket");
    if (endpoint === undefined || bucket === undefined) continue;
    facts.set(JSON.stringify([endpoint, bucket]), factsOf(entry, nowMs));
  }
  return facts;
}

function factsOf(entry: unknown, nowMs: number): EndpointFacts {
  const seenMs = countOf(entry, "seenMs") ?? 0;
  const fresh = Math.abs(nowMs - seenMs) <= VERDICT_MS;
  return {
    order: oneOf(ORDERS, fieldOf(entry, "order")),
    conditionalPut: fresh ? oneOf(VERDICTS, fieldOf(entry, "conditionalPut")) : "untold",
    conditionalDelete: fresh ? oneOf(VERDICTS, fieldOf(entry, "conditionalDelete")) : "untold",
    rewrites: textOf(entry, "rewrites") ?? "",
    md5Etags: oneOf(MD5_ETAGS, fieldOf(entry, "md5Etags")),
    seenMs: fresh ? seenMs : 0,
  };
}

/** @returns `value`, or the first of the words where it is none of them */
function oneOf<const T extends string>(words: readonly [T, ...T[]], value: unknown): T {
  return words.find((word) => word === value) ?? words[0];
}
