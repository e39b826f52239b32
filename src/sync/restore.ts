/** Brings versions of one run back from the backup: into a directory that is named, never over what is there unasked. */

import { FreeNames } from "../core/free-names.ts";
import { IgnoreRules } from "../core/ignore-rules.ts";
import { inOrder } from "../core/in-order.ts";
import { nameFault } from "../core/usable-names.ts";
import { PathError } from "../model/errors.ts";
import type { ObjectKey } from "../model/object-key.ts";
import { isUnknown, type LocalFile } from "../model/observation.ts";
import { type Backups, isLost, type KeptVersion, type LostVersion } from "../ports/backups.ts";
import type { FileTree } from "../ports/file-tree.ts";

export interface RestorePorts {
  readonly backups: Backups;
  /** The directory; made if need be, but in a dry run. @returns undefined: it is not there, so nothing is in it */
  readonly files: () => FileTree | undefined;
}

export interface RestoreOrder {
  readonly run: string;
  /** As lines of an ignore file, matched with the paths in their maps. None: everything. */
  readonly patterns: readonly string[];
  /** Replaces files that are there. */
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** How one version fared. In a dry run, what it would come to, as far as a look can tell. */
export type Restored =
  | { readonly version: LostVersion }
  | {
      readonly version: KeptVersion;
      /** Its name in the directory: not its own where another version has that already. */
      readonly to: ObjectKey;
      /** Undefined: it is there now. */
      readonly why: string | undefined;
    };

/** In the order in which they were saved. */
export async function* restore(
  { backups, files }: RestorePorts,
  { run, patterns, force, dryRun, signal }: RestoreOrder,
): AsyncGenerator<Restored, void, undefined> {
  const wanted = new IgnoreRules(new Map([["" as ObjectKey, patterns.join("\n")]]), { recursive: true });
  let tree: FileTree | undefined;
  let names: FreeNames | undefined;
  for await (const batch of backups.versions(run)) {
    const tasks: Task[] = [];
    for (const version of batch) {
      if (isLost(version)) {
        tasks.push({ version });
      } else if (patterns.length === 0 || wanted.ignores(version.key)) {
        tree ??= files();
        names ??= new FreeNames(tree?.foldsNames ?? false);
        tasks.push({ version, to: nameFor(version, names) });
      }
    }
    const one = async (task: Task): Promise<Restored | undefined> => {
      if (signal.aborted) return undefined;
      return "to" in task ? { ...task, why: await attempt({ ...task, backups, tree, force, dryRun }) } : task;
    };
    for await (const restored of inOrder(tasks, one, { concurrency: 8, window: 64 })) {
      if (restored !== undefined) yield restored;
    }
    if (signal.aborted) return;
  }
}

type Task = { readonly version: LostVersion } | { readonly version: KeptVersion; readonly to: ObjectKey };

/** The number of the archive makes another name of one that is taken. */
function nameFor({ key, archive }: KeptVersion, names: FreeNames): ObjectKey {
  return nameFault(key, key.length) === undefined ? names.take(key, archive.replace(/\.zip$/, "")) : key;
}

interface Attempt {
  readonly backups: Backups;
  readonly tree: FileTree | undefined;
  readonly version: KeptVersion;
  readonly to: ObjectKey;
  readonly force: boolean;
  readonly dryRun: boolean;
}

/** @returns why it is not there; undefined: it is */
async function attempt({ backups, tree, version, to, force, dryRun }: Attempt): Promise<string | undefined> {
  try {
    const fault = nameFault(to, to.length);
    if (fault !== undefined) throw new PathError(fault);
    const replaces = tree === undefined ? undefined : placeFor(tree, to, force);
    if (tree === undefined || dryRun) {
      for await (const _ of backups.read(version)); // to see that it is whole
      return undefined;
    }
    const { mtimeNs, mode } = version;
    const staged = await tree.stage(to, backups.read(version), {
      mtimeNs,
      replaces,
      ...(mode === undefined ? {} : { mode }),
      announce: async () => {},
    });
    await staged.commit();
    return undefined;
  } catch (error) {
    if (error instanceof PathError) return error.message;
    throw error;
  }
}

/** @returns the file that it replaces. @throws {PathError} something is there that stays */
function placeFor(tree: FileTree, to: ObjectKey, force: boolean): LocalFile | undefined {
  const there = tree.observe(to);
  if (there === undefined) {
    if (tree.isTaken(to)) throw new PathError("something else is in its place");
    return undefined;
  }
  if (isUnknown(there)) throw new PathError(there.unknown);
  if (!force) throw new PathError("a file is there already; --force replaces it");
  return there;
}
