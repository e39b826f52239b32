/** Reads a backup back, before what it keeps is given up. */

import { PathError } from "../model/errors.ts";
import { Measure } from "./measure.ts";
import { openZip } from "./open-zip.ts";
import type { Written } from "./write-zip.ts";

/** @throws {PathError} the file does not hold what was written */
export async function checkZip(path: string, expected: Written): Promise<void> {
  try {
    const zip = await openZip(path);
    try {
      const found = new Measure();
      for await (const _ of found.passing(zip.content()));
      const { size, crc32, sha256 } = found.result;
      const same =
        size === expected.content.size &&
        crc32 === expected.content.crc32 &&
        crc32 === zip.crc32 &&
        sha256 === expected.content.sha256 &&
        (await zip.manifest()) === expected.manifest;
      if (!same) throw new PathError("it reads back as something else");
    } finally {
      zip.close();
    }
  } catch (error) {
    if (error instanceof Error && "errno" in error) throw error;
    const why = error instanceof PathError ? error.message : String(error);
    throw new PathError(`cannot be kept in the backup: ${why}`, { cause: error });
  }
}
