/** One run: every map of a state file in turn, each behind its real ports. */

import { join } from "node:path";
import { loserZips } from "../backup/loser-zip.ts";
import type { SyncOptions } from "../cli/context.ts";
import { chosenMaps } from "../core/chosen-maps.ts";
import { policiesOf } from "../core/map-policies.ts";
import { Allowance } from "../core/transfer-limit.ts";
import { Score } from "../core/totals.ts";
import { throttle } from "../core/throttle.ts";
import { hasEnvelopes } from "../model/encoding.ts";
import { isMissing } from "../local/is-missing.ts";
import { BsyncError } from "../model/errors.ts";
import { ExitCode, worstOf } from "../model/exit-code.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { Reporter } from "../ports/reporter.ts";
import type { StateSnapshot } from "../ports/state-store.ts";
import { makePrivate } from "../state/companion.ts";
import { EndpointsFile } from "../state/endpoints-file.ts";
import { spoolIn } from "../state/spool-file.ts";
import { StateFile } from "../state/state-file.ts";
import { clearStray } from "../sync/recover.ts";
import { syncMap } from "../sync/sync-map.ts";
import { backupSeals } from "./backup-seals.ts";
import { sidesOf } from "./sides.ts";
import type { Surroundings } from "./surroundings.ts";
import { tidyBackups } from "./tidy-backups.ts";

/** After a signal, what is under way may end in this time; then its requests are given up. */
const GRACE_MS = 8_000;

/** Every map was gone through, to its end. */
const IS_DONE: readonly ExitCode[] = [ExitCode.ok, ExitCode.incomplete, ExitCode.conflicts];

/** Of a map that was not begun. */
const NOTHING_SENT = {
  totals: undefined,
  done: new Score(),
  requests: { list: 0, head: 0, get: 0, put: 0, delete: 0 },
  traffic: { up: 0, down: 0 },
  endpoint: undefined,
} as const;

interface Run extends Surroundings {
  /** The companion folder. */
  readonly folder: string;
}

/** Holds no lock: the caller does, but for a dry run. */
export async function syncMaps(run: Run, options: SyncOptions, reporter: Reporter): Promise<ExitCode> {
  const { stateFile, folder, now } = run;
  const { dryRun, signal } = options;
  const startMs = now();
  const scratch = dryRun ? run.tmpdir : folder;
  const state = new StateFile(stateFile, scratch);
  const endpoints = new EndpointsFile(folder, startMs);
  const losers = loserZips(join(folder, "backups"), startMs, backupSeals({ ...run, scratch }));
  const newSpool = spoolIn(scratch);
  const patience = givingUp(signal);
  if (!dryRun) makePrivate(folder);

  const { concurrency, bytesPerSecond } = options.transfers;
  const tools = {
    ...run,
    scratch,
    endpoints,
    newSpool,
    overrides: { ...options.connection, ...options.objects },
    concurrency,
    watcher: options.watcher,
    throttle: bytesPerSecond === undefined ? undefined : throttle(bytesPerSecond),
    signal: patience.signal,
  };
  const one = async (map: DirectoryMap, snapshot: StateSnapshot): Promise<ExitCode> => {
    const policies = policiesOf(map, options);
    const sides = await sidesOf(map, tools);
    const { momentMs, identity } = state.memory(map);
    const hadEnvelopes = hasEnvelopes(map) || identity?.hadEnvelopes === true;
    try {
      return await syncMap(
        {
          map,
          ...sides,
          hadEnvelopes,
          snapshot,
          state,
          losers,
          newSpool,
          reporter,
          watcher: options.watcher,
        },
        { ...options, ...policies, allowance, concurrency, times: { momentMs, startMs } },
      );
    } finally {
      sides.objects.close();
      clocksAheadMs.push(sides.objects.clockAheadMs);
      if (!dryRun) endpoints.save();
    }
  };
  /** What cannot be reached now is tried again by the next run. */
  const clear = async ({ map, leftover }: ReturnType<StateFile["strays"]>[number]): Promise<void> => {
    try {
      const sides = await sidesOf({ ...map, gzip: 0, gpg: false }, tools); // nothing is read or written
      await clearStray(sides, leftover).finally(() => sides.objects.close());
    } catch (error) {
      if (!(error instanceof BsyncError)) throw error;
      await reporter.noted(map, `what a run of it has left cannot be cleared away: ${error.message}`);
    }
  };

  const allowance = options.maxTransfer === undefined ? undefined : new Allowance(options.maxTransfer);
  const clocksAheadMs: (number | undefined)[] = [];
  const codes: ExitCode[] = [];
  const snapshot = state.snapshot();
  try {
    for (const map of chosenMaps(snapshot.maps, options.roots)) {
      if (signal.aborted) break;
      if (options.skipMissing && isMissing(map.root)) {
        await reporter.noted(map, `${map.root} is missing: passed over`);
        continue;
      }
      codes.push(await one(map, snapshot).catch((error: unknown) => failed(map, error, reporter)));
    }
    if (!dryRun) for (const stray of state.strays()) await clear(stray);
    const code = worstOf(codes);
    const done = {
      folder,
      keeping: options.keeping,
      dryRun,
      saved: losers.used,
      nowMs: now(),
      clocksAheadMs,
    };
    if (IS_DONE.includes(code) && !signal.aborted) await tidyBackups(done, reporter);
    return code;
  } finally {
    patience.end();
    snapshot.close();
    if (!dryRun) state.close();
  }
}

/** A map that cannot even be begun ends only itself. */
async function failed(map: DirectoryMap, error: unknown, reporter: Reporter): Promise<ExitCode> {
  if (!(error instanceof BsyncError)) throw error;
  const { exitCode } = error;
  await reporter.finished(map, { ...NOTHING_SENT, exitCode, error });
  return exitCode;
}

function givingUp(signal: AbortSignal): { readonly signal: AbortSignal; end(): void } {
  const patience = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    timer = setTimeout(() => patience.abort(signal.reason), GRACE_MS);
  };
  signal.addEventListener("abort", wait, { once: true });
  return {
    signal: patience.signal,
    end() {
      clearTimeout(timer);
      signal.removeEventListener("abort", wait);
    },
  };
}
