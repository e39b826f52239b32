/** One map over ports in memory, and the conductor run on it. */

import { DEFAULT_LIMITS } from "../../src/core/guard.ts";
import type { Action } from "../../src/model/action.ts";
import { PathError } from "../../src/model/errors.ts";
import type { ExitCode } from "../../src/model/exit-code.ts";
import type { DirectoryMap } from "../../src/model/map.ts";
import type { Outcome } from "../../src/model/outcome.ts";
import type { Refusal } from "../../src/model/refusal.ts";
import type { FileTree } from "../../src/ports/file-tree.ts";
import type { Loser, LoserStore } from "../../src/ports/loser-store.ts";
import type { MapResult } from "../../src/ports/reporter.ts";
import type { Watcher } from "../../src/ports/watcher.ts";
import type { Spool } from "../../src/ports/spool.ts";
import type { MapOrder } from "../../src/sync/map-ports.ts";
import { syncMap } from "../../src/sync/sync-map.ts";
import { MemoryFileTree } from "./memory-file-tree.ts";
import { MemoryObjectStore } from "./memory-object-store.ts";
import { NO_ENVELOPE } from "./no-envelope.ts";
import { MemoryStateStore } from "./memory-state-store.ts";

export const MAP: DirectoryMap = {
  root: "/memory",
  bucket: "memory",
  prefix: "",
  gzip: 0,
  recursive: true,
  gpg: false,
  email: "",
  options: {},
};

export interface Told {
  readonly code: ExitCode;
  readonly planned: readonly Action[];
  readonly ended: readonly Outcome[];
  readonly held: readonly Refusal[];
  readonly result: MapResult | undefined;
}

/** @template F another tree than one in memory may stand in its place */
export class MemorySync<F extends FileTree = MemoryFileTree> {
  readonly files: F;
  readonly objects: MemoryObjectStore;
  readonly state: MemoryStateStore;
  /** Versions that went into the backup. */
  readonly losers: { readonly loser: Loser; readonly text: string }[] = [];
  /** False: as on a disk that is full. */
  canKeep = true;
  /** Some ETags may be those of envelopes. */
  hadEnvelopes = false;
  watcher: Watcher | undefined;
  /** Whether content in an envelope can be read here. */
  canDecode = true;
  readonly map: DirectoryMap;
  /** Of the next run, in ms; moves on by itself. */
  nowMs = 1_900_000_000_000;

  constructor(parts: Partial<{ files: F; objects: MemoryObjectStore; map: DirectoryMap }> = {}) {
    this.files = parts.files ?? (new MemoryFileTree() as FileTree as F);
    this.objects = parts.objects ?? new MemoryObjectStore();
    this.map = parts.map ?? MAP;
    this.state = new MemoryStateStore(this.map);
  }

  async run(order: Partial<MapOrder> = {}): Promise<Told> {
    const planned: Action[] = [];
    const ended: Outcome[] = [];
    const held: Refusal[] = [];
    let result: MapResult | undefined;
    const reporter = {
      wantsNotes: false,
      began: async () => {},
      noted: async () => {},
      planned: async (_: DirectoryMap, action: Action) => void planned.push(action),
      ended: async (_: DirectoryMap, outcome: Outcome) => void ended.push(outcome),
      held: async (_: DirectoryMap, refusal: Refusal) => void held.push(refusal),
      finished: async (_: DirectoryMap, end: MapResult) => void (result = end),
      expired: async () => {},
    };
    const startMs = (this.nowMs += 60_000);
    const { map, files, objects, state } = this;
    const ports = {
      map,
      files,
      objects,
      state,
      reporter,
      losers: this.#loserStore(),
      envelope: { ...NO_ENVELOPE, canDecode: () => this.canDecode },
      hadEnvelopes: this.hadEnvelopes,
      watcher: this.watcher,
      newSpool: memorySpool,
      snapshot: state.snapshot(),
    };
    const code = await syncMap(ports, {
      dryRun: false,
      onConflict: "newer",
      backup: "losers",
      arbiter: undefined,
      names: undefined,
      direction: "both",
      allowance: undefined,
      limits: DEFAULT_LIMITS,
      allowEmpty: false,
      acceptIdentity: false,
      acceptPlain: false,
      reencode: false,
      concurrency: 64,
      times: { momentMs: state.remembered.momentMs, startMs },
      signal: new AbortController().signal,
      ...order,
    });
    return { code, planned, ended, held, result };
  }

  #loserStore(): LoserStore {
    return {
      save: async (loser, chunks) => {
        if (!this.canKeep) throw new PathError("cannot be kept in the backup");
        const parts: Uint8Array[] = [];
        for await (const chunk of chunks) parts.push(chunk);
        this.losers.push({ loser, text: Buffer.concat(parts).toString() });
      },
    };
  }
}

/** Through JSON, as the real one: what comes out is not what went in, but its copy. */
export function memorySpool<T>(): Spool<T> {
  const lines: string[] = [];
  const items: T[] = [];
  return {
    get length() {
      return lines.length;
    },
    add: (item) => void lines.push(JSON.stringify(item)),
    *[Symbol.iterator]() {
      for (const [at, line] of lines.entries()) yield (items[at] ??= JSON.parse(line) as T);
    },
    close: () => {},
  };
}
