/** What is under way, told as it happens, for a display. Nobody waits for it, and nothing depends on it. */

import type { Action } from "../model/action.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { Totals, Way } from "../model/totals.ts";

export interface Watcher {
  /** The plan of this map is complete, and is carried out from now on. */
  planned(map: DirectoryMap, totals: Totals): void;
  began(action: Action): void;
  /** However it ended. */
  ended(action: Action): void;
  readonly moved: Moved;
}

/** So many bytes more of the content of this object have gone their way. What is sent again is told again. */
export type Moved = (way: Way, key: ObjectKey, bytes: number) => void;
