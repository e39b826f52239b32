/** Puts a version into the backup before it is overwritten or deleted. */

import type { SaveReason } from "../../model/action.ts";
import type { LocalFile, RemoteObject } from "../../model/observation.ts";
import type { MapPorts } from "../map-ports.ts";
import { chunksOf } from "./chunks-of.ts";
import { withContent } from "./with-content.ts";

/** @throws {Stale} the file is not what was observed @throws {PathError} it could not be kept */
export async function saveLocal(
  { files, losers, map }: MapPorts,
  local: LocalFile,
  reason: SaveReason,
): Promise<void> {
  const file = await files.open(local);
  try {
    const { mtimeNs, mode } = file;
    await losers.save(
      { map, key: local.key, side: "local", reason, size: local.size, mtimeNs, mode },
      chunksOf(file),
    );
    file.unchanged();
  } finally {
    file.close();
  }
}

/** @throws {Stale} the object is not what was observed @throws {PathError} it could not be kept */
export async function saveRemote(
  { objects, losers, map }: MapPorts,
  remote: RemoteObject,
  reason: SaveReason,
): Promise<void> {
  const { key, size } = remote;
  await withContent(objects, remote, ({ facts: { mtimeNs }, chunks }) =>
    losers.save({ map, key, side: "remote", reason, size, mtimeNs, mode: undefined }, chunks),
  );
}
