/** Carries a deletion from S3 to the disk. */

import type { DeleteLocal } from "../../model/action.ts";
import { Stale } from "../../model/errors.ts";
import type { Done } from "../../model/outcome.ts";
import type { MapPorts } from "../map-ports.ts";
import { saveLocal } from "./save-loser.ts";

export async function deleteLocal(
  ports: MapPorts,
  { key, local, saves }: DeleteLocal,
): Promise<Pick<Done, "base" | "bytes">> {
  // A listing may have missed the object: only the server's own 404 takes a file away.
  if ((await ports.objects.head(key)) !== undefined)
    throw new Stale("the object is there, although the listing lacks it");
  if (saves !== undefined) await saveLocal(ports, local, saves);
  await ports.files.remove(local);
  return { base: undefined, bytes: 0 };
}
