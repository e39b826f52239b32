/** What a journal says about state files: its first line, and any that is added when the file is replaced. */

import { type DirectoryMap, MAP_OPTION_NAMES, type MapOptions } from "../model/map.ts";
import type { Leftover } from "../ports/journal.ts";
import { type Fields, readFields } from "./fields.ts";
import type { Fingerprint } from "./fingerprint.ts";

const VERSION = 1;

/** What the journal is under the state file with this fingerprint. Without one: `other` under all that were named so far. */
export interface Claim {
  readonly state?: Fingerprint;
  readonly is: Leftover["state"];
}

/** The first line. */
export interface Header extends Claim {
  readonly journal: typeof VERSION;
  readonly map: DirectoryMap;
}

export function headerFor(map: DirectoryMap, state: Fingerprint): Header {
  return { journal: VERSION, map, state, is: "begun" };
}

/** @returns undefined: no first line, or of another version: then nobody knows what its claim means */
export function mapOf(value: unknown): DirectoryMap | undefined {
  return readFields(value, (fields) => (isOurs(fields) ? fields.at("map", readMap) : undefined));
}

/** @returns undefined: the line says something else */
export function claimOf(value: unknown): Claim | undefined {
  return readFields(value, readClaim);
}

function readClaim(fields: Fields): Claim | undefined {
  if (!fields.has("is")) return undefined;
  const is = fields.text("is");
  if (is === "other") return { is };
  if (fields.has("journal") && !isOurs(fields)) return undefined;
  return is === "begun" || is === "recorded" ? { state: fields.text("state"), is } : undefined;
}

function isOurs(fields: Fields): boolean {
  return fields.has("journal") && fields.count("journal") === VERSION;
}

function readMap(fields: Fields): DirectoryMap {
  return {
    root: fields.text("root"),
    bucket: fields.text("bucket"),
    prefix: fields.text("prefix"),
    gzip: fields.count("gzip"),
    recursive: fields.flag("recursive"),
    gpg: fields.flag("gpg"),
    email: fields.text("email"),
    options: fields.at("options", readOptions),
  };
}

function readOptions(fields: Fields): MapOptions {
  return Object.fromEntries(
    MAP_OPTION_NAMES.filter((name) => fields.has(name)).map((name) => [name, fields.text(name)]),
  );
}
