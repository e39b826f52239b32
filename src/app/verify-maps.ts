/** One verification: every map of a state file in turn, each behind its real ports. Writes nothing, takes no lock. */

import type { VerifyOptions } from "../cli/context.ts";
import { policiesOf } from "../core/map-policies.ts";
import { hasEnvelopes } from "../model/encoding.ts";
import { BsyncError, InterruptedError } from "../model/errors.ts";
import { ExitCode, worstOf } from "../model/exit-code.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { VerifyReporter, VerifyResult } from "../ports/verify-reporter.ts";
import { EndpointsFile } from "../state/endpoints-file.ts";
import { spoolIn } from "../state/spool-file.ts";
import { StateFile } from "../state/state-file.ts";
import { verifyMap } from "../sync/verify-map.ts";
import { sidesOf } from "./sides.ts";
import type { Surroundings } from "./surroundings.ts";

/** Names that are looked at at one time. */
const READS_AT_ONCE = 16;

interface Run extends Surroundings {
  /** The companion folder. */
  readonly folder: string;
}

export async function verifyMaps(
  run: Run,
  options: VerifyOptions,
  reporter: VerifyReporter,
): Promise<ExitCode> {
  const { stateFile, folder, tmpdir } = run;
  const { signal, connection, quick, names } = options;
  const startMs = run.now();
  const state = new StateFile(stateFile, tmpdir);
  const endpoints = new EndpointsFile(folder, startMs);
  const newSpool = spoolIn(tmpdir);
  const reading = {
    overrides: connection,
    concurrency: READS_AT_ONCE,
    throttle: undefined,
    watcher: undefined,
  };
  const tools = { ...run, ...reading, scratch: tmpdir, endpoints, newSpool, signal };
  const snapshot = state.snapshot();

  const one = async (map: DirectoryMap): Promise<VerifyResult> => {
    const { momentMs, identity } = state.memory(map);
    const { onConflict } = policiesOf(map, {
      onConflict: undefined,
      backup: undefined,
      direction: undefined,
    });
    const sides = await sidesOf(map, tools);
    const { requests } = sides.objects;
    try {
      const hadEnvelopes = hasEnvelopes(map) || identity?.hadEnvelopes === true;
      const findings = await verifyMap(
        { map, ...sides, hadEnvelopes, snapshot, newSpool },
        { quick, names, onConflict, signal, times: { momentMs, startMs } },
        (finding) => reporter.found(map, finding),
      );
      const isSame = Object.values(findings.counts).every((count) => count === 0);
      const exitCode = isSame ? ExitCode.ok : ExitCode.incomplete;
      return { exitCode, error: undefined, findings, requests };
    } catch (error) {
      return { ...notLookedAt(error), requests };
    } finally {
      sides.objects.close();
    }
  };

  const codes: ExitCode[] = [];
  try {
    for (const map of snapshot.maps) {
      if (signal.aborted) break;
      await reporter.began(map);
      const result = await one(map).catch(notLookedAt);
      codes.push(result.exitCode);
      await reporter.finished(map, result);
    }
    return worstOf(codes);
  } finally {
    snapshot.close();
  }
}

/** Whatever a sync would make of it, a guard's reason too: nobody knows whether the sides are the same. */
function notLookedAt(error: unknown): VerifyResult {
  if (!(error instanceof BsyncError)) throw error;
  const exitCode = error instanceof InterruptedError ? error.exitCode : ExitCode.failed;
  return { exitCode, error, findings: undefined, requests: NONE };
}

const NONE: VerifyResult["requests"] = { list: 0, head: 0, get: 0, put: 0, delete: 0 };
