/** What must be true of a map before it is looked at. Spec: spec/safety.md. */

import { GuardError } from "../model/errors.ts";
import { type DirectoryMap, destinationOf } from "../model/map.ts";
import type { MapMemory, PairIdentity, RootIdentity } from "../model/pair.ts";
import type { FileTree } from "../ports/file-tree.ts";
import type { MapPorts } from "./map-ports.ts";

export interface Preflight {
  readonly identity: PairIdentity;
  /** The directory is not the one that the records were made with, or nobody knows. */
  readonly rootIsNew: boolean;
}

/** @throws {BsyncError} the map cannot be synced as it is */
export function preflight(
  map: DirectoryMap,
  { files, objects, hadEnvelopes }: Pick<MapPorts, "files" | "objects" | "hadEnvelopes">,
  memory: MapMemory,
  acceptIdentity: boolean,
): Preflight {
  const root = rootOf(map, files);
  const known = memory.identity;
  if (known !== undefined && known.endpoint !== objects.endpoint && !acceptIdentity) {
    throw new GuardError(
      `${destinationOf(map)} was synced at ${known.endpoint}, and now is asked for at ${objects.endpoint}`,
      "check the endpoint; --accept-identity takes the new one as the same bucket, for this run and from then on",
    );
  }
  const rootIsNew = !acceptIdentity && (known === undefined || !sameRoot(known.root, root));
  const identity = { endpoint: objects.endpoint, root, ...(hadEnvelopes ? { hadEnvelopes } : {}) };
  return { identity, rootIsNew };
}

/** Asked again before anything that destroys. @throws {GuardError} the directory is gone, or another one is in its place */
export function stillThere(map: DirectoryMap, files: FileTree, { root }: PairIdentity): void {
  if (sameRoot(rootOf(map, files), root)) return;
  throw new GuardError(
    `${map.root} became another directory while it was being synced`,
    "see that it is mounted, then run again",
  );
}

function rootOf(map: DirectoryMap, files: FileTree): RootIdentity {
  const root = files.identity();
  if (root !== undefined) return root;
  throw new GuardError(
    `${map.root} is missing or not a directory: nothing is done, lest it read as a deletion of everything`,
    `mount or make it again; to give the map up: s3-bsync --init --rmdir ${map.root}`,
  );
}

function sameRoot(a: RootIdentity, b: RootIdentity): boolean {
  const born = a.birthMs === b.birthMs || a.birthMs === 0 || b.birthMs === 0;
  return a.realPath === b.realPath && a.ino === b.ino && born;
}
