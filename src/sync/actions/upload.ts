/** Brings a local version to S3. */

import type { Upload } from "../../model/action.ts";
import { agreed } from "../../model/observation.ts";
import type { Done } from "../../model/outcome.ts";
import type { MapPorts } from "../map-ports.ts";
import { saveRemote } from "./save-loser.ts";

export async function upload(
  ports: MapPorts,
  { key, local, replaces, saves }: Upload,
): Promise<Pick<Done, "base" | "bytes">> {
  if (saves !== undefined && replaces !== undefined) await saveRemote(ports, replaces, saves);
  const file = await ports.files.open(local);
  try {
    const { etag } = await ports.objects.write(key, file, replaces);
    return { base: agreed(local, etag), bytes: local.size };
  } finally {
    file.close();
  }
}
