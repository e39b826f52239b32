/** Puts a version into the backup before it is overwritten or deleted. */

import type { SaveReason } from "../../model/action.ts";
import type { LocalFile, RemoteObject } from "../../model/observation.ts";
import { Unreadable } from "../../ports/envelope.ts";
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
 * What cannot be opened, here or anywhere, is kept as it is stored.
 * @throws {Stale} the object is not what was observed @throws {PathError} it could not be kept
 */
export async function saveRemote(ports: MapPorts, remote: RemoteObject, reason: SaveReason): Promise<void> {
  try {
    await saveRemoteAs("plain", ports, remote, reason);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    await saveRemoteAs("stored", ports, remote, reason);
  }
}

async function saveRemoteAs(
  form: "plain" | "stored",
  { objects, losers, map }: MapPorts,
  remote: RemoteObject,
  reason: SaveReason,
): Promise<void> {
  const content = await objects.read(remote, form);
  try {
    const { enveloped, mtimeNs } = content.facts;
    const loser = {
      map,
      key: remote.key,
      side: "remote",
      reason,
      size: enveloped?.size ?? remote.size,
      mtimeNs,
      mode: undefined,
      enveloped: form === "stored" ? enveloped : undefined,
    } as const;
    await losers.save(loser, content.chunks);
  } finally {
    content.discard(); // a body that nobody reads would hold its connection
  }
}
