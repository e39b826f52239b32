/** Throw for the run, return for the path. Every error that a user can meet. */

import { ExitCode } from "./exit-code.ts";
import type { LocalFile } from "./observation.ts";

/**
 * Ends a map, or the run. `message` is one sentence without a final period: what is wrong and where;
 * `hint` says what to do. Anything thrown that is neither this nor a `PathError` is a bug.
 */
export class BsyncError extends Error {
  override readonly name: string = "BsyncError";
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string; exitCode?: ExitCode; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? ExitCode.failed;
    this.hint = options.hint;
  }
}

/** The command line is wrong. */
export class UsageError extends BsyncError {
  override readonly name = "UsageError";
  constructor(message: string, hint = "s3-bsync --help") {
    super(message, { hint, exitCode: ExitCode.usage });
  }
}

/** A guard stops a map before anything is done. */
export class GuardError extends BsyncError {
  override readonly name = "GuardError";
  constructor(message: string, hint: string) {
    super(message, { hint, exitCode: ExitCode.guarded });
  }
}

/** Another run is under way. */
export class LockedError extends BsyncError {
  override readonly name = "LockedError";
  constructor(message: string) {
    super(message, { exitCode: ExitCode.locked });
  }
}

/** A signal stopped the run before its plan was complete. */
export class InterruptedError extends BsyncError {
  override readonly name = "InterruptedError";
  /** @param signal its reason is the exit code to end with */
  constructor({ reason }: { readonly reason: unknown }) {
    super("stopped by a signal", {
      exitCode: reason === ExitCode.terminated ? ExitCode.terminated : ExitCode.interrupted,
    });
  }
}

/** The state file does not follow spec/state-file.md. */
export class StateFormatError extends BsyncError {
  override readonly name = "StateFormatError";
  /** Where the offending field begins, in bytes from the start of the file. */
  readonly offset: number;
  readonly field: string;
  readonly expected: string;
  readonly found: string;

  constructor(
    at: { offset: number; field: string },
    expected: string,
    found: string,
    told: { message?: string; hint?: string } = {},
  ) {
    super(told.message ?? `damaged at byte ${at.offset}, ${at.field}: expected ${expected}, found ${found}`, {
      hint:
        told.hint ??
        "s3-bsync --init --recover sets it aside and starts from a full compare; no data is lost by that",
    });
    this.offset = at.offset;
    this.field = at.field;
    this.expected = expected;
    this.found = found;
  }

  /** @returns this error, whose message now names the file */
  in(file: string): this {
    this.message = `${file}: ${this.message}`;
    return this;
  }
}

/** Another version of this program wrote the file: it is not damaged, and nobody sets it aside. */
export class StateVersionError extends StateFormatError {}

/** The listing is not in byte order: what was planned from it is void, and it must be collected and sorted. */
export class UnorderedListing extends Error {
  override readonly name = "UnorderedListing";
}

/** One path cannot be handled; all others can. */
export class PathError extends Error {
  override readonly name: string = "PathError";
}

/** The world moved under an action: what it rests on is no longer so. */
export class Stale extends PathError {
  override readonly name = "Stale";
}

/** A file had a second name for a moment, and has its old one only. */
export class NotRenamed extends PathError {
  override readonly name = "NotRenamed";
  /** As it lies there now: the attempt has changed its ctime, and nothing else of it. */
  readonly file: LocalFile;

  constructor(message: string, file: LocalFile, options: ErrorOptions) {
    super(message, options);
    this.file = file;
  }
}
