/** How far a run is, on stderr while it goes: drawn on a terminal, else a line every now and then. */

import type { Watcher } from "../../ports/watcher.ts";
import type { Prompt } from "../terminal/arbiter.ts";
import type { Output, Screen } from "../context.ts";
import type { Listener } from "../listeners/listeners.ts";
import { standingText, transferLines } from "../render/progress-text.ts";
import { Transfers } from "./transfers.ts";

const DRAW_MS = 200;
const LINE_MS = 10_000;

export interface Progress {
  readonly watcher: Watcher;
  readonly listener: Listener;
  /** What is written there stands above what is drawn. */
  above(output: Output): Output;
  /** While somebody is asked, nothing is drawn. */
  aside(prompt: Prompt): Prompt;
  /** Takes away what is drawn. */
  end(): void;
}

/** A line every ten seconds, and one when a map is done in which there was something to do. */
export function progressLines(stderr: Output): Progress {
  const transfers = new Transfers(() => performance.now());
  const tell = async (): Promise<void> => {
    const standing = transfers.standing();
    if (standing !== undefined) await stderr.write(`progress: ${standingText(standing)}\n`);
  };
  const timer = setInterval(() => void tell(), LINE_MS);
  return {
    watcher: transfers,
    listener: {
      async began(map) {
        transfers.comparing(map);
      },
      async finished() {
        if ((transfers.standing()?.files?.all ?? 0) > 0) await tell();
      },
    },
    above: (output) => output,
    aside: (prompt) => prompt,
    end: () => clearInterval(timer),
  };
}

export async function progressOn({ stream }: Pick<Screen, "stream">): Promise<Progress> {
  const { createLogUpdate } = await import("log-update");
  const draws = createLogUpdate(stream);
  const transfers = new Transfers(() => performance.now());
  /** Texts on their way to the terminal, and questions that stand there. */
  let busy = 0;
  let isDue = false;
  const draw = (): void => {
    isDue = busy > 0;
    const standing = isDue ? undefined : transfers.standing();
    if (standing === undefined) return;
    const lines = transferLines(standing.transfers, stream.columns || 80);
    draws([standingText(standing), ...lines].join("\n"));
  };
  const free = (): void => {
    busy--;
    if (busy === 0 && isDue) draw();
  };
  const timer = setInterval(draw, DRAW_MS);
  return {
    watcher: {
      planned(map, totals) {
        transfers.planned(map, totals);
        draw();
      },
      began: (action) => transfers.began(action),
      ended: (action) => transfers.ended(action),
      moved: transfers.moved,
    },
    listener: {
      async began(map) {
        transfers.comparing(map);
        draw();
      },
    },
    above: (output) => ({
      async write(text) {
        busy++;
        draws.clear();
        await output.write(text);
        setImmediate(free); // outputs collect what they are given until the end of a turn
      },
    }),
    aside: (prompt) => async (text) => {
      busy++;
      draws.clear();
      try {
        return await prompt(text);
      } finally {
        free();
      }
    },
    end() {
      clearInterval(timer);
      busy = Infinity;
      draws.clear();
      draws.done();
    },
  };
}
