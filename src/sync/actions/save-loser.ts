/** Puts a version into the backup before it is overwritten or deleted. */

import type { SaveReason } from "../../model/action.ts";
import type { LocalFile, RemoteObject } from "../../model/observation.ts";
import type { OpenFile } from "../../ports/file-tree.ts";
import type { MapPorts } from "../map-ports.ts";
import { withContent } from "./with-content.ts";

const CHUNK_BYTES = 1024 * 1024;

/** @throws {Stale} the file is not what was observed @throws {PathError} it could not be kept */
export async function saveLocal(
  { files, losers, map }: MapPorts,
  local: LocalFile,
  reason: SaveReason,
): Promise<void> {
  const file = await files.open(local);
  try {
    const { mtimeNs } = file;
    await losers.save(
      { map, key: local.key, side: "local", reason, size: local.size, mtimeNs },
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
    losers.save({ map, key, side: "remote", reason, size, mtimeNs }, chunks),
  );
}

async function* chunksOf(file: OpenFile): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < file.file.size; at += CHUNK_BYTES) {
    yield await file.read(at, Math.min(CHUNK_BYTES, file.file.size - at));
  }
}
