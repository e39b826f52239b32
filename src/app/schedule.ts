/** The job that runs a sync of one state file every now and then, with whatever scheduler there is. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Schedule, SchedulerName } from "../cli/host.ts";
import { cron } from "../host/cron.ts";
import { launchd } from "../host/launchd.ts";
import { runTools } from "../host/run-tool.ts";
import type { Scheduler } from "../host/scheduler.ts";
import { systemd } from "../host/systemd.ts";
import { BsyncError } from "../model/errors.ts";
import type { Surroundings } from "./surroundings.ts";

const OUR_VARIABLES = /^(?:AWS_(?!SDK_JS_)|GNUPGHOME$)/;

/** @throws {BsyncError} nobody knows whose job it would be */
export function scheduleOf({ stateFile, env, uid, platform, program }: Surroundings): Schedule {
  const home = env["HOME"];
  if (home === undefined || home === "") throw new BsyncError("HOME is not set", { hint: "set it" });
  const place = { home, env, uid, run: runTools(env) };
  const all: Readonly<Record<SchedulerName, Scheduler>> = {
    systemd: systemd(place),
    launchd: launchd(place),
    cron: cron(place),
  };
  const names = (wanted: SchedulerName | undefined): readonly SchedulerName[] =>
    wanted === undefined ? ["systemd", "launchd", "cron"] : [wanted];
  const isDefault = stateFile === join(home, ".state.s3sync");
  const digest = createHash("sha256").update(stateFile).digest("hex").slice(0, 12);
  const name = isDefault ? "s3-bsync" : `s3-bsync-${digest}`;
  const remove = async (
    wanted: SchedulerName | undefined,
    but?: SchedulerName,
  ): Promise<readonly string[]> => {
    const removed: string[] = [];
    for (const each of names(wanted)) if (each !== but) removed.push(...(await all[each].remove(name)));
    return removed;
  };
  return {
    async found() {
      const tried = platform === "darwin" ? (["launchd", "cron"] as const) : (["systemd", "cron"] as const);
      for (const each of tried) if (await all[each].isHere()) return each;
      return undefined;
    },
    async install(scheduler, { options, everyMinutes }) {
      const words = [...program, "--file", stateFile, ...options];
      const odd = words.find((word) => /\p{Cc}/u.test(word));
      if (odd !== undefined)
        throw new BsyncError(`${odd}: a job cannot have a line end or another control character in a word`);
      const installed = await all[scheduler].install({ name, words, everyMinutes });
      await remove(undefined, scheduler);
      return installed;
    },
    remove: (wanted) => remove(wanted),
    async states(wanted) {
      const states = await Promise.all(
        names(wanted).map(async (each) => ({ scheduler: each, state: await all[each].state(name) })),
      );
      return states.flatMap(({ scheduler, state }) => (state === undefined ? [] : [{ scheduler, ...state }]));
    },
    unseenVariables: () =>
      Object.keys(env)
        .filter((each) => OUR_VARIABLES.test(each))
        .toSorted(),
  };
}
