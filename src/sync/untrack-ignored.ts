/** Takes names out of the state that the ignore files on disk match. Both copies stay as they are. */

import { IgnoreRules } from "../core/ignore-rules.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { BaseEdit } from "../model/outcome.ts";
import type { FileTree } from "../ports/file-tree.ts";
import type { NewSpool } from "../ports/spool.ts";
import type { StateStore } from "../ports/state-store.ts";

export interface UntrackPorts {
  readonly files: FileTree;
  readonly state: StateStore;
  readonly newSpool: NewSpool;
}

/** @returns how many records went */
export async function untrackIgnored(
  map: DirectoryMap,
  { files, state, newSpool }: UntrackPorts,
): Promise<number> {
  const rules = new IgnoreRules(await files.ignoreFiles(), { recursive: map.recursive });
  const edits = newSpool<BaseEdit>();
  const snapshot = state.snapshot();
  try {
    for (const batch of snapshot.records(map)) {
      for (const { key } of batch) if (rules.ignores(key)) edits.add({ key, record: undefined });
    }
    if (edits.length > 0) state.record(map, edits, state.memory(map));
    return edits.length;
  } finally {
    snapshot.close();
    edits.close();
  }
}
