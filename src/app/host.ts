/** What unattended runs need of the machine, each part loaded when it is asked for. */

import { setTimeout as sleep } from "node:timers/promises";
import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Host } from "../cli/host.ts";
import { isSetAside } from "../local/own-names.ts";
import type { Surroundings } from "./surroundings.ts";

/** @param own absolute paths of the state file and its companion folder */
export function newHost(surroundings: Surroundings, own: readonly string[]): Host {
  const { env } = surroundings;
  return {
    async shell(command, given) {
      const { shell } = await import("../host/shell.ts");
      return shell(command, { ...given, env: { ...env, ...given.env } });
    },
    async watch(listener) {
      const { watchTrees } = await import("../host/watch.ts");
      const hidden = own.map(realInItsFolder);
      const isOurs = (path: string): boolean =>
        isSetAside(basename(path)) || hidden.some((each) => path === each || path.startsWith(`${each}/`));
      return watchTrees(listener, isOurs);
    },
    async schedule() {
      const { scheduleOf } = await import("./schedule.ts");
      return scheduleOf(surroundings);
    },
    async sleep(ms, wake) {
      await sleep(ms, undefined, { signal: wake }).catch((error: unknown) => {
        if (!wake.aborted) throw error;
      });
    },
  };
}

/** Directories are watched by their real paths. */
function realInItsFolder(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}
