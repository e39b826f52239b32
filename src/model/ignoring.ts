/** The text of every ignore file, by the directory it lies in: "" or ending in "/". Rules are made of it in core. */

import type { ObjectKey } from "./object-key.ts";

export type IgnoreTexts = ReadonlyMap<ObjectKey, string>;

/** An ignore file above this cannot be read: its directory is unknown. No honest one comes near. */
export const MAX_IGNORE_BYTES = 1024 * 1024;

/** Why the rules of a directory are not taken, although its ignore file can be read. */
export const COSTLY_RULES =
  "its ignore file has too many patterns, or one that is too long or has too many wildcards";
