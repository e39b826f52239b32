/** `--status`: how each map stands, and what waits. A dry run that transfers nothing and takes no lock. */

import { DEFAULT_KEEPING } from "../../core/expired-backups.ts";
import { DEFAULT_LIMITS } from "../../core/guard.ts";
import type { Action, Leave } from "../../model/action.ts";
import { ExitCode, worstOf } from "../../model/exit-code.ts";
import type { DirectoryMap } from "../../model/map.ts";
import { chosenNames } from "../orders/chosen-names.ts";
import { connectionOf } from "../orders/connection.ts";
import type { Context, SyncOptions } from "../context.ts";
import { type Listener, reporterOf } from "../listeners/listeners.ts";
import type { Flags } from "../options/options.ts";
import { policyFlags } from "../orders/policy-flags.ts";
import { problemListener } from "../listeners/problem-listener.ts";
import { StaleMaps } from "../telling/stale-maps.ts";
import { staleAfterMs } from "../values/unattended-values.ts";
import { endpointLine, eventLine, headLine } from "../render/json-lines.ts";
import { actionEvent, summaryEvent } from "../render/run-events.ts";
import { DEFAULT_TRANSFERS } from "../orders/transfer-flags.ts";
import {
  endpointText,
  headText,
  leftText,
  mapText,
  NO_MAPS,
  pendingIn,
  standText,
} from "../render/status-text.ts";

/** The code is for whoever watches: 0 all is in sync, 3 changes are pending, 4 a guard stopped the last run or would stop one, 6 conflicts wait. */
export async function status(flags: Flags, context: Context): Promise<ExitCode> {
  const { stdout, stderr, engine } = context;
  const { debug, json } = flags;
  const order = await orderOf(flags, context);
  const staleMs = staleAfterMs(flags.staleAfter);
  const state = engine.open();
  const { syncedMs, maps } = state;
  state.close();
  const kept = await engine.backups();
  const runs = kept.runs();
  const backupBytes = runs.reduce((sum, run) => sum + kept.sizeOf(run), 0);
  const last = engine.lastRun();
  const known = { file: engine.stateFile, syncedMs, nowMs: engine.now(), ...last };
  const head = { ...known, backups: runs.length, backupBytes };
  await stdout.write(json ? headLine(head) : headText(head));

  const codes: ExitCode[] = last.badEnd?.exitCode === ExitCode.guarded ? [ExitCode.guarded] : [];
  let begun: DirectoryMap | undefined;
  const begin = async (map: DirectoryMap): Promise<void> => {
    begun = map;
    if (!json) await stdout.write(mapText(map));
  };
  const listener: Listener = {
    began: begin,
    planned: async (map, action) => {
      if (stays(action, debug))
        await stdout.write(json ? eventLine(actionEvent(map, action)) : leftText(action));
    },
    finished: async (map, result) => {
      if (begun !== map) await begin(map); // it was in trouble before it could begin
      if (pendingIn(result.totals) > 0) codes.push(ExitCode.incomplete);
      await stdout.write(json ? eventLine(summaryEvent(map, result)) : standText(result));
    },
  };
  const stale = new StaleMaps();
  const listeners = [listener, problemListener(stderr, { debug }), stale.listener];
  codes.push(await engine.sync(order, reporterOf(listeners, { wantsNotes: false })));
  if (maps.length === 0 && !json) await stdout.write(NO_MAPS);
  for (const seen of engine.endpoints()) await stdout.write(json ? endpointLine(seen) : endpointText(seen));
  await stderr.write(stale.text(engine, staleMs));
  return worstOf(codes);
}

/** What stays as it is until somebody does something about it; at `--debug` also what may stay for ever, such as symlinks. */
function stays(action: Action, debug: boolean): action is Leave {
  if (action.verb !== "leave") return false;
  return debug || action.reported || (action.rule !== "RU" && action.byChoice !== true);
}

/** Whatever the policy of a map is: nothing is settled here, so every conflict waits. */
async function orderOf(flags: Flags, context: Context): Promise<SyncOptions> {
  return {
    dryRun: true,
    skipMissing: flags.skipMissing,
    onConflict: "ask",
    backup: undefined,
    direction: policyFlags(flags).direction,
    names: await chosenNames(flags, context.engine),
    maxTransfer: undefined,
    keeping: DEFAULT_KEEPING,
    limits: DEFAULT_LIMITS,
    allowEmpty: false,
    acceptIdentity: false,
    acceptPlain: false,
    reencode: false,
    arbiter: undefined,
    watcher: undefined,
    connection: connectionOf(flags, context),
    objects: {},
    transfers: DEFAULT_TRANSFERS,
    signal: context.signal,
  };
}
