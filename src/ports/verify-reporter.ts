/** What a verification tells while it goes. Each call is awaited, so that output is never ahead of its reader. */

import type { BsyncError } from "../model/errors.ts";
import type { ExitCode } from "../model/exit-code.ts";
import type { Finding, Findings } from "../model/finding.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { RequestKind } from "../model/request-kind.ts";

export interface VerifyReporter {
  began(map: DirectoryMap): Promise<void>;
  /** In key order. */
  found(map: DirectoryMap, finding: Finding): Promise<void>;
  finished(map: DirectoryMap, result: VerifyResult): Promise<void>;
}

export interface VerifyResult {
  readonly exitCode: ExitCode;
  /** Why the map could not be looked at to its end. */
  readonly error: BsyncError | undefined;
  /** Undefined where it could not be looked at to its end. */
  readonly findings: Findings | undefined;
  readonly requests: Readonly<Record<RequestKind, number>>;
}
