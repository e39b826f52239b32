/** Reads a backup back, before what it keeps is given up. */

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import StreamZip from "node-stream-zip";
import { PathError } from "../model/errors.ts";
import { CONTENT_ENTRY, MANIFEST_ENTRY, type Measured } from "./manifest.ts";

/**
 * The package checks neither CRC nor size of an entry that was written as a stream, so they are checked here.
 * @throws {PathError} the file does not hold what was written
 */
export async function checkZip(path: string, expected: Measured): Promise<void> {
  const zip = new StreamZip.async({ file: path });
  try {
    const content = await zip.entry(CONTENT_ENTRY);
    const found = await measured(await zip.stream(CONTENT_ENTRY));
    const manifest: unknown = JSON.parse((await zip.entryData(MANIFEST_ENTRY)).toString("utf8"));
    const same =
      content?.size === expected.size &&
      content.crc === expected.crc32 &&
      found.size === expected.size &&
      found.crc32 === expected.crc32 &&
      found.sha256 === expected.sha256 &&
      sha256Of(manifest) === expected.sha256;
    if (!same) throw new PathError("cannot be kept in the backup: it reads back as something else");
  } catch (error) {
    if (error instanceof PathError || (error instanceof Error && "errno" in error)) throw error;
    throw new PathError("cannot be kept in the backup: it cannot be read back", { cause: error });
  } finally {
    await zip.close().catch(() => undefined); // it may never have opened
  }
}

async function measured(stream: NodeJS.ReadableStream): Promise<Measured> {
  const sha256 = createHash("sha256");
  let size = 0;
  let crc = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    crc = crc32(chunk, crc);
    sha256.update(chunk);
  }
  return { size, crc32: crc, sha256: sha256.digest("hex") };
}

function sha256Of(manifest: unknown): unknown {
  return typeof manifest === "object" && manifest !== null && "sha256" in manifest
    ? manifest.sha256
    : undefined;
}
