/** The two sides of one map, and the envelope between them. */

import { settingsOf } from "../core/object-settings.ts";
import type { Throttle } from "../core/throttle.ts";
import { directory } from "../local/directory.ts";
import type { DirectoryMap, MapOptions } from "../model/map.ts";
import { keyPrefix } from "../model/object-key.ts";
import type { Envelope } from "../ports/envelope.ts";
import type { FileTree } from "../ports/file-tree.ts";
import type { ObjectStore } from "../ports/object-store.ts";
import type { NewSpool } from "../ports/spool.ts";
import type { Watcher } from "../ports/watcher.ts";
import { bucket } from "../remote/bucket.ts";
import { connectionOf } from "../remote/wire/connection.ts";
import type { EndpointsFile } from "../state/endpoints-file.ts";
import { envelopeFor } from "./envelope-for.ts";
import type { Surroundings } from "./surroundings.ts";

export interface Sides {
  readonly files: FileTree;
  readonly objects: ObjectStore;
  readonly envelope: Envelope;
}

export interface SidesTools extends Surroundings {
  /** The companion folder. */
  readonly folder: string;
  /** Where files that have no name may lie. */
  readonly scratch: string;
  readonly endpoints: EndpointsFile;
  readonly newSpool: NewSpool;
  readonly watcher: Watcher | undefined;
  /** Of this run; goes before what the map has stored. */
  readonly overrides: MapOptions;
  /** Actions at one time. */
  readonly concurrency: number;
  /** Of this run, whatever the map. */
  readonly throttle: Throttle | undefined;
  /** Aborted: every request ends at once. */
  readonly signal: AbortSignal;
}

/** @throws {BsyncError} the connection cannot be made as it is wanted, or the key of the map cannot be used */
export async function sidesOf(map: DirectoryMap, tools: SidesTools): Promise<Sides> {
  const { stateFile, folder, endpoints, env } = tools;
  const options = { ...map.options, ...tools.overrides };
  const settings = settingsOf({ root: map.root, options });
  const connection = await connectionOf(options, env);
  const memory = endpoints.memory(connection.endpoint ?? "", map.bucket);
  const envelope = await envelopeFor(map, tools);
  return {
    envelope,
    objects: bucket({
      ...map,
      ...tools,
      connection,
      settings,
      memory,
      envelope,
      moved: tools.watcher?.moved,
    }),
    files: directory(map.root, { keyPrefix: keyPrefix(map.prefix), hidden: [stateFile, folder] }),
  };
}
