/** The text of every ignore file, by the directory it lies in: "" or ending in "/". Rules are made of it in core. */

import type { ObjectKey } from "./object-key.ts";

export type IgnoreTexts = ReadonlyMap<ObjectKey, string>;

/** An ignore file above this cannot be read: its directory is unknown. No honest one comes near. */
export const MAX_IGNORE_BYTES = 1024 * 1024;
