/** Tells the strict server what to do wrong, and asks what it was asked. Over HTTP only. */

import type { FaultRule, LogEntry, Modes } from "./strict-server/fault-rules.ts";

export interface StrictClient {
  /** Added to those that are there. */
  faults(rules: readonly FaultRule[]): Promise<void>;
  /** How it differs from S3 from now on; what is not named is as on AWS. */
  modes(modes: Partial<Modes>): Promise<void>;
  /** Every S3 request since the beginning or the last `clear`. */
  log(): Promise<readonly LogEntry[]>;
  /** Resolves as soon as a request waits for `release`. */
  held(): Promise<void>;
  /** Lets go on what is held. */
  release(): Promise<void>;
  /** No faults, no log, as on AWS. Buckets and objects stay. */
  clear(): Promise<void>;
}

export function strictClient(endpoint: string): StrictClient {
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${endpoint}/__${path}`, init);
    if (!response.ok) throw new Error(`strict server: ${method} ${path}: ${response.status}`);
    return await response.json();
  };
  return {
    faults: async (rules) => void (await ask("POST", "faults", rules)),
    modes: async (modes) => void (await ask("PUT", "modes", modes)),
    log: async () => (await ask("GET", "log")) as readonly LogEntry[],
    held: async () => void (await ask("GET", "held")),
    release: async () => void (await ask("POST", "release")),
    clear: async () => {
      await ask("DELETE", "faults");
      await ask("DELETE", "log");
      await ask("PUT", "modes", {});
    },
  };
}
