/** Brings a remote version to the disk: beside its place first, whole and durable, then into it. */

import type { Download } from "../../model/action.ts";
import { PathError } from "../../model/errors.ts";
import { agreed } from "../../model/observation.ts";
import type { Done } from "../../model/outcome.ts";
import type { ActionPorts } from "../map-ports.ts";
import { withContent } from "./with-content.ts";
import { saveLocal } from "./save-loser.ts";

export async function download(
  ports: ActionPorts,
  { key, remote, replaces, saves }: Download,
): Promise<Pick<Done, "base" | "bytes">> {
  // An empty or ignored directory has no row of its own: nobody has seen it until now.
  if (replaces === undefined && ports.files.isTaken(key))
    throw new PathError("something else is in its place");
  const { etag } = remote;
  const announce = (name: string) => ports.journal.intend({ does: "set-aside", key, name });
  const staged = await withContent(ports.objects, remote, ({ facts: { mtimeNs }, chunks }) =>
    ports.files.stage(key, chunks, { mtimeNs, replaces, announce }),
  );
  try {
    if (saves !== undefined && replaces !== undefined) await saveLocal(ports, replaces, saves);
    await ports.journal.intend({ does: "place-file", key, file: staged.file, etag, replaces });
  } catch (error) {
    staged.discard();
    throw error;
  }
  const local = await staged.commit();
  return { base: agreed(local, etag), bytes: remote.size };
}
