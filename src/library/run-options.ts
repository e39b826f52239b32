/** What a program may ask of a run. Each option but the first five is named as on the command line, and means the same. */

import type { BackupPolicy } from "../model/backup-policy.ts";
import type { Direction } from "../model/choice.ts";
import type { ConflictPolicy } from "../model/conflict-policy.ts";
import type { RunEvent } from "../model/run-event.ts";

/** Bytes; or text such as `500M` or `1.5GiB`, in steps of 1,024. */
export type Size = number | string;

/** A number of files, a share of the tracked ones such as `20%`, or `all`. */
export type Amount = number | `${number}%` | "all";

/** What is undefined is as if it were absent. Relative paths begin at the current directory, `~/` at HOME. */
export interface RunOptions {
  /** Default: `~/.state.s3sync`. It is made by `s3-bsync --init`. */
  readonly stateFile?: string | undefined;
  /** Directories of the maps to go through. Default: all maps of the state file, in its order. */
  readonly maps?: readonly string[] | undefined;
  /**
   * Hears what happens, one event at a time: the run waits for each call, so nothing piles up in memory. What it throws
   * ends the run in order, and is thrown by it.
   */
  readonly onEvent?: ((event: RunEvent) => void | Promise<void>) | undefined;
  /** Whether events of the type `note` are told: these may cost a walk over all records. Default: false. */
  readonly notes?: boolean | undefined;
  /** Aborted, it begins nothing new, lets what is under way end for at most 8 seconds, and records what was done. */
  readonly signal?: AbortSignal | undefined;

  /** Only names that one of these patterns matches. Default: all. */
  readonly only?: readonly string[] | undefined;
  /** No names that one of these patterns matches. Default: none. */
  readonly exclude?: readonly string[] | undefined;
  /** What may be changed; `up`: the bucket, `down`: the directory. Default: as the map has it, else `both`. */
  readonly direction?: Direction | undefined;
  /** Content to transfer at most, over all maps. Default: any amount. */
  readonly maxTransfer?: Size | undefined;

  /** Default: as the map has it, else `newer`. With `ask`, conflicts wait. */
  readonly onConflict?: ConflictPolicy | undefined;
  /** Which versions are kept before they go. Default: as the map has it, else `losers`. */
  readonly backup?: BackupPolicy | undefined;
  /** Days on which a run was done, or `all`. Default: 30. */
  readonly keepBackups?: number | "all" | undefined;
  /** Of all backups. Default: any. */
  readonly backupSize?: Size | undefined;

  /** Deletions above it are held back. Default: 10 files and half of the tracked ones, both exceeded. */
  readonly maxDelete?: Amount | undefined;
  /** Overwrites above it are held back. Default: 20 files and 90% of the tracked ones, both exceeded. */
  readonly maxOverwrite?: Amount | undefined;
  /** A side may be empty although paths are tracked. Default: false. */
  readonly allowEmpty?: boolean | undefined;
  /** The directory or the endpoint may be another one than that of the records. Default: false. */
  readonly acceptIdentity?: boolean | undefined;
  /** Objects that are not encrypted may come into a map that is. Default: false. */
  readonly acceptPlain?: boolean | undefined;
  /** What lies in another envelope than the map's is uploaded anew. Default: false. */
  readonly reencode?: boolean | undefined;
  /** Maps whose directory is missing are passed over. Default: false. */
  readonly skipMissing?: boolean | undefined;

  /** Transfers at one time, 1 to 256. Default: 64. */
  readonly concurrency?: number | undefined;
  /** Content a second, sent and received together, at least 16K. Default: as it comes. */
  readonly bwlimit?: Size | undefined;

  /** Default, here and in the next five: as the map has it, else as the AWS environment and files say. */
  readonly endpointUrl?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** A PEM file. */
  readonly caBundle?: string | undefined;
  readonly pathStyle?: boolean | undefined;
  readonly requestPayer?: boolean | undefined;

  /** What new objects get. Default, here and in the next two: as the map has it, else nothing. */
  readonly storageClass?: string | undefined;
  /** `AES256`, `aws:kms`, `aws:kms:KEY-ID` or `aws:kms:dsse`. */
  readonly sse?: string | undefined;
  /** `[PATTERN: ]NAME: VALUE` */
  readonly header?: readonly string[] | undefined;
}
