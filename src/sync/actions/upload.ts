/** Brings a local version to S3. */

import type { Upload } from "../../model/action.ts";
import { versionOf } from "../../model/intent.ts";
import { agreed } from "../../model/observation.ts";
import type { Done } from "../../model/outcome.ts";
import type { ActionPorts } from "../map-ports.ts";
import { saveRemote } from "./save-loser.ts";

export async function upload(
  ports: ActionPorts,
  { key, local, replaces, saves }: Upload,
): Promise<Pick<Done, "base" | "bytes">> {
  if (saves !== undefined && replaces !== undefined) await saveRemote(ports, replaces, saves);
  const file = await ports.files.open(local);
  try {
    const { size, mtimeMs } = local;
    const listed = replaces === undefined ? undefined : versionOf(replaces);
    const { etag } = await ports.objects.write(key, file, replaces, (sending) =>
      ports.journal.intend({ does: "put-object", key, size, mtimeMs, replaces: listed, ...sending }),
    );
    return { base: agreed(local, etag), bytes: size };
  } finally {
    file.close();
  }
}
