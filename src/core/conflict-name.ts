/** The name of a loser that is kept beside the winner. */

import { directoryOf, type ObjectKey } from "../model/object-key.ts";

/**
 * `a/b.txt` becomes `a/b.conflict-20260102-030405.txt`, or with `-2` behind the time, and so on.
 * @param stamp the time of the run, in UTC, as YYYYMMDD-HHMMSS @param nth from 1
 */
export function conflictName(key: ObjectKey, stamp: string, nth: number): ObjectKey {
  const directory = directoryOf(key);
  const name = key.slice(directory.length);
  const dot = name.lastIndexOf(".");
  const stem = dot <= 0 ? name : name.slice(0, dot);
  const again = nth === 1 ? "" : `-${nth}`;
  return `${directory}${stem}.conflict-${stamp}${again}${name.slice(stem.length)}` as ObjectKey;
}

/** Whether it may be such a name. */
export function isConflictName(key: ObjectKey): boolean {
  return key.includes(".conflict-");
}
