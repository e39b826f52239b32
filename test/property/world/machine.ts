/** A machine: its tree, its state, its backup, and the runs of the program on it. */

import type { Limits } from "../../../src/core/guard.ts";
import { DEFAULT_LIMITS } from "../../../src/core/guard.ts";
import type { BackupPolicy } from "../../../src/model/backup-policy.ts";
import type { ConflictPolicy } from "../../../src/model/conflict-policy.ts";
import type { ExitCode } from "../../../src/model/exit-code.ts";
import type { Intent } from "../../../src/model/intent.ts";
import type { ObjectKey } from "../../../src/model/object-key.ts";
import { isUnknown, type RemoteObject, type Unknown } from "../../../src/model/observation.ts";
import type { Outcome } from "../../../src/model/outcome.ts";
import type { Loser } from "../../../src/ports/loser-store.ts";
import type { MapResult, Reporter } from "../../../src/ports/reporter.ts";
import { syncMap } from "../../../src/sync/sync-map.ts";
import { MemoryFileTree } from "../../support/memory-file-tree.ts";
import { MemoryObjectStore } from "../../support/memory-object-store.ts";
import { MemoryStateStore } from "../../support/memory-state-store.ts";
import { MAP, memorySpool } from "../../support/memory-sync.ts";
import { NO_ENVELOPE } from "../../support/no-envelope.ts";
import type { Life } from "./life.ts";
import { MortalFiles } from "./mortal-files.ts";
import { MortalObjects } from "./mortal-objects.ts";
import { MortalLosers, MortalState } from "./mortal-state.ts";

/** What the listing of a run says of one name: nothing, or what the listing before said. */
export interface Lie {
  readonly how: "hides" | "lags";
  readonly key: ObjectKey;
}

export interface RunOptions {
  readonly startMs: number;
  readonly onConflict: ConflictPolicy;
  readonly backup: BackupPolicy;
  /** Of outcomes that were not durable when the run was cut off. */
  readonly keepsTail: boolean;
  readonly lie: Lie | undefined;
}

export interface Told {
  /** Undefined: killed. */
  readonly code: ExitCode | undefined;
  readonly ended: readonly Outcome[];
  readonly result: MapResult | undefined;
  /** Intents that the run has left open. */
  readonly cut: readonly Intent[];
}

/** Amounts are no matter here. */
const LIMITS: Limits = { ...DEFAULT_LIMITS, deletions: { files: Number.POSITIVE_INFINITY, share: 1 } };

export class Machine {
  readonly files = new MemoryFileTree();
  readonly state = new MemoryStateStore(MAP);
  readonly losers: { readonly loser: Loser; readonly text: string }[] = [];
  readonly objects: MemoryObjectStore;
  /** Uploads in parts that were begun, and not yet in the journal when the run was cut off: nobody can know of them. */
  readonly unnamed = new Set<string>();
  #listedBefore: readonly (RemoteObject | Unknown)[] = [];

  constructor(bucket: MemoryObjectStore, inParts: boolean) {
    this.objects = new MemoryObjectStore({
      sharing: bucket,
      unordered: true,
      ...(inParts ? { copyMax: 0, putMax: 0 } : {}),
    });
  }

  async run(life: Life, { startMs, onConflict, backup, keepsTail, lie }: RunOptions): Promise<Told> {
    const { state } = this;
    const ended: Outcome[] = [];
    let result: MapResult | undefined;
    const nothing = async (): Promise<void> => {};
    const reporter: Reporter = {
      wantsNotes: false,
      began: nothing,
      noted: nothing,
      planned: nothing,
      held: nothing,
      ended: async (_, outcome) => void ended.push(outcome),
      expired: nothing,
      finished: async (_, end) => void (result = end),
    };
    const ports = {
      map: MAP,
      files: new MortalFiles(this.files, life),
      objects: new MortalObjects(this.objects, life, (listing) => this.#told(listing, lie)),
      state: new MortalState(state, life),
      losers: new MortalLosers(this.losers, life),
      snapshot: state.snapshot(),
      envelope: NO_ENVELOPE,
      hadEnvelopes: false,
      newSpool: memorySpool,
      reporter,
    };
    const order = {
      dryRun: false,
      onConflict,
      backup,
      arbiter: undefined,
      names: undefined,
      direction: "both" as const,
      allowance: undefined,
      limits: LIMITS,
      allowEmpty: true,
      acceptPlain: false,
      reencode: false,
      concurrency: 64,
      acceptIdentity: true, // the first run may be cut off before it has remembered one
      times: { momentMs: state.remembered.momentMs, startMs },
      signal: life.signal,
    };
    const end = await Promise.race([syncMap(ports, order), life.died]);
    // What the dead process still has in its queue runs now, into nothing.
    if (end === "killed") await new Promise((resolve) => setImmediate(resolve));
    state.crash(keepsTail);
    if (end === "killed") this.#findUnnamed();
    return { code: end === "killed" ? undefined : end, ended, result, cut: this.#cut() };
  }

  #told(
    listing: readonly (RemoteObject | Unknown)[],
    lie: Lie | undefined,
  ): readonly (RemoteObject | Unknown)[] {
    const before = this.#listedBefore.filter((each) => each.key === lie?.key);
    this.#listedBefore = listing;
    if (lie === undefined) return listing;
    const told = listing.filter(({ key }) => key !== lie.key);
    if (lie.how === "lags") told.push(...before.filter((each) => !isUnknown(each)));
    return told.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  #findUnnamed(): void {
    const named = new Set<string | undefined>();
    for (const entry of this.state.leftover()?.entries() ?? []) {
      if ("intent" in entry && "uploadId" in entry.intent) named.add(entry.intent.uploadId);
    }
    for (const id of this.objects.uploads.keys()) if (!named.has(id)) this.unnamed.add(id);
  }

  #cut(): readonly Intent[] {
    const open = new Map<ObjectKey, Intent>();
    for (const entry of this.state.leftover()?.entries() ?? []) {
      if ("intent" in entry) open.set(entry.intent.key, entry.intent);
      else open.delete(entry.settled);
    }
    return [...open.values()];
  }
}
