/** Carries a deletion from S3 to the disk. */

import type { DeleteLocal } from "../../model/action.ts";
import { Stale } from "../../model/errors.ts";
import type { Done } from "../../model/outcome.ts";
import type { ActionPorts } from "../map-ports.ts";
import { saveLocal } from "./save-loser.ts";

export async function deleteLocal(
  ports: ActionPorts,
  { key, local, saves, movedTo }: DeleteLocal,
): Promise<Pick<Done, "base" | "bytes">> {
  if (movedTo !== undefined) return { base: undefined, bytes: 0 }; // the rename has taken the name away
  // A listing may have missed the object: only the server's own 404 takes a file away.
  if ((await ports.objects.head(key)) !== undefined)
    throw new Stale("the object is there, although the listing lacks it");
  if (saves !== undefined) await saveLocal(ports, local, saves);
  await ports.journal.intend({ does: "delete-file", key, file: local });
  await ports.files.remove(local);
  return { base: undefined, bytes: 0 };
}
