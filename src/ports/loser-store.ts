/** Where a version goes before it is overwritten or deleted. */

import type { SaveReason } from "../model/action.ts";
import type { Enveloped } from "../model/encoding.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { ObjectKey } from "../model/object-key.ts";

export interface Loser {
  readonly map: DirectoryMap;
  readonly key: ObjectKey;
  readonly side: "local" | "remote";
  readonly reason: SaveReason;
  readonly size: number;
  /** In ns since 1970. */
  readonly mtimeNs: bigint;
  /** Permission bits of the file; an object has none. */
  readonly mode: number | undefined;
  /** The chunks are this content in its envelope, which cannot be opened here; undefined: they are the content. */
  readonly enveloped: Enveloped | undefined;
}

export interface LoserStore {
  /** Durable, and read back, when it resolves. @throws {PathError} it could not be kept */
  save(loser: Loser, chunks: AsyncIterable<Uint8Array>): Promise<void>;
}
