/** What the three views of a path say of each other, before and after a look inside. Spec: spec/looking.md. */

import type { Finding, FindingKind } from "../model/finding.ts";
import {
  agreed,
  type BaseRecord,
  isUnknown,
  type LocalFile,
  recordedTime,
  type RemoteObject,
} from "../model/observation.ts";
import type { Row } from "./merge-join.ts";

/** A path that has both, so that their contents can be compared. */
export interface BothSides extends Row {
  readonly local: LocalFile;
  readonly remote: RemoteObject;
}

export function hasBothSides(row: Row): row is BothSides {
  const { local, remote } = row;
  return local !== undefined && remote !== undefined && !isUnknown(local) && !isUnknown(remote);
}

/** Nothing is there that this program syncs, such as a symlink, and nothing is recorded. */
export function isNobodys({ local, remote, base }: Row): boolean {
  const sides = [local, remote].filter((side) => side !== undefined);
  return base === undefined && sides.every((side) => isUnknown(side) && !side.reported);
}

/** Of a path that lacks a side that can be compared. */
export function findMissing({ key, local, remote, base }: Row): Finding {
  const sides = [local, remote].filter((side) => side !== undefined);
  const unknown = sides.filter((side) => isUnknown(side));
  if (unknown.length > 0)
    return { key, kind: "unknown", why: unknown.map((side) => side.unknown).join("; ") };
  if (sides.length === 0) return { key, kind: "record differs", why: "recorded, and on neither side" };
  const kind: FindingKind = local === undefined ? "missing here" : "missing there";
  const isHere = kind === "missing here";
  if (base === undefined) return { key, kind, why: `never ${isHere ? "downloaded" : "uploaded"}` };
  return { key, kind, why: isHere ? "recorded, and gone here" : "recorded, and gone from the bucket" };
}

/** By size, time and ETag alone. @param inEnvelopes the size of an object need not be that of its content */
export function findByFacts(row: BothSides, inEnvelopes: boolean): Finding | undefined {
  const { local, remote, base } = row;
  if (base !== undefined)
    return isHereAs(base, local) && isThereAs(base, remote) ? undefined : different(row);
  return local.size !== remote.size && !inEnvelopes ? different(row) : notRecorded(row);
}

export function findByContent(row: BothSides, isSame: boolean): Finding | undefined {
  const { key, local, remote, base } = row;
  if (!isSame) return different(row);
  if (base === undefined) return notRecorded(row);
  const now = agreed(local, remote.etag);
  const others = [
    ...(base.size === now.size ? [] : ["size"]),
    ...(base.mtimeMs === now.mtimeMs ? [] : ["time"]),
    ...(base.etag === now.etag ? [] : ["ETag"]),
  ];
  if (others.length === 0) return undefined;
  return {
    key,
    kind: "record differs",
    why: `both are the same, recorded with another ${others.join(", ")}`,
  };
}

function notRecorded({ key }: BothSides): Finding {
  return { key, kind: "not recorded", why: "on both sides, and not in the state file" };
}

function different({ key, local, remote, base }: BothSides): Finding {
  return { key, kind: "differs", why: sinceRecord(local, remote, base) };
}

function sinceRecord(local: LocalFile, remote: RemoteObject, base: BaseRecord | undefined): string {
  if (base === undefined) return "never synced";
  const here = isHereAs(base, local);
  const there = isThereAs(base, remote);
  // Nothing that a sync goes by has changed: so a sync will not mend it.
  if (here && there) return "although size, time and ETag are as recorded";
  if (here) return "the object changed since the last sync";
  return there ? "the file changed since the last sync" : "both changed since the last sync";
}

function isHereAs(base: BaseRecord, { size, mtimeMs }: LocalFile): boolean {
  return base.etag !== "" && size === base.size && recordedTime(mtimeMs) === base.mtimeMs;
}

function isThereAs(base: BaseRecord, { etag }: RemoteObject): boolean {
  return base.etag !== "" && etag === base.etag;
}
