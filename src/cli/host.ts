/** What unattended runs need of the machine that they run on. */

import type { DirectoryMap } from "../model/map.ts";

export interface Host {
  /**
   * Runs a command line by `/bin/sh -c`; what it prints goes to stderr. It is ended after a minute.
   * @param given.input its standard input
   * @param given.env what is added to the environment
   * @returns how it failed; undefined: it ended with 0
   */
  shell(
    command: string,
    given: {
      readonly input: string;
      readonly env: Readonly<Record<string, string>>;
      readonly signal: AbortSignal;
    },
  ): Promise<string | undefined>;

  /** Tells of changes in directories, as far as the system does; not of the state file. */
  watch(listener: WatchListener): Promise<TreeWatcher>;

  /** @param wake ends it early */
  sleep(ms: number, wake: AbortSignal): Promise<void>;
}

export interface WatchListener {
  changed(path: string): void;
  /** Some directories cannot be watched. */
  failed(why: string): void;
}

export interface TreeWatcher {
  /** Watches the directories of these maps and no others. A missing one is left out. */
  follow(maps: readonly Pick<DirectoryMap, "root" | "recursive">[]): Promise<void>;
  close(): Promise<void>;
}
