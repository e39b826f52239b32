/** Maps that failed, and for how long no run has gone through them to the end. */

import { ExitCode } from "../../model/exit-code.ts";
import type { DirectoryMap } from "../../model/map.ts";
import type { Engine } from "../context.ts";
import type { Listener } from "../listeners/listeners.ts";
import { shown } from "../render/escape.ts";
import { timeText } from "../render/amounts.ts";
import { agoText } from "../render/status-text.ts";

export class StaleMaps {
  readonly #failed: DirectoryMap[] = [];

  readonly listener: Listener = {
    finished: async (map, { exitCode }) => {
      if (exitCode === ExitCode.failed || exitCode === ExitCode.guarded) this.#failed.push(map);
    },
  };

  /** A line for each; "" where there is none, and nothing of maps that were never synced. */
  text({ syncedMs, now }: Pick<Engine, "syncedMs" | "now">, afterMs: number): string {
    const nowMs = now();
    return this.#failed
      .map((map) => ({ map, lastMs: syncedMs(map) }))
      .filter(({ lastMs }) => lastMs > 0 && nowMs - lastMs > afterMs)
      .map(
        ({ map, lastMs }) =>
          `s3-bsync: ${shown(map.root)}: not synced since ${timeText(lastMs)}, ${agoText(nowMs - lastMs)}\n`,
      )
      .join("");
  }
}
