/** What the conductor of one map reaches the world by, and what this run wants of it. */

import type { RunTimes } from "../core/classify.ts";
import type { Limits } from "../core/guard.ts";
import type { ConflictPolicy } from "../model/conflict-policy.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { FileTree } from "../ports/file-tree.ts";
import type { LoserStore } from "../ports/loser-store.ts";
import type { ObjectStore } from "../ports/object-store.ts";
import type { Reporter } from "../ports/reporter.ts";
import type { NewSpool } from "../ports/spool.ts";
import type { StateSnapshot, StateStore } from "../ports/state-store.ts";

export interface MapPorts {
  readonly map: DirectoryMap;
  readonly files: FileTree;
  readonly objects: ObjectStore;
  readonly snapshot: StateSnapshot;
  readonly state: StateStore;
  readonly losers: LoserStore;
  readonly newSpool: NewSpool;
  readonly reporter: Reporter;
}

export interface MapOrder {
  readonly dryRun: boolean;
  readonly onConflict: ConflictPolicy;
  readonly limits: Limits;
  /** A side may be empty although paths are tracked. */
  readonly allowEmpty: boolean;
  /** The directory, or the endpoint, may be another one than the records were made with. */
  readonly acceptIdentity: boolean;
  readonly times: RunTimes;
  /** Aborted: nothing new is begun; what is done is recorded. */
  readonly signal: AbortSignal;
}
