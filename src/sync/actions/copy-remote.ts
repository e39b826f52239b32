/** Gives an object the name that its file has got: by a copy inside the store. The old one is another action's. */

import type { CopyRemote } from "../../model/action.ts";
import { PathError, Stale } from "../../model/errors.ts";
import { versionOf } from "../../model/intent.ts";
import { agreed } from "../../model/observation.ts";
import type { Done } from "../../model/outcome.ts";
import type { ActionPorts } from "../map-ports.ts";
import { upload } from "./upload.ts";

export async function copyRemote(
  ports: ActionPorts,
  { key, rule, local, from }: CopyRemote,
): Promise<Pick<Done, "base" | "bytes">> {
  const { files, objects, journal } = ports;
  (await files.open(local)).close(); // still what was proved to have this content
  const source = { key: from.key, ...versionOf(from) };
  try {
    const { etag } = await objects.copy(from, key, (sending) =>
      journal.intend({ does: "copy-object", key, from: source, local, ...sending }),
    );
    return { base: agreed(local, etag), bytes: 0 };
  } catch (error) {
    if (!(error instanceof PathError) || error instanceof Stale) throw error;
    return upload(ports, { verb: "upload", key, rule, local, replaces: undefined }); // such as of an archived object
  }
}
