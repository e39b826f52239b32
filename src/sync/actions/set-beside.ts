/** Gives the loser of a conflict a name of its own, on both sides, before the winner takes its place. */

import type { SetBeside } from "../../model/action.ts";
import { versionOf } from "../../model/intent.ts";
import { agreed, type LocalFile, type RemoteObject } from "../../model/observation.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { Done } from "../../model/outcome.ts";
import type { StagedFile } from "../../ports/file-tree.ts";
import type { ActionPorts } from "../map-ports.ts";
import { chunksOf } from "./chunks-of.ts";
import { upload } from "./upload.ts";
import { withContent } from "./with-content.ts";

export function setBeside(ports: ActionPorts, action: SetBeside): Promise<Pick<Done, "base" | "bytes">> {
  const { loser } = action;
  return loser.side === "local"
    ? localBeside(ports, action, loser.version)
    : remoteBeside(ports, action, loser.version);
}

/** If the run is cut off in the middle, the copy is a new file like any other. */
async function localBeside(ports: ActionPorts, { key, rule }: SetBeside, loser: LocalFile) {
  const file = await ports.files.open(loser);
  try {
    const staged = await stage(ports, key, chunksOf(file), file.mtimeNs);
    const local = await placed(staged, () => file.unchanged());
    return await upload(ports, { verb: "upload", key, rule, local, replaces: undefined });
  } finally {
    file.close();
  }
}

async function remoteBeside(ports: ActionPorts, { key }: SetBeside, loser: RemoteObject) {
  const staged = await withContent(ports.objects, loser, ({ facts, chunks }) =>
    stage(ports, key, chunks, facts.mtimeNs),
  );
  const local = await placed(staged);
  const from = { key: loser.key, ...versionOf(loser) };
  const { etag } = await ports.objects.copy(loser, key, (sending) =>
    ports.journal.intend({ does: "copy-object", key, from, local, ...sending }),
  );
  return { base: agreed(local, etag), bytes: loser.size };
}

function stage(
  { files, journal }: ActionPorts,
  key: ObjectKey,
  chunks: AsyncIterable<Uint8Array>,
  mtimeNs: bigint,
): Promise<StagedFile> {
  const announce = (name: string) => journal.intend({ does: "set-aside", key, name });
  return files.stage(key, chunks, { mtimeNs, replaces: undefined, announce });
}

async function placed(staged: StagedFile, check = (): void => {}): Promise<LocalFile> {
  try {
    check();
  } catch (error) {
    staged.discard();
    throw error;
  }
  return staged.commit();
}
