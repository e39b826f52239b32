/** Identity and moment of each map, in `SYNCFILE.d/pairs.json`. */

import { join } from "node:path";
import type { DirectoryMap } from "../model/map.ts";
import type { PairIdentity } from "../model/pair.ts";
import { countOf, fieldOf, listOf, numberOf, readJson, textOf, writeJson } from "./json-file.ts";

export interface Pair {
  readonly identity: PairIdentity | undefined;
  /** Undefined: the last-synced time of the state file. */
  readonly momentMs: number | undefined;
}

export interface Pairs {
  /** Which version of the state file the moments belong to; they say nothing of any other one. */
  readonly stateMark: string;
  /** By `pairName`. */
  readonly pairs: ReadonlyMap<string, Pair>;
}

export function pairName({ root, bucket, prefix }: DirectoryMap): string {
  return JSON.stringify([root, bucket, prefix]);
}

export function readPairs(folder: string): Pairs {
  const json = readJson(pathIn(folder));
  const pairs = new Map<string, Pair>();
  for (const entry of listOf(json, "pairs")) {
    const name = [textOf(entry, "root"), textOf(entry, "bucket"), textOf(entry, "prefix")];
    if (name.includes(undefined)) continue;
    pairs.set(JSON.stringify(name), { identity: identityOf(entry), momentMs: countOf(entry, "momentMs") });
  }
  return { stateMark: textOf(json, "stateMark") ?? "", pairs };
}

export function writePairs(folder: string, { stateMark, pairs }: Pairs): void {
  const entries = [...pairs].map(([name, { identity, momentMs }]) => {
    const [root, bucket, prefix] = JSON.parse(name) as readonly string[];
    const { endpoint, hadEnvelopes } = identity ?? {};
    return { root, bucket, prefix, momentMs, endpoint, hadEnvelopes, ...identity?.root };
  });
  writeJson(pathIn(folder), { stateMark, pairs: entries });
}

function identityOf(entry: unknown): PairIdentity | undefined {
  const endpoint = textOf(entry, "endpoint");
  const realPath = textOf(entry, "realPath");
  const ino = numberOf(entry, "ino");
  const birthMs = numberOf(entry, "birthMs");
  if (endpoint === undefined || realPath === undefined) return undefined;
  if (ino === undefined || birthMs === undefined) return undefined;
  const enveloped = fieldOf(entry, "hadEnvelopes") === true ? { hadEnvelopes: true as const } : {};
  return { endpoint, root: { realPath, ino, birthMs }, ...enveloped };
}

function pathIn(folder: string): string {
  return join(folder, "pairs.json");
}
