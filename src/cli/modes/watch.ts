/** `--watch`: syncs at start, when something changes here, and every now and then. Spec: spec/unattended.md. */

import { type Due, WatchPace } from "../../core/watch-pace.ts";
import { BsyncError } from "../../model/errors.ts";
import { ExitCode } from "../../model/exit-code.ts";
import type { Outcome } from "../../model/outcome.ts";
import type { Context } from "../context.ts";
import type { TreeWatcher } from "../host.ts";
import type { Listener } from "../listeners/listeners.ts";
import type { Flags } from "../options/options.ts";
import { problemLines } from "../render/error-text.ts";
import { runLine } from "../render/json-lines.ts";
import { nextText, whyText } from "../render/watch-text.ts";
import { tellingOf } from "../telling/told.ts";
import { seconds } from "../values/unattended-values.ts";
import { logOf, oneSync } from "./sync.ts";

const DEFAULT_SETTLE_S = 2;
const DEFAULT_POLL_S = 60;

/** Ends by a signal only, or where it cannot begin. */
export async function watch(flags: Flags, context: Context): Promise<ExitCode> {
  const { engine, signal, stdout, stderr } = context;
  const settleMs = seconds("--settle", flags.settle, { least: 0, byDefault: DEFAULT_SETTLE_S }) * 1000;
  const pollMs = seconds("--poll", flags.poll, { least: 1, byDefault: DEFAULT_POLL_S }) * 1000;
  const telling = tellingOf(flags, "changes");
  const log = await logOf(flags, context);
  engine.open().close(); // no state file, or none that can be read: that is told at once

  const pace = new WatchPace({ settleMs, pollMs }, engine.now());
  let wake = (): void => {};
  let changedPath: string | undefined;
  signal.addEventListener("abort", () => wake());
  const watcher = await engine.host.watch({
    changed(path) {
      changedPath = path;
      pace.changed(engine.now());
      wake();
    },
    failed: (why) => void stderr.write(problemLines([`not all can be watched: ${why}`], UNWATCHED)),
  });

  const once = async (due: Due, isFirst: boolean): Promise<void> => {
    await follow(watcher, context);
    if (flags.json) await stdout.write(runLine(due.why, changedPath));
    else if (flags.debug) await stdout.write(whyText(due.why, changedPath));
    pace.began(due);
    changedPath = undefined;
    const writes = new WritesHere();
    const seen = { telling: { ...telling, isFirst }, log, heard: writes.listener };
    const code = await oneSync(flags, { ...context, prompt: undefined }, seen);
    pace.ended(engine.now(), code, { wroteHere: writes.any, random: Math.random() });
    if (flags.debug && !flags.json) await stdout.write(nextText(pace.due.atMs, engine.now()));
  };

  try {
    for (let runs = 0; !signal.aborted;) {
      const { due } = pace;
      const waitMs = pace.waitMs(engine.now());
      if (waitMs === 0) {
        await once(due, runs++ === 0);
        continue;
      }
      const alarm = new AbortController();
      wake = () => alarm.abort();
      await engine.host.sleep(waitMs, alarm.signal);
    }
  } finally {
    await watcher.close();
  }
  return ExitCode.ok; // the signal's own code takes its place
}

const UNWATCHED =
  "S3 and the directories are looked at every --poll seconds all the same; on Linux, raise fs.inotify.max_user_watches";

/** Maps may come and go while it watches; a state file that cannot be read is told by the run. */
async function follow(watcher: TreeWatcher, { engine }: Context): Promise<void> {
  try {
    await watcher.follow(engine.maps() ?? []);
  } catch (error) {
    if (!(error instanceof BsyncError)) throw error;
  }
}

/** Whether a run tried to change anything in a directory: it may then hear of itself. */
class WritesHere {
  any = false;
  readonly listener: Listener = {
    ended: async (_map, { verb }: Outcome) => {
      this.any ||= HERE.includes(verb);
    },
  };
}

const HERE: readonly Outcome["verb"][] = ["download", "delete-local", "rename-local", "set-beside"];
