/** Puts a version into the backup before it is overwritten or deleted. */

import type { SaveReason } from "../../model/action.ts";
import type { LocalFile, RemoteObject } from "../../model/observation.ts";
import type { MapPorts } from "../map-ports.ts";
import { chunksOf } from "./chunks-of.ts";

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
      { map, key: local.key, side: "local", reason, size: local.size, mtimeNs, mode, enveloped: undefined },
      chunksOf(file),
    );
    file.unchanged();
  } finally {
    file.close();
  }
}

/**
 * What cannot be read on this machine is kept as it is stored.
 * @throws {Stale} the object is not what was observed @throws {PathError} it could not be kept
 */
export async function saveRemote(
  { objects, losers, map, envelope }: MapPorts,
  remote: RemoteObject,
  reason: SaveReason,
): Promise<void> {
  const form = map.gpg && !envelope.canDecode("openpgp") ? "stored" : "plain";
  const content = await objects.read(remote, form);
  try {
    const { enveloped, mtimeNs } = content.facts;
    const size = enveloped?.size ?? remote.size;
    const loser = {
      map,
      key: remote.key,
      side: "remote",
      reason,
      size,
      mtimeNs,
      mode: undefined,
      enveloped: form === "stored" ? enveloped : undefined,
    } as const;
    await losers.save(loser, content.chunks);
  } finally {
    content.discard(); // a body that nobody reads would hold its connection
  }
}
