/** `--backups`: what runs have kept. Neither network nor lock. */

import { shellWord } from "../../core/shell-word.ts";
import { ExitCode } from "../../model/exit-code.ts";
import { isSameMap } from "../../model/map.ts";
import { type Backups, isLost, type KeptVersion } from "../../ports/backups.ts";
import type { Context, Output } from "../context.ts";
import type { Flags } from "../options/options.ts";
import { bytesText, countText } from "../render/amounts.ts";
import { lostText, versionText } from "../render/backup-text.ts";
import { shown } from "../render/escape.ts";
import { backupLine } from "../render/json-lines.ts";
import { pairText } from "../render/map-text.ts";

export async function backups({ json, file }: Flags, { stdout, stderr, engine }: Context): Promise<ExitCode> {
  const kept = await engine.backups();
  const runs = kept.runs();
  const named = file === undefined ? "" : ` --file ${shellWord(engine.stateFile)}`;
  let lost = 0;
  for (const run of runs) lost += await listRun(kept, run, { stdout, stderr, json });
  if (!json) await stdout.write(runs.length === 0 ? `${shown(kept.folder)}: no backups\n` : howText(named));
  return lost === 0 ? ExitCode.ok : ExitCode.incomplete;
}

/** @param named the option for a state file that is not the default one */
function howText(named: string): string {
  return `\nTo bring them back: s3-bsync${named} --restore-backup RUN [PATTERN...] --to DIR\n`;
}

interface Outputs {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly json: boolean;
}

/** @returns how many archives could not be read */
async function listRun(kept: Backups, run: string, { stdout, stderr, json }: Outputs): Promise<number> {
  let lost = 0;
  let count = 0;
  let bytes = 0;
  let last: KeptVersion | undefined;
  if (!json) await stdout.write(`${run}\n`);
  for await (const batch of kept.versions(run)) {
    for (const version of batch) {
      if (json) await stdout.write(backupLine(version));
      if (isLost(version)) {
        lost++;
        await stderr.write(lostText(version));
        continue;
      }
      count++;
      bytes += version.size;
      if (json) continue;
      const isNew = last === undefined || !isSameMap(last.map, version.map);
      await stdout.write(`${isNew ? `  ${pairText(version.map)}\n` : ""}${versionText(version)}`);
      last = version;
    }
  }
  if (!json) await stdout.write(`  ${countText(count, "version")}, ${bytesText(bytes)}\n`);
  return lost;
}
