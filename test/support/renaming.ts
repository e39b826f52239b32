/** Renames on either side, as a user or another program makes them, and what a run sends to carry them over. */

import { mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { CopyObjectCommand } from "@aws-sdk/client-s3";
import { operationOf } from "./recording-proxy.ts";
import type { Local, Machine, Remote } from "./world.ts";

export type Renames = readonly (readonly [from: string, to: string])[];

/** A file or a whole directory. */
export function renameHere(L: Local, from: string, to: string): void {
  mkdirSync(dirname(L.path(to)), { recursive: true });
  renameSync(L.path(from), L.path(to));
}

/** One object, with all that goes with it. */
export async function renameThere(R: Remote, from: string, to: string): Promise<void> {
  const source = encodeURI(`${R.bucket}/${R.prefix}/${from}`);
  await R.client.send(new CopyObjectCommand({ ...R.at(to), CopySource: source }));
  await R.remove(from);
}

/** What a rename keeps. */
export function inodeOf(L: Local, name: string): number {
  return statSync(L.path(name)).ino;
}

/** Names below the prefix of the machine, in the order of the requests that the server carried out. */
export interface Traffic {
  /** Content that was sent, in whole or in part. */
  readonly put: readonly string[];
  /** Content that was fetched. */
  readonly got: readonly string[];
  readonly copied: readonly string[];
  readonly deleted: readonly string[];
}

/** @param run undefined: one that must be silent */
export async function traffic(
  machine: Machine,
  run: () => Promise<unknown> = () => machine.sync(),
): Promise<Traffic> {
  machine.proxy.log.length = 0;
  await run();
  return trafficOf(machine);
}

export function trafficOf({ proxy, destination }: Machine): Traffic {
  const below = `${destination.split("/").slice(3).join("/")}/`;
  const done = proxy.log.filter(({ status }) => status > 0 && status < 300);
  const names = (...operations: readonly string[]): readonly string[] =>
    done
      .filter((request) => operations.includes(operationOf(request)))
      .map(({ key }) => (key.startsWith(below) ? key.slice(below.length) : `(not below the map) ${key}`));
  return {
    put: names("PutObject", "UploadPart"),
    got: names("GetObject"),
    copied: names("CopyObject"),
    deleted: names("DeleteObject"),
  };
}
