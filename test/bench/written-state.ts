/** A state file of the names that trees of the benchmark have, each an empty file. */

import { closeSync, openSync, writeSync } from "node:fs";
import { StateWriter } from "../../src/codec/state-writer.ts";
import type { DirectoryMap } from "../../src/model/map.ts";
import { FILES_DATE_S, nameOf } from "./tree.ts";

export const EMPTY_ETAG = "d41d8cd98f00b204e9800998ecf8427e";

export function writeState(path: string, map: DirectoryMap, count: number): void {
  const file = openSync(path, "w", 0o600);
  const writer = new StateWriter((bytes) => writeSync(file, bytes));
  const record = { mtimeMs: FILES_DATE_S * 1000, etag: EMPTY_ETAG, size: 0 };
  writer.header(1, FILES_DATE_S * 1000);
  writer.bucket(map.bucket);
  writer.map(map);
  for (let index = 0; index < count; index++) writer.record(`${map.prefix}/${nameOf(index)}`, record);
  writer.bucketEnd();
  writer.flush();
  closeSync(file);
}
