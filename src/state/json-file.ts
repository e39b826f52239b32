/** Small files of notes beside the state: a damaged one says nothing, and is never an error. */

import { closeSync, fstatSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { replaceFile } from "./atomic-file.ts";
import { openRegular } from "./file-bytes.ts";

/** No honest one comes near. */
const MAX_BYTES = 64 * 1024 * 1024;

/** @returns undefined: none, or no JSON */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readText(path) ?? "");
  } catch {
    return undefined;
  }
}

/** Atomically, mode 0600; not at all where it would change nothing. */
export function writeJson(path: string, value: unknown): void {
  const text = `${JSON.stringify(value, undefined, 1)}\n`;
  if (readText(path) !== text) replaceFile(path, dirname(path), (sink) => sink(Buffer.from(text)));
}

function readText(path: string): string | undefined {
  try {
    const fd = openRegular(path);
    if (fd === undefined) return undefined;
    try {
      return fstatSync(fd).size > MAX_BYTES ? undefined : readFileSync(fd, "utf8");
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** One field of a value that anybody may have written. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

export function textOf(value: unknown, name: string): string | undefined {
  const field = fieldOf(value, name);
  return typeof field === "string" ? field : undefined;
}

/** @returns a whole number from 0 to 2^53-1 */
export function countOf(value: unknown, name: string): number | undefined {
  const field = fieldOf(value, name);
  return Number.isSafeInteger(field) && (field as number) >= 0 ? (field as number) : undefined;
}

export function listOf(value: unknown, name: string): readonly unknown[] {
  const field = fieldOf(value, name);
  return Array.isArray(field) ? field : [];
}

export function numberOf(value: unknown, name: string): number | undefined {
  const field = fieldOf(value, name);
  return typeof field === "number" && Number.isFinite(field) ? field : undefined;
}
