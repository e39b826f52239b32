/** The command line of the benchmark. */

import { parseArgs } from "node:util";
import { PEER_NAMES, type PeerName } from "./peers.ts";
import type { Scale } from "./workloads.ts";

export interface BenchOptions {
  /** Ids or beginnings of ids; empty: all. */
  readonly only: readonly string[];
  readonly scale: Scale;
  /** The kind of a server that is started for it, or a URL. */
  readonly server: string | undefined;
  readonly repeats: number;
  readonly latencyMs: number;
  readonly peers: readonly PeerName[];
  readonly write: boolean;
}

/** @throws {Error} says which option is wrong */
export function benchOptions(words: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: "string", default: "" },
      scale: { type: "string", default: "small" },
      server: { type: "string" },
      repeats: { type: "string", default: "3" },
      latency: { type: "string", default: "30" },
      peers: { type: "string", default: PEER_NAMES.join(",") },
      write: { type: "boolean", default: false },
    },
  });
  const { scale, server } = values;
  if (scale !== "small" && scale !== "full") throw new Error(`--scale ${scale}: small or full`);
  const peers = listed(values.peers).map((word) => {
    const peer = PEER_NAMES.find((name) => name === word);
    if (peer === undefined) throw new Error(`--peers ${word}: ${PEER_NAMES.join(", ")}`);
    return peer;
  });
  return {
    only: listed(values.only),
    scale,
    server,
    repeats: wholeNumber("--repeats", values.repeats, 1),
    latencyMs: wholeNumber("--latency", values.latency, 0),
    peers,
    write: values.write,
  };
}

function listed(words: string): readonly string[] {
  return words.split(",").filter((word) => word !== "");
}

function wholeNumber(option: string, word: string, least: number): number {
  const number = Number(word);
  if (!Number.isInteger(number) || number < least)
    throw new Error(`${option} ${word}: a whole number from ${least}`);
  return number;
}
