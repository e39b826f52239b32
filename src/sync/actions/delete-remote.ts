/** Carries a deletion from the disk to S3. */

import type { DeleteRemote } from "../../model/action.ts";
import { Stale } from "../../model/errors.ts";
import { versionOf } from "../../model/intent.ts";
import type { Done } from "../../model/outcome.ts";
import type { ActionPorts } from "../map-ports.ts";
import { saveRemote } from "./save-loser.ts";

export async function deleteRemote(
  ports: ActionPorts,
  { key, remote, saves }: DeleteRemote,
): Promise<Pick<Done, "base" | "bytes">> {
  if (saves !== undefined) await saveRemote(ports, remote, saves);
  await ports.journal.intend({ does: "delete-object", key, object: versionOf(remote) });
  if (ports.files.observe(key) !== undefined) throw new Stale("the file is there again");
  await ports.objects.remove(remote);
  return { base: undefined, bytes: 0 };
}
