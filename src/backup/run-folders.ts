/** The folders of the runs: one a run that had something to keep, named after its time. */

import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../core/error-words.ts";

/** Two runs of one second are told apart by a number. */
const FORM = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)(?:-([1-9]\d{0,8}))?$/;
const ARCHIVE = /^(\d{4,9})\.zip$/;

export function runName(startMs: number, count: number): string {
  const time = new Date(startMs)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(":", "-");
  return count === 1 ? time : `${time}-${count}`;
}

export function archiveName(count: number): string {
  return `${String(count).padStart(4, "0")}.zip`;
}

/** Oldest first, as their names say. What has another name, or is no directory, is none of ours. */
export function runFolders(backups: string): readonly string[] {
  return namesIn(backups)
    .filter((name) => FORM.test(name) && isDirectory(join(backups, name)))
    .toSorted(byTime);
}

/** In the order in which they were saved. What a run was writing when it was killed is not among them. */
export function archivesIn(folder: string): readonly string[] {
  return namesIn(folder)
    .filter((name) => ARCHIVE.test(name))
    .toSorted((a, b) => parseInt(a, 10) - parseInt(b, 10) || (a < b ? -1 : 1));
}

/** An archive, or what a run was writing when it was killed. */
export function isOurs(name: string): boolean {
  return ARCHIVE.test(name.replace(/\.new$/, ""));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "")) return [];
    throw error;
  }
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function byTime(a: string, b: string): number {
  const [timeA, timeB] = [FORM.exec(a)?.[1] ?? a, FORM.exec(b)?.[1] ?? b];
  if (timeA !== timeB) return timeA < timeB ? -1 : 1;
  return countOf(a) - countOf(b);
}

function countOf(name: string): number {
  return Number(FORM.exec(name)?.[2] ?? 1);
}
