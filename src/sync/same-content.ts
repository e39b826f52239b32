/** Whether a file and an object hold the same content: by proof where there is one, else byte by byte. */

import { partSize } from "../core/part-size.ts";
import { Stale } from "../model/errors.ts";
import type { Encoding } from "../model/encoding.ts";
import type { LocalFile, RemoteObject } from "../model/observation.ts";
import type { OpenFile } from "../ports/file-tree.ts";
import type { ObjectFacts } from "../ports/object-store.ts";
import { withContent } from "./actions/with-content.ts";
import type { MapPorts } from "./map-ports.ts";

export interface Compared {
  /** "archived": nothing proves that they are the same, and the bytes of the object cannot be read. */
  readonly same: boolean | "archived";
  /** Modification times in ns since 1970; true ones only where the contents differ. */
  readonly localNs: bigint;
  readonly remoteNs: bigint;
}

/**
 * @param allow asked about the envelope of the object where it had to be looked at; may throw
 * @throws {PathError} one of them changed, or cannot be read
 */
export async function sameContent(
  { files, objects, hadEnvelopes }: Pick<MapPorts, "files" | "objects" | "hadEnvelopes">,
  { local, remote }: { readonly local: LocalFile; readonly remote: RemoteObject },
  allow: (encoding: Encoding) => void = () => {},
): Promise<Compared> {
  return opened(files, local, async (file) => {
    const localNs = file.mtimeNs;
    const equal: Compared = { same: true, localNs, remoteNs: localNs };
    const found = local.size === remote.size ? await file.etags(partSize(local.size)) : undefined;
    const isContent = found?.single === remote.etag || found?.multipart === remote.etag;
    if (isContent && !hadEnvelopes) return equal;

    const { mtimeNs: remoteNs, partBytes, enveloped } = await seenFacts(objects, remote);
    allow(enveloped?.encoding ?? "");
    if (enveloped !== undefined) {
      const same = enveloped.size === local.size && enveloped.sha256 === (await file.sha256());
      return { same, localNs, remoteNs };
    }
    if (isContent) return equal;
    if (remote.archived) return { same: "archived", localNs, remoteNs };
    if (local.size !== remote.size) return { same: false, localNs, remoteNs };
    const parts = partBytes === undefined ? undefined : await file.etags(partBytes);
    if (parts?.multipart === remote.etag) return equal;
    // Only equality is proof, and a digest in metadata may be that of a content before: so the bytes must say it.
    return withContent(objects, remote, async ({ facts, chunks }) =>
      (await file.equals(chunks)) ? equal : { same: false, localNs, remoteNs: facts.mtimeNs },
    );
  });
}

/** @throws {Stale} it is not what was listed any more */
export async function seenFacts(objects: MapPorts["objects"], remote: RemoteObject): Promise<ObjectFacts> {
  const facts = await objects.head(remote.key);
  if (facts === undefined || facts.object.etag !== remote.etag)
    throw new Stale("the object changed during the run");
  return facts;
}

export async function opened<T>(
  files: MapPorts["files"],
  local: LocalFile,
  look: (file: OpenFile) => Promise<T>,
): Promise<T> {
  const file = await files.open(local);
  try {
    return await look(file);
  } finally {
    file.close();
  }
}
