/** Values of options, checked. Each function throws a `UsageError` that says what is wanted. */

import { BACKUP_POLICIES, type BackupPolicy } from "../../model/backup-policy.ts";
import { CONFLICT_POLICIES, type ConflictPolicy } from "../../model/conflict-policy.ts";
import { type Direction, DIRECTIONS } from "../../model/choice.ts";
import type { Limit } from "../../core/guard.ts";
import { isStorageClass, parseEncryption } from "../../core/object-settings.ts";
import { parseHeader } from "../../core/parse-header.ts";
import { UsageError } from "../../model/errors.ts";
import type { HeaderRule } from "../../model/object-settings.ts";

/** 0 to 11; off where the option is not given. */
export function gzipLevel(text: string | undefined): number {
  if (text === undefined) return 0;
  const level = Number(text);
  if (!/^\d{1,2}$/.test(text) || level > 11) throw new UsageError(`--gzip ${text}: not a level from 0 to 11`);
  return level;
}

/** An e-mail address, or the fingerprint or long id of a key. */
export function gpgRecipient(text: string): string {
  if (/^[^\s@<>]+@[^\s@<>]+$/.test(text) || /^(?:0x)?[0-9a-f]{16,64}$/i.test(text)) return text;
  throw new UsageError(`--gpg ${text}: neither an e-mail address nor the fingerprint of a key`);
}

export function conflictPolicy(text: string): ConflictPolicy {
  return oneOf("--on-conflict", text, CONFLICT_POLICIES);
}

export function backupPolicy(text: string): BackupPolicy {
  return oneOf("--backup", text, BACKUP_POLICIES);
}

export function directionWord(text: string): Direction {
  return oneOf("--direction", text, DIRECTIONS);
}

/** @throws {UsageError} */
export function oneOf<T extends string>(option: string, text: string, words: readonly T[]): T {
  const word = words.find((each) => each === text);
  if (word === undefined) throw new UsageError(`${option} ${text}: not ${words.join(", ")}`);
  return word;
}

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export function shellOf(text = ""): Shell {
  return oneOf("--completion", text, SHELLS);
}

/** The coarsest first. */
export const LOG_LEVELS = ["error", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export function logLevel(text: string | undefined): LogLevel {
  return text === undefined ? "info" : oneOf("--log-level", text, LOG_LEVELS);
}

/** Days, or Infinity for `all`. */
export function keptDays(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === "all") return Infinity;
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new UsageError(`--keep-backups ${text}: not a number of days, or all`);
}

/** `500M`, `10G`, `1.5TiB`: bytes, in steps of 1,024. */
export function byteSize(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits, unit = ""] = /^(\d{1,15}(?:\.\d{1,3})?)(?:([KMGT])(?:iB)?)?$/.exec(text) ?? [];
  if (digits === undefined) throw new UsageError(`${option} ${text}: not a size such as 500M or 10G`);
  return Math.floor(Number(digits) * 1024 ** ["", "K", "M", "G", "T"].indexOf(unit));
}

/** Below it, even a single transfer would look as if it had stalled. */
const LEAST_RATE = 16 * 1024;

/** A size a second. */
export function byteRate(word: string, text: string | undefined): number | undefined {
  const bytes = byteSize(word, text);
  if (bytes !== undefined && bytes < LEAST_RATE) throw new UsageError(`${word} ${text}: less than 16K`);
  return bytes;
}

/** A whole number. */
export function count(
  word: string,
  text: string | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d{1,9}$/.test(text) && number >= min && number <= max) return number;
  throw new UsageError(`${word} ${text}: not a number from ${min} to ${max}`);
}

/** `[PATTERN: ]NAME: VALUE` */
export function headerRule(text: string): HeaderRule {
  const rule = parseHeader(text);
  if ("fault" in rule)
    throw new UsageError(
      `--header ${text}: ${rule.fault}`,
      "examples: --header 'Cache-Control: max-age=60' or --header '*.html: Cache-Control: no-cache'",
    );
  return rule;
}

export function storageClass(text: string): string {
  if (isStorageClass(text)) return text;
  throw new UsageError(`--storage-class ${text}: not a class such as STANDARD or INTELLIGENT_TIERING`);
}

/** As it is. */
export function encryption(text: string): string {
  if (parseEncryption(text) !== undefined) return text;
  throw new UsageError(`--sse ${text}: neither AES256 nor aws:kms, aws:kms:KEY-ID or aws:kms:dsse`);
}

/** `N` or `P%` replaces both halves of the default: the number of files, and their share. */
export function limit(word: string, text: string | undefined, byDefault: Limit): Limit {
  if (text === undefined) return byDefault;
  if (text === "all") return { files: Infinity, share: 1 };
  const [, digits, percent] = /^(\d{1,15})(%?)$/.exec(text) ?? [];
  const amount = Number(digits);
  if (digits === undefined || (percent === "%" && amount > 100)) {
    throw new UsageError(`${word} ${text}: not a number of files, a percentage such as 20%, or all`);
  }
  return percent === "%" ? { files: 0, share: amount / 100 } : { files: amount, share: 0 };
}

/** Credentials have no place in it: the URL is stored and shown. */
export function endpointUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`--endpoint-url ${text}: not a URL that begins with http:// or https://`);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new UsageError("--endpoint-url: a URL with a user, a password, a query or a fragment");
  }
  return text;
}
