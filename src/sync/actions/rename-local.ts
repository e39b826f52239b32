/** Gives a file the name that its object has got. */

import type { RenameLocal } from "../../model/action.ts";
import { Stale } from "../../model/errors.ts";
import { agreed } from "../../model/observation.ts";
import type { Done } from "../../model/outcome.ts";
import type { ActionPorts } from "../map-ports.ts";

export async function renameLocal(
  { files, objects, journal }: ActionPorts,
  { key, remote, from }: RenameLocal,
): Promise<Pick<Done, "base" | "bytes">> {
  // A listing may have missed the object: only the server's own 404 takes a name away.
  if ((await objects.head(from.key)) !== undefined)
    throw new Stale("its object is there, although the listing lacks it");
  const { etag } = remote;
  await journal.intend({ does: "rename-file", key, file: { ...from, key }, etag });
  const local = await files.rename(from, key);
  return { base: agreed(local, etag), bytes: 0 };
}
