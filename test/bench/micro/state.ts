/**
 * Writes or reads a state file of many records, by the codec or without any thought for speed.
 *
 *     state.ts encode|decode|encode-plainly|decode-plainly FILE COUNT
 */

import { closeSync, openSync, writeFileSync } from "node:fs";
import { readState } from "../../../src/codec/state-reader.ts";
import type { DirectoryMap } from "../../../src/model/map.ts";
import { fileBytes } from "../../../src/state/file-bytes.ts";
import { readStateFile } from "../../support/read-state.ts";
import { FILES_DATE_S, nameOf } from "../tree.ts";
import { EMPTY_ETAG, writeState } from "../written-state.ts";
import { ownFigures } from "./own-figures.ts";

const [what = "", path = "", count = ""] = process.argv.slice(2);
const map: DirectoryMap = {
  root: "/tree",
  bucket: "bucket",
  prefix: "prefix",
  gzip: 0,
  recursive: true,
  gpg: false,
  email: "",
  options: {},
};

const tasks: Readonly<Record<string, () => void>> = {
  encode: () => writeState(path, map, Number(count)),
  decode,
  "encode-plainly": () => encodePlainly(Number(count)),
  "decode-plainly": () => void readStateFile(path),
};
await ownFigures(() => tasks[what]?.());

/** Every record, as a run reads them. */
function decode(): void {
  const file = openSync(path, "r");
  for (const item of readState(fileBytes(file)))
    if (item.kind === "records") for (let at = 0; at < item.keys.length; at++) item.record(at);
  closeSync(file);
}

/** Only what a record costs: the same bytes, each record a buffer of its own. */
function encodePlainly(records: number): void {
  const all: Buffer[] = [];
  for (let index = 0; index < records; index++) {
    const mtime = Buffer.alloc(8);
    mtime.writeBigUInt64LE(BigInt(FILES_DATE_S) * 1000n);
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(0n);
    const key = Buffer.from(`${map.prefix}/${nameOf(index)}\0`);
    const mark = Buffer.from([0]);
    all.push(Buffer.concat([mark, key, mtime, mark, Buffer.from(EMPTY_ETAG, "hex"), size, mark]));
  }
  writeFileSync(path, Buffer.concat(all));
}
