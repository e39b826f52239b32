/** Changes below directories, as the system tells of them: a hint when to look, never what is so. */

import { watch as watchPaths, type FSWatcher } from "chokidar";
import { realpathSync, statSync } from "node:fs";
import { join } from "node:path";

export interface Tree {
  readonly root: string;
  readonly recursive: boolean;
}

export interface TreeListener {
  changed(path: string): void;
  /** Some of it cannot be watched: changes there are not told. */
  failed(why: string): void;
}

export interface Watcher {
  /** Watches these and no others; those that are not there are left out. Resolves when changes are heard of. */
  follow(trees: readonly Tree[]): Promise<void>;
  close(): Promise<void>;
}

/** @param isOurs whether a path is one that the program writes for itself: its changes are not told */
export function watchTrees(listener: TreeListener, isOurs: (path: string) => boolean): Watcher {
  let followed = "";
  let watchers: readonly FSWatcher[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(watchers.map((each) => each.close()));
    watchers = [];
  };
  return {
    close,
    async follow(trees) {
      const there = trees.flatMap(found);
      // A directory in the place of another one, such as a disk that is back, is watched anew.
      const now = JSON.stringify(there);
      if (now === followed) return;
      await close();
      followed = now;
      watchers = await Promise.all(there.map((tree) => watchTree(tree, listener, isOurs)));
    },
  };
}

interface FoundTree extends Tree {
  readonly id: string;
}

/** None where it is missing; by its real path. */
function found({ root, recursive }: Tree): readonly FoundTree[] {
  try {
    const { dev, ino } = statSync(root);
    return [{ root: realpathSync(root), recursive, id: `${dev}.${ino}` }];
  } catch {
    return [];
  }
}

/** Only directories are watched, so that memory grows with them and not with the files. */
async function watchTree(
  { root, recursive }: Tree,
  { changed, failed }: TreeListener,
  isOurs: (path: string) => boolean,
): Promise<FSWatcher> {
  const watcher = watchPaths(root, {
    ignored: (path, stats) => isOurs(path) || stats?.isDirectory() === false,
    ignoreInitial: true,
    followSymlinks: false,
    ...(!recursive && { depth: 0 }),
  });
  let hasFailed = false;
  watcher.on("raw", (_event, name: string | null, details) => {
    const path = join(folderOf(details) ?? root, name ?? "");
    if (!isOurs(path)) changed(path);
  });
  watcher.on("error", (error) => {
    if (!hasFailed) failed(error instanceof Error ? error.message : String(error));
    hasFailed = true;
  });
  await new Promise<void>((resolve) => {
    watcher.once("ready", resolve);
    watcher.once("error", () => resolve());
  });
  return watcher;
}

/** Where a raw event was seen. */
function folderOf(details: unknown): string | undefined {
  const isNamed = typeof details === "object" && details !== null && "watchedPath" in details;
  return isNamed && typeof details.watchedPath === "string" ? details.watchedPath : undefined;
}
