/** Gives up an upload in parts: what was sent of it is stored, and paid for, until then. */

import { PathError } from "../../model/errors.ts";
import type { Remote } from "../remote.ts";
import type { Place } from "../wire/place.ts";
import { statusOf } from "../wire/sdk-error.ts";
import { isNoBucket } from "../wire/store-errors.ts";

/** One upload under way. */
export interface Upload extends Place {
  readonly UploadId: string;
}

/** Gone already is done. @throws {PathError} it has no name: the request would be about the object itself */
export async function abortUpload(remote: Remote, upload: Upload, signal?: AbortSignal): Promise<void> {
  if (upload.UploadId === "") throw new PathError("the upload has no name");
  try {
    await remote.send(
      "delete",
      (api, options) => api.sdk((sdk) => new sdk.AbortMultipartUploadCommand(upload), options),
      signal === undefined ? {} : { signal },
    );
  } catch (error) {
    if (statusOf(error) !== 404 || isNoBucket(error)) throw error;
  }
}
