/** Where an object lies. */

import { PathError } from "../../model/errors.ts";
import { keyText, type ObjectKey } from "../../model/object-key.ts";

interface Prefix {
  readonly bucket: string;
  /** A byte string, "" or ending in "/". */
  readonly prefix: string;
}

export interface Place {
  readonly Bucket: string;
  readonly Key: string;
}

/**
 * No request names a key in another way: with an empty one the SDK sends a request about the bucket, so that removing
 * an object would remove the bucket.
 * @throws {PathError} it cannot be named
 */
export function placeOf({ bucket, prefix }: Prefix, key: ObjectKey): Place {
  if (key === "") throw new PathError("an object has no name");
  try {
    return { Bucket: bucket, Key: keyText(prefix + key) };
  } catch (cause) {
    throw new PathError("the name is not valid UTF-8", { cause });
  }
}
