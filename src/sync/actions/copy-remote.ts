/** Gives an object the name that its file has got: by a copy inside the store. The old one is another action's. */

import type { CopyRemote } from "../../model/action.ts";
import { versionOf } from "../../model/intent.ts";
import { agreed } from "../../model/observation.ts";
import type { Done } from "../../model/outcome.ts";
import type { ActionPorts } from "../map-ports.ts";

export async function copyRemote(
  { files, objects, journal }: ActionPorts,
  { key, local, from }: CopyRemote,
): Promise<Pick<Done, "base" | "bytes">> {
  (await files.open(local)).close(); // still what was proved to have this content
  const source = { key: from.key, ...versionOf(from) };
  const { etag } = await objects.copy(from, key, (sending) =>
    journal.intend({ does: "copy-object", key, from: source, local, ...sending }),
  );
  return { base: agreed(local, etag), bytes: 0 };
}
