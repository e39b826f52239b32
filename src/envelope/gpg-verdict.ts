/** Reads from what gpg reports of a decryption whether its output is the message, the whole message, and nothing else. */

import { PathError } from "../model/errors.ts";
import { damaged, Unreadable } from "../ports/envelope.ts";
import { isWithoutAgent, lastWords } from "./gpg.ts";

export interface GpgReport {
  /** Lines of the status output, without their mark: a keyword, then its arguments. */
  readonly status: readonly string[];
  /** Null after a signal. */
  readonly exitCode: number | null;
  readonly stderr: string;
}

/** Low 16 bits of an error of libgpg-error; any with this bit is one of the system, such as that there is no terminal. */
const SYSTEM_ERROR = 0x8000;
/** Nobody gave the passphrase, or the agent, the card or what asks for the passphrase does not answer. */
const LOCKED: ReadonlySet<number> = new Set([
  11, 31, 62, 77, 78, 80, 81, 85, 86, 87, 99, 108, 110, 111, 112, 113, 120, 177, 178, 198, 260, 261, 262, 269,
]);

/** It is no message at all, or one that nobody encrypted. */
const NO_MESSAGE: readonly string[] = ["NODATA", "UNEXPECTED", "PLAINTEXT"];

/** @returns undefined: what gpg has written is the plain content */
export function errorIn({ status, exitCode, stderr }: GpgReport): PathError | undefined {
  const has = (keyword: string): boolean => status.some((line) => line.split(" ", 1)[0] === keyword);
  const isWhole = has("DECRYPTION_OKAY") && has("GOODMDC") && !has("DECRYPTION_FAILED") && !has("BADMDC");
  if (isWhole && exitCode === 0) return undefined;
  if (/exceeded --max-output/.test(stderr)) return damaged("it is longer than it says");
  if (/error (?:writing to|flushing) /.test(stderr))
    return new PathError(`its plain content cannot be kept: ${lastWords(stderr)}`);
  if (exitCode === null && !has("DECRYPTION_FAILED")) return new PathError("gpg was ended by a signal");
  if (isWithoutAgent(stderr)) return locked("gpg's agent cannot be reached");
  if (status.some(isLocked)) return locked("nobody gives gpg its passphrase");
  if (has("NO_SECKEY")) return noSecretKey(status);
  if (
    isWhole ||
    has("DECRYPTION_FAILED") ||
    has("BADMDC") ||
    NO_MESSAGE.some(has) ||
    isCutOff(exitCode, stderr)
  )
    return damaged("gpg says that it is not a whole message");
  return new PathError(`gpg fails: ${lastWords(stderr) || `exit code ${exitCode}`}`);
}

/** Of a short message that lacks its end gpg may say nothing in its status, and even that all is well. */
function isCutOff(exitCode: number | null, stderr: string): boolean {
  return exitCode === 0 || /block_filter.*(?:read error|pending bytes|length byte missing)/.test(stderr);
}

export function locked(why: string): Unreadable {
  return new Unreadable("locked", `its secret key is locked: ${why}`);
}

function isLocked(line: string): boolean {
  const code = Number(/^ERROR pkdecrypt_failed (\d+)/.exec(line)?.[1] ?? 0) & 0xffff;
  return LOCKED.has(code) || (code & SYSTEM_ERROR) !== 0;
}

function noSecretKey(status: readonly string[]): Unreadable {
  const ids = status.flatMap((line) => /^NO_SECKEY ([0-9A-F]+)/.exec(line)?.[1] ?? []);
  return new Unreadable("no-secret-key", `it is encrypted to a key that is not here: ${ids.join(", ")}`);
}
