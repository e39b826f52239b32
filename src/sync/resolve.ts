/** Looks what became of an intent that was not settled. Reads only. */

import {
  type Fate,
  fateOfCopy,
  fateOfDeletedFile,
  fateOfDeletedObject,
  fateOfPlaced,
  fateOfPut,
  fateOfRename,
} from "../core/resolve-intent.ts";
import { PathError } from "../model/errors.ts";
import type { Intent } from "../model/intent.ts";
import { isUnknown, type LocalFile, type RemoteObject } from "../model/observation.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { MapPorts } from "./map-ports.ts";

type Ports = Pick<MapPorts, "files" | "objects">;

/** @returns "untold": the look at this path failed @throws {BsyncError} nobody can look now: the map cannot go on */
export async function resolveIntent(ports: Ports, intent: Intent): Promise<Fate | "untold"> {
  try {
    return await look(ports, intent);
  } catch (error) {
    if (error instanceof PathError) return "untold";
    throw error;
  }
}

async function look({ files, objects }: Ports, intent: Intent): Promise<Fate> {
  const { key } = intent;
  const there = async (): Promise<RemoteObject | undefined> => (await objects.head(key))?.object;
  switch (intent.does) {
    case "set-aside":
      return "never landed";
    case "put-object":
      return fateOfPut(intent, await objects.head(key));
    case "copy-object":
      return fateOfCopy(intent, await there());
    case "delete-object":
      return fateOfDeletedObject(intent, await there());
    case "place-file":
      return fateOfPlaced(intent, here(files, key));
    case "delete-file":
      return fateOfDeletedFile(intent, here(files, key));
    case "rename-file":
      return fateOfRename(intent, here(files, key));
  }
}

/** @throws {PathError} it cannot be told */
function here(files: Ports["files"], key: ObjectKey): LocalFile | undefined {
  const seen = files.observe(key);
  if (seen !== undefined && isUnknown(seen)) throw new PathError(seen.unknown);
  return seen;
}
