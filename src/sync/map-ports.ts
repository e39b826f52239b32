/** What the conductor of one map reaches the world by, and what this run wants of it. */

import type { RunTimes } from "../core/classify.ts";
import type { Limits } from "../core/guard.ts";
import type { Allowance } from "../core/transfer-limit.ts";
import type { Conflict } from "../model/action.ts";
import type { BackupPolicy } from "../model/backup-policy.ts";
import type { Choice } from "../model/choice.ts";
import type { ConflictPolicy } from "../model/conflict-policy.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { Envelope } from "../ports/envelope.ts";
import type { FileTree } from "../ports/file-tree.ts";
import type { Journal } from "../ports/journal.ts";
import type { LoserStore } from "../ports/loser-store.ts";
import type { ObjectStore } from "../ports/object-store.ts";
import type { Reporter } from "../ports/reporter.ts";
import type { NewSpool } from "../ports/spool.ts";
import type { Watcher } from "../ports/watcher.ts";
import type { StateSnapshot, StateStore } from "../ports/state-store.ts";

export interface MapPorts {
  readonly map: DirectoryMap;
  readonly files: FileTree;
  readonly objects: ObjectStore;
  readonly snapshot: StateSnapshot;
  readonly state: StateStore;
  readonly losers: LoserStore;
  /** What new content is put into, and which content can be read here. */
  readonly envelope: Pick<Envelope, "encoding" | "canDecode">;
  /** Some ETags may be those of envelopes, and tell nothing of the content. */
  readonly hadEnvelopes: boolean;
  readonly newSpool: NewSpool;
  readonly reporter: Reporter;
  readonly watcher?: Watcher | undefined;
}

/** What an action may reach. */
export interface ActionPorts extends MapPorts {
  readonly journal: Journal;
}

/** Puts a conflict to the user. @returns undefined: it waits */
export type Arbiter = (conflict: Conflict) => Promise<Exclude<ConflictPolicy, "ask"> | undefined>;

export interface MapOrder extends Choice {
  readonly dryRun: boolean;
  readonly onConflict: ConflictPolicy;
  readonly backup: BackupPolicy;
  /** Undefined: nobody is there to be asked. */
  readonly arbiter: Arbiter | undefined;
  readonly limits: Limits;
  /** A side may be empty although paths are tracked. */
  readonly allowEmpty: boolean;
  /** The directory, or the endpoint, may be another one than the records were made with. */
  readonly acceptIdentity: boolean;
  /** Objects that are not encrypted may come into a map that is. */
  readonly acceptPlain: boolean;
  /** What lies in another envelope than the map's is uploaded anew. */
  readonly reencode: boolean;
  /** Undefined: any amount. */
  readonly allowance: Allowance | undefined;
  /** Actions at one time. */
  readonly concurrency: number;
  readonly times: RunTimes;
  /** Aborted: nothing new is begun; what is done is recorded. */
  readonly signal: AbortSignal;
}
