/** `--dump`: what the state file holds. Neither network nor lock. */

import { ExitCode } from "../../model/exit-code.ts";
import type { DirectoryMap } from "../../model/map.ts";
import type { BaseRecord } from "../../model/observation.ts";
import type { Context, Output, StateContents } from "../context.ts";
import type { Flags } from "../options/options.ts";
import { bytesText, countText, timeText } from "../render/amounts.ts";
import { shown, shownKey } from "../render/escape.ts";
import { mapLine, recordLine, stateLine } from "../render/json-lines.ts";
import { optionsText, pairText } from "../render/map-text.ts";

interface Sums {
  readonly objects: number;
  readonly bytes: number;
}

export async function dump({ json, debug }: Flags, { stdout, engine }: Context): Promise<ExitCode> {
  const contents = engine.open();
  try {
    if (json) await dumpJson(engine.stateFile, contents, stdout);
    else await dumpText(engine.stateFile, contents, { stdout, debug });
  } finally {
    contents.close();
  }
  return ExitCode.ok;
}

async function dumpText(
  file: string,
  contents: StateContents,
  { stdout, debug }: { readonly stdout: Output; readonly debug: boolean },
): Promise<void> {
  const { version, syncedMs, maps } = contents;
  await stdout.write(
    `${shown(file)}: version ${version}, last synced: ${timeText(syncedMs)}, ${countText(maps.length, "map")}\n`,
  );
  for (const map of maps) {
    const options = optionsText(map);
    await stdout.write(`\n${pairText(map)}${options === "" ? "" : `  (${options})`}\n`);
    const { objects, bytes } = await eachRecord(contents, map, async (record) => {
      if (debug) await stdout.write(recordText(record));
    });
    await stdout.write(`  ${countText(objects, "object")}, ${bytesText(bytes)}\n`);
  }
}

async function dumpJson(file: string, contents: StateContents, stdout: Output): Promise<void> {
  await stdout.write(stateLine(file, contents));
  for (const map of contents.maps) {
    const sums = await eachRecord(contents, map, (record) => stdout.write(recordLine(map, record)));
    await stdout.write(mapLine(map, sums));
  }
}

async function eachRecord(
  contents: StateContents,
  map: DirectoryMap,
  take: (record: BaseRecord) => Promise<void>,
): Promise<Sums> {
  let objects = 0;
  let bytes = 0;
  for (const batch of contents.records(map)) {
    for (const record of batch) {
      objects++;
      bytes += record.size;
      await take(record);
    }
  }
  return { objects, bytes };
}

function recordText({ key, size, mtimeMs, etag }: BaseRecord): string {
  return `  ${shownKey(key)}  ${size} B, ${mtimeMs === 0 ? "no time" : timeText(mtimeMs)}, ETag ${shown(etag)}\n`;
}
