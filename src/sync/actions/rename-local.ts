/** Gives a file the name that its object has got. */

import type { RenameLocal } from "../../model/action.ts";
import { NotRenamed, PathError, Stale } from "../../model/errors.ts";
import { agreed } from "../../model/observation.ts";
import type { Done } from "../../model/outcome.ts";
import type { ActionPorts } from "../map-ports.ts";
import { download } from "./download.ts";

export async function renameLocal(
  ports: ActionPorts,
  action: RenameLocal,
): Promise<Pick<Done, "base" | "bytes">> {
  const { files, objects, journal } = ports;
  const { key, remote, from } = action;
  // A listing may have missed the object: only the server's own 404 takes a name away.
  if ((await objects.head(from.key)) !== undefined)
    throw new Stale("its object is there, although the listing lacks it");
  const { etag } = remote;
  await journal.intend({ does: "rename-file", key, file: from, etag });
  try {
    return { base: agreed(await files.rename(from, key), etag), bytes: 0 };
  } catch (error) {
    if (!(error instanceof PathError) || error instanceof Stale) throw error;
    // Such as to another disk that is mounted in the directory, or out of a directory that is read-only.
    return await transfer(ports, { ...action, from: error instanceof NotRenamed ? error.file : from });
  }
}

async function transfer(
  ports: ActionPorts,
  { key, rule, remote, from }: RenameLocal,
): Promise<Pick<Done, "base" | "bytes">> {
  const done = await download(ports, { verb: "download", key, rule, remote, replaces: undefined });
  await ports.journal.intend({ does: "delete-file", key: from.key, file: from });
  await ports.files.remove(from);
  return done;
}
