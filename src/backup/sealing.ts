/** How the content of a backup is stored where it must not lie open. */

import type { DirectoryMap } from "../model/map.ts";

type Chunks = AsyncIterable<Uint8Array>;

export interface Sealing {
  /** Written into the manifest, such as `openpgp`. */
  readonly name: string;
  /** @returns undefined: versions of this map are stored as they are */
  seal(map: DirectoryMap): ((content: Chunks) => Chunks) | undefined;
  /** Gives nothing out that is not proved to be whole. @throws {PathError} it cannot be opened here */
  open(sealed: Chunks): Chunks;
}
