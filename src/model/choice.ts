/** What a run is about, of all that it could do. Spec: spec/choosing.md. */

import type { ObjectKey } from "./object-key.ts";

/** `up`: only the bucket is changed; `down`: only the directory. */
export const DIRECTIONS = ["both", "up", "down"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Whether a run is about a name. */
export type NameChoice = (key: ObjectKey) => boolean;

export interface Choice {
  /** Undefined: all names. */
  readonly names: NameChoice | undefined;
  readonly direction: Direction;
}
