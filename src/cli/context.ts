/** Everything a mode may reach. Only main.ts touches the process, only app/engine.ts knows the adapters. */

import type { Arbiter } from "../sync/map-ports.ts";
import type { BackupPolicy } from "../model/backup-policy.ts";
import type { Direction, NameChoice } from "../model/choice.ts";
import type { ConflictPolicy } from "../model/conflict-policy.ts";
import type { Keeping } from "../core/expired-backups.ts";
import type { Limits } from "../core/guard.ts";
import type { ExitCode } from "../model/exit-code.ts";
import type { MapFacts, StateFacts } from "../model/examination.ts";
import type { DirectoryMap, MapOptions } from "../model/map.ts";
import type { BaseRecord } from "../model/observation.ts";
import type { BadEnd, EndpointFacts } from "../model/pair.ts";
import type { Backups } from "../ports/backups.ts";
import type { Host } from "./host.ts";
import type { ReportMemory } from "../ports/report-memory.ts";
import type { Reporter } from "../ports/reporter.ts";
import type { VerifyReporter } from "../ports/verify-reporter.ts";
import type { Watcher } from "../ports/watcher.ts";
import type { Restored, RestoreOrder } from "../sync/restore.ts";
import type { Prompt } from "./terminal/arbiter.ts";

export interface Output {
  /** Resolves when the reader has taken it, or at once while its buffer has room. */
  write(text: string): Promise<void>;
}

/** stderr, where it is a terminal. */
export interface Screen {
  readonly stream: NodeJS.WriteStream;
  /** stdout is the same terminal. */
  readonly showsStdout: boolean;
}

export interface Context {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Undefined: stderr is no terminal. */
  readonly screen: Screen | undefined;
  readonly signal: AbortSignal;
  /** What `~` stands for; undefined where the environment does not say. */
  readonly home: string | undefined;
  /** Where relative paths begin. */
  readonly cwd: () => string;
  /** Undefined: nobody is at a terminal. */
  readonly prompt: Prompt | undefined;
  readonly engine: Engine;
}

export interface Engine {
  /** Absolute, symlinks followed. */
  readonly stateFile: string;
  sync(options: SyncOptions, reporter: Reporter): Promise<ExitCode>;
  /** Changes nothing, takes no lock. */
  verify(options: VerifyOptions, reporter: VerifyReporter): Promise<ExitCode>;

  /** @throws {BsyncError} there is no state file, or it cannot be read */
  examineState(): Promise<StateFacts>;
  /** Looks closely at what a run of this map needs. Changes nothing, takes no lock. @throws {BsyncError} a signal */
  examineMap(map: DirectoryMap, options: ExamineOptions): Promise<MapFacts>;

  /** What `--dump` shows, checked to its last byte. Takes no lock, reaches no network. @throws {StateFormatError} */
  open(): StateContents;
  /** @returns undefined: there is no state file */
  maps(): readonly DirectoryMap[] | undefined;

  /** Runs `edit` under the lock, which every change of the state needs. @throws {LockedError} */
  locked<T>(edit: () => Promise<T>): Promise<T>;
  /** Replaces the maps. Records of maps whose root, bucket and prefix stay are kept; all others go, with their identity. */
  setMaps(maps: readonly DirectoryMap[]): void;
  /** Drops the records of names that the ignore files on disk match. @returns how many */
  untrackIgnored(map: DirectoryMap): Promise<number>;
  /**
   * Sets the file aside and writes one with its maps, or those of the generation before, and no records.
   * @returns where the old file is now, and the maps. @throws {BsyncError} there is none, or it is not ours
   */
  recover(): { readonly setAside: string; readonly maps: readonly DirectoryMap[] };
  /** @returns what was removed and what was kept; undefined: there was no state file. @throws {BsyncError} it is not ours */
  purge(options: {
    readonly backups: boolean;
  }): Promise<{ readonly removed: string; readonly keptBackups: string | undefined } | undefined>;

  /** Reaches no network, takes no lock. */
  backups(): Promise<Backups>;
  /** Into a directory, by its absolute path, which is made if need be. Takes no lock: the state is not touched. */
  restore(to: string, order: RestoreOrder): AsyncIterable<Restored>;

  /** The key of `--gpg`. @throws {BsyncError} there is none that can be used */
  gpgKey(name: string): Promise<{ readonly canDecrypt: boolean }>;

  /** What is known of it beside the last-synced time. `wasCutOff`: or it is under way. */
  lastRun(): { readonly badEnd: BadEnd | undefined; readonly wasCutOff: boolean };
  /** What endpoints were seen to do. */
  endpoints(): readonly {
    readonly endpoint: string;
    readonly bucket: string;
    readonly facts: EndpointFacts;
  }[];
  /** When the last run began that went through this map to its end; 0: none did. */
  syncedMs(map: DirectoryMap): number;
  readonly reports: ReportMemory;
  readonly host: Host;

  /** In ms since 1970. */
  readonly now: () => number;

  /** The real path of an existing directory. @returns undefined: it is none */
  directory(path: string): string | undefined;
}

export interface StateContents {
  readonly version: number;
  readonly syncedMs: number;
  readonly maps: readonly DirectoryMap[];
  records(map: DirectoryMap): Iterable<readonly BaseRecord[]>;
  close(): void;
}

export interface ExamineOptions {
  /** Overrides what the map has stored, for this run. */
  readonly connection: MapOptions;
  readonly signal: AbortSignal;
}

export interface VerifyOptions {
  /** By size, time and ETag alone. */
  readonly quick: boolean;
  /** Undefined: all names. */
  readonly names: NameChoice | undefined;
  /** Overrides what the maps have stored, for this run. */
  readonly connection: MapOptions;
  readonly signal: AbortSignal;
}

export interface SyncOptions {
  readonly dryRun: boolean;
  /** The directories of the maps to go through. Absent: all maps. */
  readonly roots?: readonly string[];
  /** Maps whose directory is missing are passed over. */
  readonly skipMissing: boolean;
  /** Undefined: as the map has it; so are `backup` and `direction`. */
  readonly onConflict: ConflictPolicy | undefined;
  readonly backup: BackupPolicy | undefined;
  readonly direction: Direction | undefined;
  /** Undefined: all names. */
  readonly names: NameChoice | undefined;
  /** Bytes of content, over all maps. Undefined: any amount. */
  readonly maxTransfer: number | undefined;
  readonly keeping: Keeping;
  readonly limits: Limits;
  readonly allowEmpty: boolean;
  readonly acceptIdentity: boolean;
  readonly acceptPlain: boolean;
  readonly reencode: boolean;
  /** Undefined: conflicts wait where the policy is to ask. */
  readonly arbiter: Arbiter | undefined;
  /** Hears what is under way. */
  readonly watcher: Watcher | undefined;
  /** Overrides what the maps have stored, for this run; so does `objects`. */
  readonly connection: MapOptions;
  /** What new objects are given. */
  readonly objects: MapOptions;
  readonly transfers: TransferLimits;
  readonly signal: AbortSignal;
}

export interface TransferLimits {
  /** Transfers at one time. */
  readonly concurrency: number;
  /** Of content, sent and received together; undefined: as it comes. */
  readonly bytesPerSecond: number | undefined;
}
